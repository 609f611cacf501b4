"""Values with a prefix that tells how to say them: ``num:12``, ``date:AdB:20240320``.

Playback's option ``say`` takes them. The prefixes are those of Asterisk's ``say.conf``; what they
say is the language's own, as in the Say applications.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType

from switchroom.media.saying import spelling
from switchroom.media.saying.date_format import say_moment
from switchroom.media.saying.errors import CannotSayError
from switchroom.media.saying.language import Language
from switchroom.media.saying.parsing import parse_number

#: YYYYMMDD, HHMM behind it, .SS behind that; weekday and day of the year are passed over.
_MOMENT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(?:\.(\d{2}))?)?(?:-.*)?", re.ASCII)

_SIMPLE: Mapping[str, Callable[[Language, str], list[str]]] = MappingProxyType({
    "num": lambda language, text: language.number(parse_number(text)),
    "enum": lambda language, text: language.ordinal(parse_number(text)),
    "digit": lambda _, text: spelling.digits(text),
    "char": lambda _, text: spelling.letters(text),
    "phonetic": lambda _, text: spelling.phonetic(text),
})  # fmt: skip
_FORMATS: Mapping[str, Callable[[Language], str]] = MappingProxyType({
    "date": lambda language: language.date_format,
    "time": lambda language: language.time_format,
    "datetime": lambda language: language.date_time_format,
})  # fmt: skip


def is_prefixed(text: str) -> bool:
    """Whether a text has a prefix at all."""
    return text.partition(":")[0] in {*_SIMPLE, *_FORMATS}


def say_prefixed(language: Language, text: str, *, today: date) -> list[str]:
    """The prompts of a value with a prefix.

    Args:
        language: Who says it.
        text: ``prefix:value``; dates and times may have a format between.
        today: The current day, for the format's ``Q`` and ``q``.

    Raises:
        CannotSayError: The prefix is unknown, or the value is not of its kind.
    """
    prefix, _, value = text.partition(":")
    if simple := _SIMPLE.get(prefix):
        return simple(language, value)
    if layout_of := _FORMATS.get(prefix):
        layout, _, moment = value.rpartition(":")
        return say_moment(
            language, _parse_moment(moment), layout or layout_of(language), today=today
        )
    raise CannotSayError(f"{text!r} has none of the prefixes {', '.join([*_SIMPLE, *_FORMATS])}")


def _parse_moment(text: str) -> datetime:
    match = _MOMENT.fullmatch(text.strip())
    try:
        if match is not None:
            return datetime(*(int(part or 0) for part in match.groups()))  # type: ignore[arg-type]  # noqa: DTZ001  # six whole numbers, in no zone
    except ValueError:
        pass
    raise CannotSayError(f"{text!r} is no YYYYMMDDHHMM.SS")
