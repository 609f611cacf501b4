"""The engine as an ICE-lite agent; the checks are made with the standard library."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from switchroom.media.api import (
    Address,
    IcePlan,
    MediaEvent,
    PathFailed,
    PlaybackEnd,
    Sound,
    Stream,
    StreamPlan,
)
from switchroom.media.engine.engine import Engine
from tests.media.calls import make_engine, run
from tests.media.checking import (
    CONTROLLED,
    FAILURE,
    INDICATION,
    SUCCESS,
    Answer,
    Check,
    parse_answer,
    sealed,
)
from tests.media.rtp_party import RtpParty, tone

UFRAG, PASSWORD = "ours", "a-password-that-is-ours"
ICE = IcePlan(UFRAG, PASSWORD, "theirs")
GOOD = Check("ours:theirs", PASSWORD)
NAMED = replace(GOOD, nominates=True)


class IceParty(RtpParty):
    """A party that keeps STUN messages apart."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Answer] = []
        self.reports: list[bytes] = []

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if data[0] < 4:
            self.answers.append(parse_answer(data, PASSWORD))
            self._changed.set()
        elif 200 <= data[1] < 208:
            self.reports.append(data)
            self._changed.set()
        else:
            super().datagram_received(data, addr)

    async def check(self, check: Check) -> Answer:
        count = len(self.answers)
        self.send_raw(check.to_bytes())
        await self.until(lambda: len(self.answers) > count)
        return self.answers[-1]


@asynccontextmanager
async def ice_party(remote: Address, host: str = "127.0.0.1") -> AsyncIterator[IceParty]:
    loop = asyncio.get_running_loop()
    transport, party = await loop.create_datagram_endpoint(IceParty, local_addr=(host, 0))
    party.remote = remote
    try:
        yield party
    finally:
        transport.close()


@asynccontextmanager
async def ice_call(
    engine: Engine, listener: Callable[[MediaEvent], None] = lambda _: None, **values: object
) -> AsyncIterator[tuple[Stream, IceParty]]:
    fields = {"ice": ICE, "rtcp_mux": True, "reach_timeout": 30.0} | values
    plan = StreamPlan("PCMU", 0, ("127.0.0.1", 9), **fields)  # type: ignore[arg-type]  # of a test
    host = "127.0.0.1"
    stream = await engine.open_stream(host, plan, listener)
    async with ice_party(stream.local_address, host) as party:
        yield stream, party
    stream.close()


async def dropped(stream: Stream, count: int) -> None:
    async with asyncio.timeout(10):
        while stream.statistics().packets_dropped < count:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_check_is_answered_with_where_it_came_from(host: str) -> None:
    async def main() -> None:
        async with make_engine() as engine:
            plan = StreamPlan("PCMU", 0, ice=ICE)
            stream = await engine.open_stream(host, plan, lambda _: None)
            async with ice_party(stream.local_address, host) as party:
                answer = await party.check(GOOD)
                assert (answer.kind, answer.transaction) == (SUCCESS, GOOD.transaction)
                assert answer.address == party.address[:2]
            stream.close()

    run(main())


def test_the_request_of_rfc_5769_is_believed() -> None:
    """Section 2.1: from somebody who wants to be led, as two lite agents would."""
    request = bytes.fromhex(
        "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74"
        "002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020"
        "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf"
    )

    async def main() -> None:
        async with make_engine() as engine:
            ice = IcePlan("evtj", "VOkJxbRl1RmTxUk/WvJxBt", "h6vY")
            stream = await engine.open_stream(
                "127.0.0.1", StreamPlan("PCMU", 0, ice=ice), lambda _: None
            )
            loop = asyncio.get_running_loop()
            heard = loop.create_future()

            class Asker(asyncio.DatagramProtocol):
                def datagram_received(self, data: bytes, addr: Address) -> None:
                    heard.set_result(data)

            transport, _ = await loop.create_datagram_endpoint(
                Asker, remote_addr=stream.local_address
            )
            transport.sendto(request)
            answer = parse_answer(await asyncio.wait_for(heard, 10), ice.password)
            assert (answer.kind, answer.error) == (FAILURE, 487)
            transport.close()
            stream.close()

    run(main())


