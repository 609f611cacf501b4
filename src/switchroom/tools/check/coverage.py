"""What patterns let through: whether one covers another, whether two can mean the same number."""

from __future__ import annotations

from itertools import zip_longest

from switchroom.dialplan.pattern import Pattern, Symbol
from switchroom.tools.check.plan import Extension


def covers(pattern: Pattern, extension: Extension) -> bool:
    """Whether a pattern matches all that an extension stands for."""
    if extension.pattern is None:
        return pattern.matches(extension.name)
    others = extension.pattern.symbols
    for index, symbol in enumerate(pattern.symbols):
        other = others[index] if index < len(others) else None
        if symbol.wildcard:
            return symbol.wildcard == "!" or (other is not None and other.wildcard != "!")
        if other is None or other.wildcard or not set(other.characters) <= set(symbol.characters):
            return False
    return len(others) == len(pattern.symbols)


def overlap(first: Extension, second: Extension) -> bool:
    """Whether some number means either."""
    if first.pattern is None:
        return second.takes(first.name)
    if second.pattern is None:
        return first.takes(second.name)
    return _meet(first.pattern.symbols, second.pattern.symbols)


def _meet(first: tuple[Symbol, ...], second: tuple[Symbol, ...]) -> bool:
    for one, other in zip_longest(first, second):
        if one is None or other is None:
            rest = one or other
            return rest.wildcard == "!"
        if one.wildcard or other.wildcard:
            return True  # what is left of the other can be as long as it likes, but for `.`
        if not set(one.characters) & set(other.characters):
            return False
    return True


def is_catch_all(pattern: Pattern) -> bool:
    """Whether a pattern lets anything through, ``h`` and ``i`` too."""
    return bool(pattern.symbols) and bool(pattern.symbols[0].wildcard)


def ends_openly(pattern: Pattern) -> bool:
    """Whether it ends in ``.`` or ``!``, so that more can be dialled than it says."""
    return bool(pattern.symbols) and bool(pattern.symbols[-1].wildcard)
