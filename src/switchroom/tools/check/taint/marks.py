"""What is known of a value that a caller made, and of all variables at one point of a call."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace


class Kind(enum.IntEnum):
    """What a value can hold; a larger one is worse."""

    DIGITS = 1  #: what a telephone's keys give, ``*`` and ``#`` too
    TEXT = 2  #: anything


@dataclass(frozen=True, slots=True)
class Mark:
    """A value, or part of one, that comes from a caller."""

    kind: Kind
    source: str  #: ``CALLERID(name)``, ``EXTEN under _X.``
    is_quoted: bool = False  #: QUOTE() has put it into double quotes
    is_escaped: bool = False  #: for SQL
    is_inherited: bool = False  #: the variable goes on to channels that this one makes

    def joined(self, other: Mark | None) -> Mark:
        """The worse of two, so that joining comes to an end; protected only where both are."""
        if other is None or other == self:
            return self
        worse = other if other.kind > self.kind else self
        return replace(
            worse,
            is_quoted=self.is_quoted and other.is_quoted,
            is_escaped=self.is_escaped and other.is_escaped,
            is_inherited=self.is_inherited or other.is_inherited,
        )


def joined(first: Mark | None, second: Mark | None) -> Mark | None:
    """The worse of two that may be nothing."""
    return second if first is None else first.joined(second)


@dataclass(slots=True)
class State:
    """What is known at one point of the dialplan."""

    marks: dict[str, Mark] = field(default_factory=dict)  #: by variable
    #: Variables and functions, as written in ``${}``, that were tested or set to something safe.
    checked: frozenset[str] = frozenset()

    def copy(self) -> State:
        """One that can be changed apart."""
        return State(dict(self.marks), self.checked)

    def join(self, other: State) -> bool:
        """Take in what another way to the same point brings; whether that changed anything."""
        is_changed = False
        for name, mark in other.marks.items():
            before = self.marks.get(name)
            after = mark if before is None else before.joined(mark)
            if after != before:
                self.marks[name] = after
                is_changed = True
        both = self.checked & other.checked
        if both != self.checked:
            self.checked = both
            is_changed = True
        return is_changed

    def inherited(self) -> State:
        """What a channel that this one makes begins with."""
        return State({name: mark for name, mark in self.marks.items() if mark.is_inherited})
