"""``[[context,]extension,]priority``: where Goto and its like lead."""

from __future__ import annotations

from switchroom.base.errors import ApplicationFailedError
from switchroom.pbx.channel import Channel


def parse_place(channel: Channel, text: str) -> tuple[str, str, int]:
    """Read a place as seen from a channel.

    Raises:
        ApplicationFailedError: There is no such label.
    """
    words = [word.strip() for word in text.split(",")]
    context = words[-3] if len(words) > 2 and words[-3] else channel.context
    extension = words[-2] if len(words) > 1 and words[-2] else channel.extension
    priority = channel.pbx.dialplan.find_priority(channel, context, extension, words[-1])
    if priority is None:
        message = f"there is no priority or label {words[-1]!r} in {extension}@{context}"
        raise ApplicationFailedError(message)
    return context, extension, priority


def choose(text: str) -> str:
    """The chosen side of ``condition?this:that``, empty where there is none.

    A condition is false when it is empty or ``0``.
    """
    condition, _, sides = text.partition("?")
    first, second = sides_of(sides)
    return first if is_true(condition) else second


def sides_of(text: str) -> tuple[str, str]:
    """Both sides of ``this:that``; each may be empty."""
    first, _, second = text.partition(":")
    return first.strip(), second.strip()


def is_true(condition: str) -> bool:
    """Whether a condition holds: text does, what begins with a digit does unless that is zero."""
    condition = condition.strip()
    digits = condition[: len(condition) - len(condition.lstrip("0123456789"))]
    return bool(digits.strip("0") if digits else condition)
