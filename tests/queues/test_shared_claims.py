"""One agent, queues on several nodes: whatever happens when, one call at a time rings it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switchroom.cluster.backend import ClusterError, Lease
from switchroom.cluster.inprocess import InProcessBackend
from switchroom.config.queues import read_queues
from switchroom.config.reader import parse_config
from switchroom.pbx.channel import Channel
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from switchroom.queues.desk import Desks
from switchroom.queues.shared_claims import LIFETIME, SharedClaims, key_of
from tests.support.dialplan import make_interpreter
from tests.support.fakes import make_channel, make_pbx, run_virtual
from tests.support.phones import Phones

QUEUES = "[general]\n[q]\nretry = 1\nringinuse = no\nmember => Phone/ann\n"
DIALPLAN = "[c]\nexten => 1,1,Queue(q,,,,60)\nexten => h,1,NoOp()\n"


class Cluster:
    """Nodes that have the agent ann in a queue each, and one telephone for her."""

    def __init__(self, nodes: list[Pbx], phones: Phones) -> None:
        self.nodes = nodes
        self.phones = phones

    def call(self, node: int) -> Channel:
        pbx = self.nodes[node]
        name = f"PJSIP/caller-{node}-{pbx.next_sequence('test'):08x}"
        channel = make_channel(pbx, name=name, context="c", extension="1")
        pbx.start(channel)
        return channel

    @property
    def calls_at_ann(self) -> int:
        """That ring there, or are talked."""
        return sum(not call.channel.is_hung_up for call in self.phones.calls)


def play(
    story: Callable[[Cluster], Awaitable[None]],
    *,
    answers_after: float | None = 1,
    backend: InProcessBackend | None = None,
) -> None:
    async def main() -> None:
        shared, phones = backend or InProcessBackend(), Phones(ann=answers_after)
        async with AsyncExitStack() as stack:
            nodes = []
            for number in range(2):
                pbx = make_pbx(make_interpreter(DIALPLAN), technologies={"PHONE": phones})
                await stack.enter_async_context(pbx)
                desks = pbx.datastore(Desks)
                desks.share_claims(SharedClaims(shared, f"node{number}", pbx.spawn))
                desks.use(pbx, read_queues(parse_config(QUEUES)), {})
                nodes.append(pbx)
            await story(Cluster(nodes, phones))
            for pbx in nodes:
                for channel in list(pbx.channels.values()):
                    channel.hangup(HangupCause.NORMAL_CLEARING)
            await asyncio.sleep(1)
            assert await shared.get(key_of("Phone/ann")) is None

    run_virtual(main())


def test_two_callers_of_two_nodes_get_the_agent_one_after_the_other() -> None:
    async def story(cluster: Cluster) -> None:
        callers = [cluster.call(0), cluster.call(1)]
        await asyncio.sleep(5)
        assert cluster.calls_at_ann == 1
        connected = [caller for caller in callers if "BRIDGEPEER" in caller.variables]
        assert len(connected) == 1
        connected[0].hangup(HangupCause.NORMAL_CLEARING)
        await asyncio.sleep(5)
        assert cluster.calls_at_ann == 1
        assert all("BRIDGEPEER" in caller.variables for caller in callers)

    play(story)


def test_a_long_call_keeps_the_agent() -> None:
    async def story(cluster: Cluster) -> None:
        first = cluster.call(0)
        await asyncio.sleep(5)
        cluster.call(1)
        for _ in range(10):
            await asyncio.sleep(LIFETIME / 2)
            assert cluster.calls_at_ann == 1
            assert not first.is_hung_up

    play(story)


class Deaf(InProcessBackend):
    """It answers nothing."""

    async def acquire(self, key: str, holder: bytes, *, lifetime: float) -> Lease | None:
        raise ClusterError("nobody answers")


def test_where_nobody_can_tell_nobody_is_rung() -> None:
    async def story(cluster: Cluster) -> None:
        caller = cluster.call(0)
        await asyncio.sleep(20)
        assert not cluster.phones.calls
        assert not caller.is_hung_up

    play(story, backend=Deaf())


# A loaded machine draws examples slowly; that says nothing of them.
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    moves=st.lists(
        st.tuples(
            st.sampled_from(["call", "hang up", "agent hangs up"]),
            st.integers(0, 1),
            st.sampled_from([0.0, 0.001, 0.5, 1.0, 3.0]),
        ),
        max_size=12,
    ),
    answers_after=st.sampled_from([None, 0, 1, 2]),
)
def test_whatever_happens_one_call_at_a_time_reaches_the_agent(
    moves: list[tuple[str, int, float]], answers_after: float | None
) -> None:
    async def story(cluster: Cluster) -> None:
        callers: list[list[Channel]] = [[], []]
        for what, node, pause in moves:
            if what == "call":
                callers[node].append(cluster.call(node))
            elif what == "hang up" and callers[node]:
                callers[node].pop(0).hangup(HangupCause.NORMAL_CLEARING)
            elif what == "agent hangs up":
                for call in cluster.phones.calls:
                    call.hangs_up()
            await asyncio.sleep(pause)
            assert cluster.calls_at_ann <= 1

    play(story, answers_after=answers_after)


def test_keys_are_keys() -> None:
    assert key_of("PJSIP/alice") == "agents.PJSIP/alice"
    assert key_of("Local/1@a.b-c~ü") == "agents.Local/1=40a=2Eb-c=7E=C3=BC"
