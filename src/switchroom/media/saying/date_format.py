"""The format language of SayUnixTime and of voicemail's time zones.

A format is a row of letters, each a part of a date or time, and of prompt names in quotes:
``ABdY 'digits/at' IMp``.

    A a  weekday             I l  hour, 12-hour clock       S    second
    B b h  month             H    hour, 24-hour clock, "oh five"
    m    month as a number   k    the same, "five"          P p  before or after noon
    d e  day of the month    M    minute, 0 is "o'clock"    R    H and M
    Y    year                N    minute, 0 is "hundred"    T    H, M and S
    F    the whole date as the language says it
    Q    "today", "yesterday", "tomorrow", or F
    q    as Q, but nothing for today, and the weekday for the past week
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType

from switchroom.media.saying.language import Language

logger = logging.getLogger(__name__)

#: What SayUnixTime says without a format.
DEFAULT_FORMAT = "ABdY 'digits/at' IMp"

#: A day so long ago still goes by its weekday's name.
PAST_WEEK = timedelta(days=7)

Part = Callable[[Language, datetime], list[str]]

_PARTS: Mapping[str, Part] = MappingProxyType({
    "A": lambda language, when: language.weekday(when),
    "B": lambda language, when: language.month(when),
    "m": lambda language, when: language.month_number(when),
    "d": lambda language, when: language.day(when),
    "Y": lambda language, when: language.year(when),
    "I": lambda language, when: language.hour_12(when),
    "H": lambda language, when: language.hour_24_padded(when),
    "k": lambda language, when: language.hour_24(when),
    "M": lambda language, when: language.minute(when),
    "N": lambda language, when: language.minute_military(when),
    "S": lambda language, when: language.second(when),
    "P": lambda language, when: language.half_of_day(when),
})  # fmt: skip
_SAME_AS = MappingProxyType(dict(zip("abhelp", "ABBdIP", strict=True)))
_COMPOUND = MappingProxyType({"R": "HM", "T": "HMS"})
_QUOTES = "'\""


def say_moment(language: Language, when: datetime, layout: str, *, today: date) -> list[str]:
    """The prompts of a moment.

    Args:
        language: Who says it.
        when: In the time zone that it is said in.
        layout: The format, see the module; what is no letter of it is told to the log.
        today: The current day in the same time zone, for ``Q`` and ``q``.
    """
    names: list[str] = []
    position = 0
    while position < len(layout):
        letter = layout[position]
        position += 1
        if letter in _QUOTES:
            end = layout.find(letter, position)
            end = len(layout) if end < 0 else end
            names += [layout[position:end]] if end > position else []
            position = end + 1
        elif not letter.isspace():
            names += _part(language, when, _SAME_AS.get(letter, letter), today)
    return names


def _part(language: Language, when: datetime, letter: str, today: date) -> list[str]:
    if part := _PARTS.get(letter):
        return part(language, when)
    if letter == "F":
        return say_moment(language, when, language.date_format, today=today)
    if letter in _COMPOUND:
        return say_moment(language, when, _COMPOUND[letter], today=today)
    if letter in "Qq":
        return _relative(language, when, today, is_brief=letter == "q")
    logger.warning("date format: %r stands for nothing", letter)
    return []


def _relative(language: Language, when: datetime, today: date, *, is_brief: bool) -> list[str]:
    ago = today - when.date()
    if not ago:
        return [] if is_brief else ["digits/today"]
    if ago == timedelta(days=1):
        return ["digits/yesterday"]
    if ago == timedelta(days=-1):
        return ["digits/tomorrow"]
    if is_brief and timedelta(0) < ago < PAST_WEEK:
        return language.weekday(when)
    return say_moment(language, when, language.date_format, today=today)
