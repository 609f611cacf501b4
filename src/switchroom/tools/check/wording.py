"""Small words that findings share."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Hashable, Iterable, Iterator

from switchroom.tools.check.finding import Place, Problem, Severity


def near(word: str, known: Collection[str], *, cutoff: float = 0.75) -> str:
    """The known word that was probably meant; empty where none comes near."""
    if len(word) < 2:
        return ""
    small = {each.casefold(): each for each in known}
    if (same := small.get(word.casefold())) is not None:
        return same
    found = difflib.get_close_matches(word.casefold(), small, n=1, cutoff=cutoff)
    return small[found[0]] if found else ""


def did_you_mean(word: str, known: Collection[str], *, cutoff: float = 0.75) -> str:
    """``; did you mean parties?``, or nothing."""
    meant = near(word, known, cutoff=cutoff)
    return f"; did you mean {meant}?" if meant else ""


def once_each(
    found: Iterable[tuple[Hashable, Place, str]], severity: Severity | None = None
) -> Iterator[Problem]:
    """One problem for all places of the same kind: at the first, counting the others."""
    places: dict[Hashable, tuple[Place, str, set[Place]]] = {}
    for key, place, message in found:
        places.setdefault(key, (place, message, set()))[2].add(place)
    for place, message, all_places in places.values():
        more = len(all_places) - 1
        suffix = f" (and in {more} more place{'s' if more > 1 else ''})" if more else ""
        yield Problem(place, message + suffix, severity)


def plural(count: int, word: str) -> str:
    """``1 error``, ``2 errors``."""
    return f"{count} {word}{'' if count == 1 else 's'}"
