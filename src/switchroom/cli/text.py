"""Durations and counts as the commands print them."""

from __future__ import annotations

_UNITS = ((7 * 24 * 3600, "week"), (24 * 3600, "day"), (3600, "hour"), (60, "minute"))


def duration_text(seconds: float) -> str:
    """``1 week, 2 hours, 5 seconds``; units that are nought are left out."""
    left = max(0, int(seconds))
    parts: list[str] = []
    for length, name in (*_UNITS, (1, "second")):
        count, left = divmod(left, length)
        if count or (length == 1 and not parts):
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
    return ", ".join(parts)


def clock_text(seconds: float) -> str:
    """``01:02:03``; the hours go on past a day."""
    minutes, second = divmod(max(0, int(seconds)), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}"


def counted(count: int, singular: str, plural: str) -> str:
    """``1 active call``, ``2 active calls``, as a line."""
    return f"{count} {singular if count == 1 else plural}\n"


def printable(text: str) -> str:
    """A text on one line, from wherever it came: what would control a terminal is a ``?``."""
    return "".join(letter if letter.isprintable() else "?" for letter in text.replace("\n", " "))
