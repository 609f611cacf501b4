"""One measured figure, and how a list of them is shown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What one benchmark measured."""

    name: str
    value: float
    unit: str
    target: float | None = None
    original: float | None = None  #: what the original Asterisk did on the machine of the targets
    lowest: float | None = None
    highest: float | None = None
    more_is_better: bool = True

    @property
    def is_met(self) -> bool:
        """Whether the target is reached; a figure without one is only told."""
        if self.target is None:
            return True
        return self.value >= self.target if self.more_is_better else self.value <= self.target


def as_table(figures: Iterable[Figure]) -> str:
    """Columns in plain text."""
    rows = [("figure", "median", "range", "unit", "target", "original", "")]
    rows += [
        (
            figure.name,
            _number(figure.value),
            f"{_number(figure.lowest)} - {_number(figure.highest)}",
            figure.unit,
            _number(figure.target),
            _number(figure.original),
            "" if figure.target is None else ("met" if figure.is_met else "MISSED"),
        )
        for figure in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(_aligned(row, widths) for row in rows)


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        word.ljust(width) if column in {0, 3} else word.rjust(width)
        for column, (word, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join((first, *others)).rstrip()


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def as_json(figures: Iterable[Figure]) -> str:
    """One JSON object a line."""
    return "\n".join(json.dumps(asdict(figure)) for figure in figures)
