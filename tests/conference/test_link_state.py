"""What linked conferences know of each other, and which legs carry sound."""

from __future__ import annotations

import itertools
import random
from collections import deque

import pytest

from switchroom.conference.link_state import LegState, LinkState


class Net:
    """Conferences and legs between them; texts arrive in any order of legs, each leg in its own."""

    def __init__(self, names: str, seed: int = 0) -> None:
        self.nodes = {name: LinkState(name) for name in names}
        self.chance = random.Random(seed)
        self.wires: dict[tuple[str, str, int], deque[str]] = {}
        self._numbers = itertools.count()

    def call(self, one: str, two: str) -> int:
        """``one`` calls ``two``; both tell each other what they know."""
        number = next(self._numbers)
        for me, other, is_ours in ((one, two, True), (two, one, False)):
            self.nodes[me].add(number, is_ours=is_ours)
            self.wires[me, other, number] = deque()
        self._tell(one)
        self._tell(two)
        return number

    def cut(self, number: int) -> None:
        for me, other, leg in list(self.wires):
            if leg == number:
                del self.wires[me, other, leg]
        for name, node in self.nodes.items():
            if node.remove(number):
                self._tell(name)

    def _tell(self, name: str) -> None:
        for (me, _, _), wire in self.wires.items():
            if me == name:
                wire.append(self.nodes[name].text())

    def set_people(self, name: str, people: int) -> None:
        if self.nodes[name].set_people(people):
            self._tell(name)

    def settle(self) -> None:
        """Deliver all texts, and hang up what is surplus, until nothing happens any more."""
        for _ in range(20000):
            full = [key for key, wire in self.wires.items() if wire]
            if full:
                me, other, number = self.chance.choice(full)
                text = self.wires[me, other, number].popleft()
                if self.nodes[other].hear(number, text):
                    self._tell(other)
                continue
            surplus = [
                leg for node in self.nodes.values() for leg, state in node.states().items()
                if state is LegState.SURPLUS
            ]  # fmt: skip
            if not surplus:
                return
            self.cut(surplus[0])  # type: ignore[arg-type]  # a number here
        raise AssertionError("it does not come to rest")

    def open_edges(self) -> set[frozenset[str]]:
        """The legs that carry sound; both ends must agree."""
        edges: set[frozenset[str]] = set()
        for me, other, number in self.wires:
            mine = self.nodes[me].states()[number]
            assert mine is self.nodes[other].states()[number]
            if mine is LegState.OPEN:
                edges.add(frozenset((me, other)))
        return edges


def test_two_who_call_each_other_at_once_keep_one_leg_both_the_same() -> None:
    net = Net("ab")
    first, second = net.call("b", "a"), net.call("a", "b")
    net.settle()
    assert {number for _, _, number in net.wires} == {second}
    assert first != second
    assert net.open_edges() == {frozenset("ab")}


def test_a_leg_carries_nothing_until_both_know_each_other() -> None:
    net = Net("ab")
    number = net.call("a", "b")
    assert net.nodes["a"].states() == {number: LegState.NEW}
    net.settle()
    assert net.nodes["a"].states() == {number: LegState.OPEN}


def test_people_are_counted_through_the_tree() -> None:
    net = Net("abc")
    ab, bc, ca = net.call("a", "b"), net.call("b", "c"), net.call("c", "a")
    for name, people in (("a", 1), ("b", 2), ("c", 4)):
        net.set_people(name, people)
    net.settle()
    assert net.open_edges() == {frozenset("ab"), frozenset("ac")}
    assert net.nodes["b"].people_behind(ab) == 5
    assert net.nodes["b"].people_behind(bc) == 0
    assert net.nodes["a"].people_behind(ab) == 2
    net.cut(ca)
    net.settle()
    assert net.open_edges() == {frozenset("ab"), frozenset("bc")}
    assert net.nodes["a"].people_behind(ab) == 6


def test_what_is_no_conference_of_ours_is_a_leaf() -> None:
    state = LinkState("a")
    state.add("leg", is_ours=True)
    assert state.states() == {"leg": LegState.NEW}
    assert state.people_behind("leg") == 0
    state.give_up("leg")
    assert state.states() == {"leg": LegState.OPEN}
    assert state.people_behind("leg") == 1


@pytest.mark.parametrize(
    "text",
    ["hello", "conference-link {", "conference-link {}", 'conference-link {"id":"b","facts":[]}',
     'conference-link {"id":"b","facts":{"b":[1,2]}}', 'conference-link {"id":"b","facts":{"b":["x",2,[]]}}',
     'conference-link {"id":"b","facts":{"b":[1,Infinity,[]]}}', 'conference-link {"id":"b","facts":{"b":[1,2,{}]}}',
     "conference-link " + 60_000 * "["],
)  # fmt: skip
def test_texts_that_are_none_of_ours(text: str) -> None:
    state = LinkState("a")
    state.add("leg", is_ours=True)
    with pytest.raises(ValueError, match="link"):
        state.hear("leg", text)


def test_what_is_known_goes_on_where_there_is_no_room_for_more() -> None:
    state = LinkState("a")
    state.add("leg", is_ours=True)

    def hear(sequence: int, people: int) -> None:
        facts = ",".join(f'"b{number}":[{sequence},{people},["a"]]' for number in range(300))
        state.hear("leg", f'conference-link {{"id":"b0","facts":{{{facts}}}}}')

    hear(1, 3)
    assert state.people_behind("leg") == 3
    hear(2, 5)
    assert state.people_behind("leg") == 5


@pytest.mark.parametrize("seed", range(8))
def test_any_network_becomes_a_tree_without_a_ring(seed: int) -> None:
    """Legs come and go at random, twice too; sound reaches all who are joined, on one way only."""
    chance = random.Random(seed)
    names = "abcdefg"[: chance.randint(3, 7)]
    net = Net(names, seed)
    for _ in range(20):
        numbers = {number for _, _, number in net.wires}
        if numbers and chance.random() < 0.3:
            net.cut(chance.choice(sorted(numbers)))
        else:
            net.call(*chance.sample(names, 2))
        if chance.random() < 0.3:
            net.settle()
    net.settle()
    edges = net.open_edges()
    legs = {frozenset((me, other)) for me, other, _ in net.wires}
    assert len(net.wires) == 2 * len(legs)  # one leg a pair
    groups = {name: frozenset(name) for name in names}
    for edge in edges:
        one, two = (groups[name] for name in edge)
        assert one != two, "a ring"
        for name in one | two:
            groups[name] = one | two
    for leg in legs:
        first, second = leg
        assert groups[first] == groups[second], "there is a leg, but no way for the sound"
