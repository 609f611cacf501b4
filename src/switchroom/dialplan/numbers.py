"""The numbers that the dialplan gives applications."""

from __future__ import annotations

import math
from typing import TypeVar

from switchroom.base.text import leading_float, leading_int

NumberT = TypeVar("NumberT", int, float)

MOST = 1e9  #: seconds, for example, that a timer can still be set to


def parse_number(kind: type[NumberT], word: str) -> NumberT:
    """The number that a word begins with, as C's ``atoi`` and ``atof`` read it: ``30s`` is 30.

    Args:
        kind: ``int`` or ``float``.
        word: As in the dialplan.

    Raises:
        ValueError: It begins with none, or with one that nobody counts to.
    """
    value = leading_int(word) if kind is int else leading_float(word)
    if value is None or not math.isfinite(value):
        raise ValueError(word)
    return kind(max(-MOST, min(value, MOST)) if kind is float else value)
