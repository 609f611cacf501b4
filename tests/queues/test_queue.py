"""Who is offered what: the decision alone."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from switchroom.config.queues.queues import STRATEGIES, PenaltyChange, QueueSettings
from switchroom.pbx.states.device_state import DeviceState
from switchroom.queues.claims import Claims
from switchroom.queues.entry import Entry
from switchroom.queues.member import Member
from switchroom.queues.queue import CallQueue, Offer
from switchroom.queues.rivalry import Rivalry

FREE = DeviceState.NOT_INUSE


def make(*names: str, claims: Claims | None = None, **options: object) -> CallQueue:
    queue = CallQueue(
        replace(QueueSettings(name="q", rings_in_use=False), **options),  # type: ignore[arg-type]
        claims if claims is not None else Claims(),
        random.Random(1),
    )
    for name in names:
        label, _, penalty = name.partition(":")
        queue.add(Member(label, label, label, int(penalty or 0), state=FREE))
    return queue


def join(queue: CallQueue, name: str = "caller", **options: object) -> Entry:
    entry = Entry(name, name, 0.0, **options)  # type: ignore[arg-type]
    queue.join(entry)
    return entry


def offered(queue: CallQueue, now: float = 100.0) -> list[tuple[str, str]]:
    return [
        (offer.entry.channel, "+".join(member.name for member in offer.members))
        for offer in queue.decide(now)
    ]


def served(queue: CallQueue, entry: Entry, *, now: float) -> str:
    """Offer, let the first take it, talk, end."""
    [offer] = queue.decide(now)
    member = offer.members[0]
    for other in offer.members[1:]:
        queue.let_go(entry, other)
    queue.took(entry, member)
    queue.leave(entry)
    queue.ended(entry, member, now)
    return member.name


@pytest.mark.parametrize(
    ("strategy", "order"),
    [
        ("leastrecent", ["c", "b", "a", "c", "b"]),
        ("fewestcalls", ["c", "b", "a", "c", "b"]),
        ("rrmemory", ["c", "b", "a", "c", "b"]),
        ("rrordered", ["a", "b", "c", "a", "b"]),
        ("linear", ["a", "a", "a", "a", "a"]),
    ],
)
def test_strategies(strategy: str, order: list[str]) -> None:
    queue = make("a", "b", "c", strategy=strategy)
    assert [served(queue, join(queue), now=100.0 + n) for n in range(5)] == order


def test_chance_reaches_all_and_weights_by_penalty() -> None:
    counts = dict.fromkeys("ab", 0)
    queue = make("a:0", "b:3", strategy="wrandom")
    for n in range(400):
        counts[served(queue, join(queue), now=100.0 + n)] += 1
    assert counts["a"] > 2 * counts["b"] > 0
    queue = make("a", "b", strategy="random")
    assert {served(queue, join(queue), now=100.0 + n) for n in range(50)} == {"a", "b"}


def test_ringall_rings_all_of_the_lowest_penalty() -> None:
    queue = make("a:1", "b:1", "c:2", strategy="ringall")
    join(queue)
    assert offered(queue) == [("caller", "b+a")]


def test_one_call_each_even_where_all_ring() -> None:
    queue = make("a", "b", strategy="ringall")
    join(queue, "one")
    join(queue, "two")
    assert offered(queue) == [("one", "b+a")]


def test_callers_are_served_beside_each_other_only_with_autofill() -> None:
    for autofill, expected in ((True, ["one", "two"]), (False, ["one"])):
        queue = make("a", "b", strategy="linear", autofill=autofill)
        join(queue, "one")
        join(queue, "two")
        assert [name for name, _ in offered(queue)] == expected


def test_priority_and_position() -> None:
    queue = make()
    for name, priority in (("low", 0), ("high", 5), ("low2", 0), ("high2", 5)):
        join(queue, name, priority=priority)
    assert [entry.channel for entry in queue.entries] == ["high", "high2", "low", "low2"]
    assert [queue.position(entry) for entry in queue.entries] == [1, 2, 3, 4]
    inserted = Entry("x", "x", 0.0)
    assert queue.join(inserted, position=3) == 3
    assert [e.channel for e in queue.entries] == ["high", "high2", "x", "low", "low2"]


def test_penalties_limit_whom_a_caller_gets_and_rules_change_them() -> None:
    queue = make("a:5", "b:20", strategy="linear")
    changes = [PenaltyChange(30, highest="+20"), PenaltyChange(60, raise_to="6")]
    entry = join(queue, highest=4, changes=changes)
    assert offered(queue, 10.0) == []
    assert offered(queue, 31.0) == [("caller", "a")]
    queue.offer_failed(entry, 31.0)
    assert offered(queue, 61.0)  # penalties below 6 count as 6
    assert (entry.highest, entry.raise_to) == (24, 6)


def test_members_of_few_are_rung_whatever_their_penalty() -> None:
    queue = make("a:9", strategy="linear", penalty_members_limit=1)
    join(queue, highest=3)
    assert offered(queue) == [("caller", "a")]


@pytest.mark.parametrize(
    ("state", "rings_in_use", "is_free"),
    [
        (DeviceState.NOT_INUSE, False, True),
        (DeviceState.UNKNOWN, False, True),
        (DeviceState.INUSE, False, False),
        (DeviceState.INUSE, True, True),
        (DeviceState.ONHOLD, True, True),
        (DeviceState.BUSY, True, False),
        (DeviceState.UNAVAILABLE, True, False),
        (DeviceState.INVALID, True, False),
    ],
)
def test_devices(state: DeviceState, rings_in_use: bool, is_free: bool) -> None:  # noqa: FBT001
    queue = make("a", rings_in_use=rings_in_use)
    queue.members["a"].state = state
    assert queue.is_free(queue.members["a"], 0.0) is is_free


def test_wrap_up() -> None:
    queue = make("a", strategy="linear", wrap_up=5.0)
    served(queue, join(queue), now=100.2)
    join(queue)
    assert offered(queue, 105.9) == []
    assert queue.next_look(105.9) == 106.0
    assert offered(queue, 106.0) == [("caller", "a")]


def test_who_refuses_is_not_asked_again_within_an_offer() -> None:
    queue = make("a", "b", strategy="linear")
    entry = join(queue)
    [offer] = queue.decide(0.0)
    refused = offer.members
    queue.let_go(entry, refused[0])
    [second] = queue.choose_after(entry, refused, 0.0)
    assert (refused[0].name, second.name) == ("a", "b")
    assert queue.choose_after(entry, (*refused, second), 0.0) == ()
    queue.offer_failed(entry, 0.0)
    assert offered(queue, 1.0) == []
    assert queue.next_look(1.0) == entry.not_before == 5.0


def test_an_agent_of_two_queues_is_offered_one_call() -> None:
    claims = Claims()
    sales = make("a", claims=claims)
    support = make("a", claims=claims)
    first = join(sales)
    join(support)
    assert offered(sales) == [("caller", "a")]
    assert offered(support) == []
    sales.offer_failed(first, 0.0)
    assert offered(support) == [("caller", "a")]


@pytest.mark.parametrize(
    ("conditions", "state", "paused", "is_empty"),
    [
        (set(), DeviceState.INVALID, True, False),
        ({"invalid"}, DeviceState.INVALID, False, True),
        ({"unavailable"}, DeviceState.INVALID, False, False),
        ({"paused"}, FREE, True, True),
        ({"inuse"}, DeviceState.INUSE, False, True),
        ({"ringing"}, DeviceState.RINGING, False, True),
        ({"unknown"}, DeviceState.UNKNOWN, False, True),
        ({"penalty"}, FREE, False, True),
    ],
)
def test_when_a_queue_is_empty(
    conditions: set[str],
    state: DeviceState,
    paused: bool,  # noqa: FBT001
    is_empty: bool,  # noqa: FBT001
) -> None:
    queue = make("a:7")
    queue.members["a"].state, queue.members["a"].is_paused = state, paused
    entry = Entry("x", "x", 0.0, highest=5)
    assert queue.is_empty(frozenset(conditions), entry, 0.0) is is_empty
    assert make().is_empty(frozenset(conditions), entry, 0.0)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Local/a@x/n", "Local/A@x"), ("Agent/1001", "Agent:1001"), ("PJSIP/a", "PJSIP/a")],
)
def test_a_device_has_one_call_however_queues_call_it(one: str, other: str) -> None:
    claims = Claims()
    first, second = (make(name, claims=claims, strategy="linear") for name in ("m", "m"))
    for queue, device in ((first, one), (second, other)):
        [member] = queue.members.values()
        member.device = device
        join(queue)
    assert offered(first) == [("caller", "m")]
    assert offered(second) == []
    first.offer_failed(first.entries[0], 100.0)
    assert offered(second) == [("caller", "m")]


def test_a_device_that_becomes_another_one_is_claimed_by_the_same_call() -> None:
    claims = Claims()
    queue = make("a", claims=claims, strategy="linear")
    entry = join(queue)
    [offer] = queue.decide(100.0)
    [member] = offer.members
    queue.change_device(member, "Custom:a")
    assert (claims.holder("a"), claims.holder("Custom:a")) == (None, entry)
    queue.offer_failed(entry, 100.0)
    assert not len(claims)
    queue.change_device(member, "Custom:b")
    assert member.device == "Custom:b"
    assert not len(claims)


class Agents(RuleBasedStateMachine):
    """Two queues that share agents, whatever happens in whatever order.

    An agent rings for one call at a time, nobody stays claimed, callers keep their order.
    """

    def __init__(self) -> None:
        super().__init__()
        self.claims = Claims()
        self.now = 0.0
        self.queues = [
            make("a", "b:1", "c", claims=self.claims, strategy="ringall", wrap_up=2.0),
            make("c", "b", "d", claims=self.claims, strategy="leastrecent"),
        ]
        self.offers: list[tuple[CallQueue, Offer]] = []
        self.talks: list[tuple[CallQueue, Entry, Member]] = []
        self.count = 0

    @rule(which=st.integers(0, 1), priority=st.integers(0, 2))
    def caller_joins(self, which: int, priority: int) -> None:
        self.count += 1
        self.queues[which].join(Entry(f"c{self.count}", "", self.now, priority))

    @rule(which=st.integers(0, 1), strategy=st.sampled_from(STRATEGIES))
    def reloaded(self, which: int, strategy: str) -> None:
        queue = self.queues[which]
        queue.settings = replace(queue.settings, strategy=strategy)

    @rule()
    def decide(self) -> None:
        for queue in self.queues:
            self.offers += [(queue, offer) for offer in queue.decide(self.now)]

    @rule(seconds=st.floats(0.1, 10.0))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(which=st.integers(0, 1), name=st.sampled_from("abcd"), state=st.sampled_from(DeviceState))
    def device_changes(self, which: int, name: str, state: DeviceState) -> None:
        for queue in self.queues:
            if (member := queue.member(name)) is not None:
                member.state = state

    @rule(which=st.integers(0, 1), name=st.sampled_from("abcd"))
    def member_leaves_or_comes(self, which: int, name: str) -> None:
        queue = self.queues[which]
        if queue.remove(name) is None:
            queue.add(Member(name, name, name, state=FREE))

    @precondition(lambda self: self.offers)
    @rule(data=st.data())
    def somebody_refuses(self, data: st.DataObject) -> None:
        at = data.draw(st.integers(0, len(self.offers) - 1))
        queue, offer = self.offers[at]
        member = data.draw(st.sampled_from(offer.members))
        queue.let_go(offer.entry, member)
        others = tuple(each for each in offer.members if each is not member)
        if not others:
            others = queue.choose_after(offer.entry, (member,), self.now)
        if others:
            self.offers[at] = (queue, Offer(offer.entry, others))
        else:
            del self.offers[at]
            queue.offer_failed(offer.entry, self.now)

    @precondition(lambda self: self.offers)
    @rule(data=st.data())
    def nobody_answers(self, data: st.DataObject) -> None:
        queue, offer = self.offers.pop(data.draw(st.integers(0, len(self.offers) - 1)))
        queue.offer_failed(offer.entry, self.now)

    @precondition(lambda self: self.offers)
    @rule(data=st.data())
    def somebody_answers(self, data: st.DataObject) -> None:
        queue, offer = self.offers.pop(data.draw(st.integers(0, len(self.offers) - 1)))
        winner = data.draw(st.sampled_from(offer.members))
        for member in offer.members:
            if member is not winner:
                queue.let_go(offer.entry, member)
        queue.took(offer.entry, winner)
        queue.leave(offer.entry)
        self.talks.append((queue, offer.entry, winner))

    @precondition(lambda self: self.talks)
    @rule(data=st.data())
    def they_have_talked(self, data: st.DataObject) -> None:
        queue, entry, member = self.talks.pop(data.draw(st.integers(0, len(self.talks) - 1)))
        queue.ended(entry, member, self.now)

    @rule(which=st.integers(0, 1), data=st.data())
    def caller_hangs_up(self, which: int, data: st.DataObject) -> None:
        queue = self.queues[which]
        if not queue.entries:
            return
        entry = data.draw(st.sampled_from(queue.entries))
        self.offers = [each for each in self.offers if each[1].entry is not entry]
        if entry.offered:
            queue.offer_failed(entry, self.now)
        queue.leave(entry)

    @invariant()
    def one_call_for_each_agent(self) -> None:
        rung = [m.device for _, offer in self.offers for m in offer.members]
        talking = [member.device for _, _, member in self.talks]
        assert len(set(rung + talking)) == len(rung + talking)

    @invariant()
    def nobody_stays_claimed(self) -> None:
        rung = sum(len(offer.members) for _, offer in self.offers)
        assert len(self.claims) == rung + len(self.talks)

    @invariant()
    def callers_stand_in_their_order(self) -> None:
        for queue in self.queues:
            ranks = [(-e.priority, e.joined_at) for e in queue.entries]
            assert ranks == sorted(ranks)


class AgentsRungInUse(Agents):
    """With ``ringinuse = yes``: calls may come during calls, but one at a time."""

    def __init__(self) -> None:
        super().__init__()
        for queue in self.queues:
            queue.settings = replace(queue.settings, rings_in_use=True)

    @invariant()
    def one_call_for_each_agent(self) -> None:
        rung = [m.device for _, offer in self.offers for m in offer.members]
        assert len(set(rung)) == len(rung)

    @invariant()
    def nobody_stays_claimed(self) -> None:
        assert len(self.claims) == sum(len(offer.members) for _, offer in self.offers)


TestAgents = Agents.TestCase
TestAgents.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
TestAgentsRungInUse = AgentsRungInUse.TestCase
TestAgentsRungInUse.settings = settings(max_examples=40, stateful_step_count=60, deadline=None)


def test_a_member_who_may_be_rung_in_use_is_offered_another_call() -> None:
    for rings_in_use, expected in ((True, [("two", "a")]), (False, [])):
        queue = make("a", strategy="linear", rings_in_use=rings_in_use)
        first = join(queue, "one")
        assert offered(queue) == [("one", "a")]
        queue.took(first, queue.members["a"])
        queue.leave(first)
        queue.members["a"].state = DeviceState.INUSE
        second = join(queue, "two")
        assert offered(queue) == expected
        if not expected:
            continue
        queue.took(second, queue.members["a"])
        queue.leave(second)
        queue.ended(first, queue.members["a"], 110.0)
        assert queue.members["a"].is_talking
        queue.ended(second, queue.members["a"], 111.0)
        assert not queue.members["a"].is_talking
        assert not len(queue.claims)


def test_a_member_of_a_negative_penalty_counts_for_nothing() -> None:
    queue = make("a:-1", "b", strategy="linear")
    join(queue)
    assert offered(queue) == [("caller", "b")]
    queue.remove("b")
    assert queue.is_empty(frozenset(), None, 100.0)


class Shared:
    """Two queues with the same members."""

    def __init__(self, longest: str = "no", *, weights: tuple[int, int] = (0, 0)) -> None:
        claims = Claims()
        self.light = make("a", "b", claims=claims, strategy="linear", weight=weights[0])
        self.heavy = make("a", "b", claims=claims, strategy="linear", weight=weights[1])
        for queue in (self.light, self.heavy):
            queue.rivalry = Rivalry(self.sharing, longest)

    def sharing(self, device: str) -> Iterator[tuple[CallQueue, Member]]:
        for queue in (self.light, self.heavy):
            yield queue, queue.members[device]


def test_the_heavier_queue_goes_before_as_far_as_it_has_callers() -> None:
    shared = Shared(weights=(1, 5))
    join(shared.light, "light")
    for name in ("heavy", "heavy too"):
        join(shared.heavy, name)
    assert offered(shared.light) == []
    assert offered(shared.heavy) == [("heavy", "a"), ("heavy too", "b")]
    shared = Shared(weights=(1, 5))
    join(shared.light, "light")
    join(shared.heavy, "heavy")  # two are free, one is enough
    assert offered(shared.light) == [("light", "a")]
    assert offered(shared.heavy) == [("heavy", "b")]
    shared = Shared(weights=(1, 5))
    join(shared.light, "light")
    join(shared.heavy, "heavy", lowest=5)  # nobody there is for this caller
    assert offered(shared.light) == [("light", "a")]


@pytest.mark.parametrize(
    ("longest", "waited", "priorities", "goes_first"),
    [
        ("no", (50.0, 10.0), (0, 0), True),
        ("yes", (50.0, 10.0), (0, 0), False),
        ("yes", (10.0, 50.0), (0, 9), True),
        ("prio", (10.0, 50.0), (0, 9), False),
        ("prio", (50.0, 10.0), (9, 0), True),
        ("prio", (50.0, 10.0), (0, 0), False),
    ],
)
def test_who_waits_longest_over_all_queues(
    longest: str,
    waited: tuple[float, float],
    priorities: tuple[int, int],
    goes_first: bool,  # noqa: FBT001  # a parameter of the table
) -> None:
    """The first queue's caller joined at the first time, the second one's at the other."""
    shared = Shared(longest)
    for queue, at, priority in zip((shared.light, shared.heavy), waited, priorities, strict=True):
        queue.join(Entry("caller", "caller", at, priority=priority))
    assert bool(offered(shared.light)) is goes_first
