"""``[[context,]extension,]priority``: where Goto and its like lead."""

from __future__ import annotations

from switchroom.base.errors import ApplicationFailedError
from switchroom.base.text import leading_int
from switchroom.pbx.channel import Channel

MAX_PRIORITY_DIGITS = 9  #: what is longer is a label
_USUAL = frozenset({"0", "1"})

#: Context and extension, empty where they stay; the priority where it is a number; its word.
Words = tuple[str, str, int | None, str]


def parse_place(channel: Channel, text: str) -> tuple[str, str, int]:
    """Read a place as seen from a channel.

    Raises:
        ApplicationFailedError: There is no such label.
    """
    return place_of(channel, split_place(text))


def split_place(text: str) -> Words:
    """Take a place apart; what is written in the dialplan is taken apart once."""
    before, _, word = text.rpartition(",")
    context = extension = ""
    if before:
        before, _, extension = before.rpartition(",")
        context = before.rpartition(",")[2].strip()
        extension = extension.strip()
    word = word.strip()
    is_number = word.isdigit() and word.isascii() and len(word) <= MAX_PRIORITY_DIGITS
    return context, extension, int(word) if is_number else None, word


def place_of(channel: Channel, words: Words) -> tuple[str, str, int]:
    """The place that the words mean, as seen from a channel.

    Raises:
        ApplicationFailedError: There is no such label.
    """
    context, extension, priority, word = words
    context = context or channel.context
    extension = extension or channel.extension
    if priority is None:
        priority = channel.pbx.dialplan.find_priority(channel, context, extension, word)
        if priority is None:
            message = f"there is no priority or label {word!r} in {extension}@{context}"
            raise ApplicationFailedError(message)
    return context, extension, priority


def choose(text: str) -> str:
    """The chosen side of ``condition?this:that``, empty where there is none."""
    condition, _, sides = text.partition("?")
    first, second = sides_of(sides)
    return first if is_true(condition) else second


def sides_of(text: str) -> tuple[str, str]:
    """Both sides of ``this:that``; each may be empty."""
    first, _, second = text.partition(":")
    return first.strip(), second.strip()


def is_true(condition: str) -> bool:
    """Whether a condition holds: text does, what begins with a number does unless that is zero."""
    if condition in _USUAL:
        return condition == "1"
    condition = condition.strip()
    number = leading_int(condition)
    return bool(condition) if number is None else number != 0
