import asyncio

import pytest

from switchroom.net.congestion import LOOK_INTERVAL, REFUSE_ABOVE, TAKE_BELOW, Congestion
from switchroom.net.udp import open_udp
from switchroom.sip.events import RequestReceived
from switchroom.sip.flow import Flow
from tests.net.test_sip_sockets import Agent
from tests.sip.test_robustness import INVITE, OPTIONS
from tests.support.virtual_loop import run_virtual

BETWEEN = (REFUSE_ABOVE + TAKE_BELOW) / 2


@pytest.fixture
def congestion() -> Congestion:
    loop = asyncio.new_event_loop()
    loop.close()
    return Congestion(loop)


def test_what_waits_counts_by_how_fast_it_is_taken(congestion: Congestion) -> None:
    for _ in range(50):
        congestion.judge(late=0.0, waiting=400.0, rate=4000.0)
    assert congestion.behind == pytest.approx(0.1)
    assert not congestion.is_overloaded
    congestion.judge(late=0.0, waiting=1200.0, rate=4000.0)
    assert congestion.is_overloaded


def test_a_late_loop_counts_too(congestion: Congestion) -> None:
    congestion.judge(late=REFUSE_ABOVE * 1.1, waiting=0.0, rate=100.0)
    assert congestion.is_overloaded


def test_calls_are_taken_again_only_when_most_is_done(congestion: Congestion) -> None:
    congestion.judge(late=REFUSE_ABOVE * 2, waiting=0.0, rate=1000.0)
    congestion.judge(late=BETWEEN, waiting=0.0, rate=1000.0)
    assert congestion.is_overloaded
    congestion.judge(late=TAKE_BELOW / 2, waiting=0.0, rate=1000.0)
    assert not congestion.is_overloaded
    congestion.judge(late=BETWEEN, waiting=0.0, rate=1000.0)
    assert not congestion.is_overloaded


def test_it_looks_at_the_sockets_until_nothing_comes_any_more() -> None:
    async def main() -> None:
        looks: list[float] = []
        loop = asyncio.get_running_loop()
        congestion = Congestion(loop)

        def waiting() -> int:
            looks.append(loop.time())
            return 10_000_000 if len(looks) < 4 else 0

        congestion.watch(waiting)
        congestion.took(loop.time())
        began = loop.time()
        await asyncio.sleep(1.5 * LOOK_INTERVAL)
        assert congestion.is_overloaded
        await asyncio.sleep(1.0)
        assert not congestion.is_overloaded
        assert looks == pytest.approx([began + LOOK_INTERVAL * n for n in range(1, 5)])

    run_virtual(main())


def test_new_calls_are_refused_and_everything_else_is_served() -> None:
    async def main() -> None:
        agent = Agent()
        transport = await open_udp(agent.driver, "127.0.0.1", 0)
        flow = Flow("udp", ("127.0.0.1", 9), transport.local_address)
        agent.driver.received(INVITE, flow)
        agent.driver.congestion.is_overloaded = True
        for data in (
            INVITE,  # the same one again is none
            INVITE.replace(b"z9hG4bKx", b"z9hG4bKother").replace(b"Call-ID: c1", b"Call-ID: c2"),
            INVITE.replace(b"INVITE", b"ACK").replace(b"192.0.2.2>", b"192.0.2.2>;tag=fullx"),
            OPTIONS,
        ):
            agent.driver.received(data, flow)
        assert agent.driver.congestion.refused == 1
        assert len(agent.stack.servers) == 2
        await agent.next()
        assert isinstance(await agent.next(), RequestReceived)
        agent.driver.close()
        transport.close()
        await asyncio.sleep(0)

    asyncio.run(main())