FORGED = {
    "another password": replace(NAMED, password="guessed-by-somebody-else").to_bytes(),
    "another name of ours": replace(NAMED, username="outs:theirs").to_bytes(),
    "another name of theirs": replace(NAMED, username="ours:there").to_bytes(),
    "only our name": replace(NAMED, username="ours").to_bytes(),
    "no fingerprint": replace(NAMED, has_fingerprint=False).to_bytes(),
    "an indication": replace(NAMED, kind=INDICATION).to_bytes(),
    "an answer": replace(NAMED, kind=SUCCESS).to_bytes(),
    "no name": sealed(0x0001, bytes(12), b"", PASSWORD),
    "cut short": NAMED.to_bytes()[:-4],
    "a header alone": NAMED.to_bytes()[:20],
    "a wrong fingerprint": NAMED.to_bytes()[:-1] + bytes([NAMED.to_bytes()[-1] ^ 1]),
    "a length too many": NAMED.to_bytes()[:22] + b"\xff\xff" + NAMED.to_bytes()[24:],
    "one octet": b"\0",
}


@pytest.mark.parametrize("data", FORGED.values(), ids=FORGED.keys())
def test_a_forged_check_gets_no_answer_and_no_audio(data: bytes) -> None:
    async def main() -> None:
        async with make_engine() as engine, ice_call(engine) as (stream, party):
            party.send_raw(data)
            await dropped(stream, 1)
            party.send_frame(tone(700, 0.02))
            await dropped(stream, 2)
            assert not party.answers
            assert (await party.check(GOOD)).kind == SUCCESS, "the stream is as it was"
            assert stream.statistics().packets_received == 0

    run(main())


def test_audio_comes_from_a_nominated_pair_only_and_goes_there() -> None:
    async def main() -> None:
        async with make_engine() as engine, ice_call(engine) as (stream, party):
            playing = asyncio.ensure_future(stream.play(Sound("x", tone(700, 0.2))))  # noqa: TID251  # awaited below
            await party.check(GOOD)
            party.send_frame(tone(700, 0.02))
            await dropped(stream, 1)
            assert not party.heard, "a check alone names nobody"
            await party.check(NAMED)
            assert await playing is PlaybackEnd.FINISHED
            await party.until(lambda: len(party.heard) >= 10)
            async with ice_party(stream.local_address) as stranger:
                for _ in range(10):
                    stranger.send_frame(tone(700, 0.02))
                await dropped(stream, 11)
                await stream.play(Sound("x", tone(700, 0.1)))
                assert not stranger.heard
            party.send_frame(tone(700, 0.02))
            async with asyncio.timeout(10):
                while stream.statistics().packets_received < 1:
                    await asyncio.sleep(0.01)

    run(main())


def test_a_sound_waits_until_its_beginning_can_be_heard() -> None:
    async def main() -> None:
        async with make_engine() as engine, ice_call(engine) as (stream, party):
            playing = asyncio.ensure_future(stream.play(Sound("x", tone(700, 0.1))))  # noqa: TID251  # awaited below
            stream.send_digit("5", duration=0.1)
            await asyncio.wait([playing], timeout=0.3)
            assert not playing.done()
            await party.check(NAMED)
            assert await playing is PlaybackEnd.FINISHED
            await party.until(lambda: len(party.heard) >= 5)

    run(main())


def test_before_the_call_is_answered_nobody_waits_for_the_party() -> None:
    """A browser that takes no early media sends no check: a prompt of ours must still end."""
    events: list[MediaEvent] = []

    async def main() -> None:
        plan = {"reach_timeout": None}
        async with make_engine() as engine, ice_call(engine, events.append, **plan) as (stream, _):
            async with asyncio.timeout(10):
                assert await stream.play(Sound("x", tone(700, 0.1))) is PlaybackEnd.FINISHED
            assert stream.statistics().packets_sent == 0

    run(main())
    assert not events


