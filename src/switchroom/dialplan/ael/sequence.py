"""Priorities that are being written, with jumps to places that have no number yet."""

from __future__ import annotations

from dataclasses import dataclass, field

from switchroom.dialplan.ael.syntax import Where


@dataclass(slots=True)
class Target:
    """A place that is jumped to; it is marked once it is reached."""

    sequence: Sequence | None = None
    number: int = 0
    label: str = ""  #: its name, where it has one


#: Pieces of an application's arguments; a target becomes the place it stands for.
Pieces = tuple["str | Target", ...]


@dataclass(slots=True)
class Step:
    """One priority."""

    where: Where
    application: str
    pieces: Pieces
    label: str = ""


@dataclass(slots=True)
class Sequence:
    """The priorities of one extension.

    Args:
        name: The extension.
        first: The number of its first priority.
        reached_by: What others name it by: for a pattern, a variable that holds the number that
            was dialled.
        caller: Whose calls it is for, None for all.
    """

    name: str
    first: int = 1
    reached_by: str = ""
    caller: str | None = None
    steps: list[Step] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)  #: labels of the step that comes next

    def add(self, where: Where, application: str, *pieces: str | Target) -> None:
        """Write the next priority."""
        *others, label = self.pending or [""]
        self.pending = []
        self.steps += [Step(where, "NoOp", (), other) for other in others]  # one label a priority
        self.steps.append(Step(where, application, pieces, label))

    def mark(self, target: Target) -> None:
        """Let a target stand for the priority that comes next."""
        target.sequence = self
        target.number = self.first + len(self.steps)

    def text(self, step: Step) -> str:
        """The arguments of a step, now that all numbers are known."""
        return "".join(
            piece if isinstance(piece, str) else self._place(piece) for piece in step.pieces
        )

    def _place(self, target: Target) -> str:
        there = target.label or str(target.number)
        if target.sequence is None or target.sequence is self:
            return there  # a label that is not known here may be one by the time of the call
        return f"{target.sequence.reached_by},{there}"
