"""One agent, queues on several nodes: whatever happens when, one call at a time rings it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switchroom.cluster.backend import ClusterError, Entry, Lease
from switchroom.cluster.inprocess import InProcessBackend
from switchroom.config.language.reader import parse_config
from switchroom.config.queues.queues import read_queues
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


class Counting(InProcessBackend):
    """It counts what is written, and can be cut off."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0
        self.renewals = 0
        self.is_cut_off = False

    def _write(self, key: str, value: bytes) -> Entry:
        self.writes += 1
        return super()._write(key, value)

    async def put(self, key: str, value: bytes, *, revision: int | None = None) -> int:
        found = await super().put(key, value, revision=revision)
        if self.is_cut_off:  # it was written, but nobody hears of that
            raise ClusterError("no answer")
        return found

    def renew(self, key: str, epoch: int, lifetime: float) -> None:
        self.renewals += 1
        super().renew(key, epoch, lifetime)


class Party:
    """Two nodes' claims, without the nodes."""

    def __init__(self) -> None:
        self.backend = Counting()
        self.tasks: set[asyncio.Task[Any]] = set()
        self.one = SharedClaims(self.backend, "one", self.spawn)
        self.two = SharedClaims(self.backend, "two", self.spawn)

    def spawn(self, work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self.tasks.add(task)
        return task


def test_one_write_renews_all_claims_of_a_node() -> None:
    async def story() -> None:
        party = Party()
        agents = [f"Phone/{number}" for number in range(100)]
        assert all([await party.one.confirm(agent, "call") for agent in agents])
        assert party.backend.writes == 101
        await asyncio.sleep(LIFETIME * 10 + 1)
        assert party.backend.writes == 101
        assert party.backend.renewals == 30
        assert not any([await party.two.confirm(agent, "other") for agent in agents])
        for agent in agents:
            party.one.give_back(agent)
        await asyncio.sleep(LIFETIME * 10 + 1)
        assert party.backend.renewals == 30, "there is nothing to hold"
        assert all([await party.two.confirm(agent, "other") for agent in agents])
        assert await party.one.confirm("Phone/x", "call"), "it has a session again"

    run_virtual(story())


def test_the_claims_of_a_node_that_died_run_out() -> None:
    async def story() -> None:
        party = Party()
        assert await party.one.confirm("Phone/ann", "call")
        party.one._timer.cancel()  # type: ignore[union-attr]  # it is dead
        again = SharedClaims(party.backend, "one", party.spawn)
        assert not await again.confirm("Phone/ann", "call")
        await asyncio.sleep(LIFETIME + 1)
        assert await again.confirm("Phone/ann", "call")
        assert not await party.two.confirm("Phone/ann", "call")
        # The dead one wakes up: what it gives back is not its own any more.
        await party.one._renew()
        party.one.give_back("Phone/ann")
        await asyncio.sleep(1)
        assert not await party.two.confirm("Phone/ann", "call")

    run_virtual(story())


def test_a_claim_of_which_nobody_knows_is_let_go() -> None:
    async def story() -> None:
        party = Party()
        assert await party.one.confirm("Phone/bob", "call")
        party.backend.is_cut_off = True
        assert not await party.one.confirm("Phone/ann", "call")
        party.backend.is_cut_off = False
        assert not await party.two.confirm("Phone/ann", "other")
        await asyncio.sleep(LIFETIME / 2)
        assert await party.two.confirm("Phone/ann", "other")
        assert not await party.two.confirm("Phone/bob", "other")

    run_virtual(story())


def test_keys_are_keys() -> None:
    assert key_of("PJSIP/alice") == "agents.PJSIP/alice"
    assert key_of("Local/1@a.b-c~ü") == "agents.Local/1=40a=2Eb-c=7E=C3=BC"
