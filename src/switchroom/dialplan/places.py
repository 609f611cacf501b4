"""``[[context,]extension,]priority``: where Goto and its like lead."""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.pbx.channel import Channel


def parse_place(channel: Channel, text: str) -> tuple[str, str, int]:
    """Read a place as seen from a channel.

    Raises:
        DialplanError: There is no such label.
    """
    words = [word.strip() for word in text.split(",")]
    context = words[-3] if len(words) > 2 and words[-3] else channel.context
    extension = words[-2] if len(words) > 1 and words[-2] else channel.extension
    priority = channel.pbx.dialplan.find_priority(channel, context, extension, words[-1])
    if priority is None:
        message = f"there is no priority or label {words[-1]!r} in {extension}@{context}"
        raise DialplanError(message)
    return context, extension, priority


def choose(text: str) -> str:
    """The chosen side of ``condition?this:that``, empty where there is none.

    A condition is false when it is empty or ``0``.
    """
    condition, _, sides = text.partition("?")
    first, _, second = sides.partition(":")
    return (first if is_true(condition) else second).strip()


def is_true(condition: str) -> bool:
    """Whether a condition holds: text does, a number does unless it is zero."""
    condition = condition.strip()
    if not condition:
        return False
    digits = condition.lstrip("+-")
    leading = digits[: len(digits) - len(digits.lstrip("0123456789"))]
    return not leading or int(leading) != 0
