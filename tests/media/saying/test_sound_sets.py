"""What is said exists in the sound sets that people install (``asterisk-core-sounds-*``, 1.6.1)."""

from __future__ import annotations

import pytest

from switchroom.media.saying.date_format import DEFAULT_FORMAT, say_moment
from switchroom.media.saying.registry import language_for
from tests.media.saying.test_dates import AFTERNOON, FULL_HOUR, MIDNIGHT, TODAY

COMMON = {
    *range(20), *range(20, 100, 10), "a-m", "at", "hundred", "million", "minus", "oclock", "p-m",
    "pound", "star", "thousand", "today", "tomorrow", "yesterday",
    *(f"day-{day}" for day in range(7)), *(f"mon-{month}" for month in range(12)),
    *(f"h-{n}" for n in (*range(1, 20), *range(20, 100, 10))),
    "h-hundred", "h-thousand", "h-million", "h-billion",
}  # fmt: skip
IN_SET: dict[str, set[object]] = {
    "en": {*COMMON, "billion", "oh"},
    "es": {
        *COMMON, *range(21, 30), *range(200, 1000, 100), "100-and", "20-and", "1F", "1M", "and",
        "es-de", "es-el", "millions",
    },
    "fr": {*COMMON, "et"},
    "it": {
        *COMMON, *range(21, 100, 10), *range(28, 100, 10), "billion", "e", "millions", "ore-1900",
        "ore-2000", "ore-mezzanotte", "ore-una", "thousands", "un",
    },
}  # fmt: skip
#: Beyond it there is no word for 10^9 in the French set.
MILLIARD = 10**9
SAMPLE = [*range(2200), *range(2200, MILLIARD, 1_234_567)]


@pytest.mark.parametrize("code", sorted(IN_SET))
def test_numbers_are_in_the_set(code: str) -> None:
    known = {f"digits/{name}" for name in IN_SET[code]}
    language = language_for(code)
    for value in SAMPLE:
        assert known.issuperset(language.number(value)), value


@pytest.mark.parametrize("code", sorted(IN_SET.keys() - {"fr"}))  # French says the hour with 1F
def test_dates_are_in_the_set(code: str) -> None:
    known = {f"digits/{name}" for name in IN_SET[code]}
    for when in (AFTERNOON, FULL_HOUR, MIDNIGHT):
        for layout in (DEFAULT_FORMAT, "HMS m d B Y N", "FQqRT"):
            names = say_moment(language_for(code), when, layout, today=TODAY)
            assert known.issuperset(names), names