def test_audio_follows_a_party_that_moves() -> None:
    async def main() -> None:
        async with make_engine() as engine, ice_call(engine) as (stream, party):
            await party.check(NAMED)
            await stream.play(Sound("x", tone(700, 0.1)))
            await party.until(lambda: len(party.heard) >= 5)
            async with ice_party(stream.local_address) as elsewhere:
                await elsewhere.check(NAMED)
                elsewhere.send_frame(tone(700, 0.02))
                await stream.play(Sound("x", tone(700, 0.1)))
                await elsewhere.until(lambda: len(elsewhere.heard) >= 4)
                count = len(party.heard)
                party.send_frame(tone(700, 0.02))  # its old pair is as good as ever
                async with asyncio.timeout(10):
                    while stream.statistics().packets_received < 2:
                        await asyncio.sleep(0.01)
                await stream.play(Sound("x", tone(700, 0.1)))
                await party.until(lambda: len(party.heard) >= count + 4)

    run(main())


def test_rtcp_has_pairs_of_its_own_where_it_has_a_port_of_its_own() -> None:
    async def main() -> None:
        async with (
            make_engine() as engine,
            ice_call(engine, rtcp_mux=False) as (stream, party),
            ice_party((stream.local_address[0], stream.local_address[1] + 1)) as reports,
        ):
            await party.check(NAMED)
            assert (await reports.check(NAMED)).address == reports.address
            await stream.play(Sound("x", tone(700, 0.1)))
            stream.close()
            await reports.until(lambda: bool(reports.reports))
            assert reports.reports[0][1] == 200, "a sender report"

    run(main())


def test_other_credentials_count_and_nominated_pairs_stay() -> None:
    """An ICE restart: audio goes on where it went until another pair is named."""

    async def main() -> None:
        async with make_engine() as engine, ice_call(engine) as (stream, party):
            await party.check(NAMED)
            again = IcePlan("anew", "another-password-of-ours", "other")
            stream.update(StreamPlan("PCMU", 0, ice=again, rtcp_mux=True))
            party.send_raw(NAMED.to_bytes())
            await dropped(stream, 1)
            await stream.play(Sound("x", tone(700, 0.1)))
            await party.until(lambda: len(party.heard) >= 4)
            stream.update(StreamPlan("PCMU", 0, party.address, rtcp_mux=True))
            await stream.play(Sound("x", tone(700, 0.1)))
            await party.until(lambda: len(party.heard) >= 8)

    run(main())


def test_before_their_description_came_a_check_needs_our_name_only() -> None:
    async def main() -> None:
        early = replace(ICE, remote_ufrag="")
        async with make_engine() as engine, ice_call(engine, ice=early) as (stream, party):
            assert (await party.check(NAMED)).kind == SUCCESS
            assert stream.statistics().packets_dropped == 0

    run(main())


def test_who_wants_to_be_led_is_told_to_lead() -> None:
    async def main() -> None:
        async with make_engine() as engine, ice_call(engine) as (stream, party):
            answer = await party.check(replace(NAMED, role=CONTROLLED))
            assert (answer.kind, answer.error) == (FAILURE, 487)
            party.send_frame(tone(700, 0.02))
            await dropped(stream, 1)

    run(main())


def test_a_party_that_names_no_pair_is_given_up() -> None:
    events: list[MediaEvent] = []

    async def main() -> None:
        async with make_engine() as engine, ice_call(engine, events.append, reach_timeout=0.05):
            async with asyncio.timeout(10):
                while not events:
                    await asyncio.sleep(0.01)

    run(main())
    assert events == [PathFailed("no connectivity check of ICE named a pair within 0 seconds")]


def test_who_names_a_pair_is_not_given_up() -> None:
    events: list[MediaEvent] = []

    async def main() -> None:
        plan = {"reach_timeout": 0.2}
        async with make_engine() as engine, ice_call(engine, events.append, **plan) as (_, party):
            await party.check(NAMED)
            await asyncio.sleep(0.4)  # the engine's own clock

    run(main())
    assert not events
