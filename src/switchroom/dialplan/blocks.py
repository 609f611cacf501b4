"""Blocks of priorities between an application that opens and one that closes: While, If."""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.pbx.channel import Channel


class BlockEnds:
    """Where a channel's blocks begin and end: found once, since its dialplan never changes."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str, int, str, str], int] = {}


def other_end(channel: Channel, opening: str, closing: str, *, stops: tuple[str, ...] = ()) -> int:
    """The priority, behind the one that runs, that closes the block it stands in or opens.

    Args:
        channel: Where it stands.
        opening: What opens a block, in lower case.
        closing: What closes one.
        stops: What ends the search as well, in this block but not in those within it.

    Raises:
        DialplanError: Nothing closes it.
    """
    return _search(channel, opening, (closing, *stops), closing, 1)


def own_beginning(channel: Channel, opening: str, closing: str) -> int:
    """The priority, before the one that runs, that opens the block it stands in or closes.

    Raises:
        DialplanError: Nothing opens it.
    """
    return _search(channel, closing, (opening,), opening, -1)


def application_at(channel: Channel, priority: int) -> str | None:
    """The application at another priority of where a channel stands, in lower case."""
    step = channel.pbx.dialplan.step_at(channel, channel.context, channel.extension, priority)
    return None if step is None else step[0].lower()


def _search(channel: Channel, deeper: str, wanted: tuple[str, ...], end: str, step: int) -> int:
    ends = channel.datastore(BlockEnds).found
    key = (channel.context, channel.extension, channel.priority, "|".join(wanted), deeper)
    if key in ends:
        return ends[key]
    depth = 0
    priority = channel.priority + step
    while (name := application_at(channel, priority)) is not None:
        if depth == 0 and name in wanted:
            ends[key] = priority
            return priority
        depth += (name == deeper) - (name == end)
        priority += step
    where = f"{channel.extension}@{channel.context}:{channel.priority}"
    raise DialplanError(f"there is no {end} that belongs to {where}")
