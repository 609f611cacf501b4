"""Which legs between linked conferences carry sound: what each knows of all, without any I/O.

Every conference tells over each leg what it knows: who is linked with whom, and how many people are
where. All come to the same picture, and compute the same tree in it; legs beside the tree stay up
and carry nothing: no voice comes back on another way, and one takes over when a leg is lost.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

PREFIX = "conference-link "
MOST_FACTS = 256  #: conferences that are linked; more are not believed
MOST_NEIGHBOURS = 64

#: What is raised where a text, or a part of it, is something else than it should be.
_NONSENSE = (
    AttributeError, LookupError, OverflowError, RecursionError, TypeError, ValueError,
)  # fmt: skip


class LegState(Enum):
    """What is to become of a leg."""

    NEW = auto()  #: nobody knows yet who is at its other end
    OPEN = auto()  #: it is part of the tree
    BLOCKED = auto()  #: it is not
    SURPLUS = auto()  #: there is another one to the same conference: it goes


@dataclass(frozen=True, slots=True)
class Fact:
    """What one conference says of itself."""

    sequence: int
    people: int
    neighbours: frozenset[str]


@dataclass(slots=True)
class _Leg:
    is_ours: bool
    order: int
    remote: str = ""
    is_foreign: bool = False  #: there is no other of our kind at its end


class LinkState:
    """The picture that one conference has.

    Args:
        own: Its id, that no other has, in whatever system.
    """

    def __init__(self, own: str) -> None:
        self.own = own
        self._facts: dict[str, Fact] = {own: Fact(0, 0, frozenset())}
        self._legs: dict[Hashable, _Leg] = {}
        self._count = 0

    # what happens

    def set_people(self, people: int) -> bool:
        """So many are here; returns whether that has to be told."""
        return self._tell_own(people)

    def add(self, leg: Hashable, *, is_ours: bool) -> None:
        """A leg is up.

        Args:
            leg: Names it.
            is_ours: Whether we called.
        """
        self._count += 1
        self._legs[leg] = _Leg(is_ours, self._count)

    def give_up(self, leg: Hashable) -> None:
        """Nobody tells anything over it: it leads to something else, which links nobody further."""
        found = self._legs.get(leg)
        if found is not None and not found.remote:
            found.is_foreign = True

    def remove(self, leg: Hashable) -> bool:
        """A leg is down; returns whether that has to be told."""
        self._legs.pop(leg, None)
        return self._tell_own(self._facts[self.own].people)

    def hear(self, leg: Hashable, text: str) -> bool:
        """Take what was told over a leg; returns whether others have to be told.

        Raises:
            ValueError: It is not ours.
        """
        sender, facts = _parse(text)
        found = self._legs.get(leg)
        if found is None:
            return False
        changed = found.remote != sender
        found.remote, found.is_foreign = sender, False
        for name, fact in facts.items():
            known = self._facts.get(name)
            is_news = known is None or known.sequence < fact.sequence
            has_room = known is not None or len(self._facts) < MOST_FACTS
            if name != self.own and is_news and has_room:
                self._facts[name] = fact
                changed = True
        return self._tell_own(self._facts[self.own].people) or changed

    def _tell_own(self, people: int) -> bool:
        before = self._facts[self.own]
        neighbours = frozenset(leg.remote for leg in self._legs.values() if leg.remote)
        if (before.people, before.neighbours) == (people, neighbours):
            return False
        self._facts[self.own] = Fact(before.sequence + 1, people, neighbours)
        return True

    # what follows

    def text(self) -> str:
        """What is told over every leg."""
        facts = {
            name: [fact.sequence, fact.people, sorted(fact.neighbours)]
            for name, fact in self._facts.items()
        }
        return PREFIX + json.dumps({"id": self.own, "facts": facts}, separators=(",", ":"))

    def states(self) -> dict[Hashable, LegState]:
        """What is to become of each leg."""
        kept = self._kept()
        tree = self._tree()
        states: dict[Hashable, LegState] = {}
        for name, leg in self._legs.items():
            if leg.is_foreign:
                states[name] = LegState.OPEN
            elif not leg.remote:
                states[name] = LegState.NEW
            elif leg is not kept[leg.remote]:
                states[name] = LegState.SURPLUS
            else:
                in_tree = _edge(self.own, leg.remote) in tree
                states[name] = LegState.OPEN if in_tree else LegState.BLOCKED
        return states

    def people_behind(self, leg: Hashable) -> int:
        """How many people are heard over a leg that is open."""
        found = self._legs.get(leg)
        if found is None or not found.remote:
            return 1 if found is not None and found.is_foreign else 0
        tree = self._tree()
        if _edge(self.own, found.remote) not in tree:
            return 0
        seen, todo = {self.own}, [found.remote]
        people = 0
        while todo:
            name = todo.pop()
            seen.add(name)
            people += self._facts[name].people if name in self._facts else 0
            todo += [other for edge in tree if name in edge for other in edge if other not in seen]
        return people

    def _kept(self) -> Mapping[str, _Leg]:
        """Of several legs to one conference both ends keep the same."""
        kept: dict[str, _Leg] = {}
        for leg in self._legs.values():
            other = kept.get(leg.remote)
            if leg.remote and (other is None or self._rank(leg) < self._rank(other)):
                kept[leg.remote] = leg
        return kept

    def _rank(self, leg: _Leg) -> tuple[str, int]:
        """That of the caller with the lower id; of two of one caller the newer one."""
        return (self.own if leg.is_ours else leg.remote, -leg.order)

    def _tree(self) -> frozenset[frozenset[str]]:
        """The edges that carry sound: in an order that all agree on, but for what closes a ring."""
        edges = sorted(self._edges(), key=sorted)
        part: dict[str, str] = {}

        def root(name: str) -> str:
            while part.get(name, name) != name:
                name = part[name]
            return name

        chosen: set[frozenset[str]] = set()
        for edge in edges:
            one, two = (root(name) for name in edge)
            if one != two:
                part[max(one, two)] = min(one, two)
                chosen.add(edge)
        return frozenset(chosen)

    def _edges(self) -> Iterable[frozenset[str]]:
        """Those that both ends speak of; of our own legs ours are enough."""
        own = {leg.remote for leg in self._legs.values() if leg.remote}
        edges = {_edge(self.own, name) for name in own}
        for name, fact in self._facts.items():
            for other in fact.neighbours:
                known = self._facts.get(other)
                mutual = known is not None and name in known.neighbours
                if mutual and self.own not in {name, other} and name != other:
                    edges.add(_edge(name, other))
        return edges


def _edge(one: str, two: str) -> frozenset[str]:
    return frozenset((one, two))


def _parse(text: str) -> tuple[str, dict[str, Fact]]:
    if not text.startswith(PREFIX):
        raise ValueError("no text of a link")
    try:
        said: Any = json.loads(text.removeprefix(PREFIX))
        facts = {
            str(name): Fact(int(sequence), max(int(people), 0), _names(neighbours))
            for name, (sequence, people, neighbours) in said["facts"].items()
        }
        return str(said["id"]), facts
    except _NONSENSE as error:
        raise ValueError(f"a text of a link that makes no sense: {error}") from error


def _names(names: list[object]) -> frozenset[str]:
    return frozenset(str(name) for name in names[:MOST_NEIGHBOURS])
