"""``[[context,]extension,]priority[(argument,…)]``: what Gosub and its like are told to call."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.base.errors import ApplicationFailedError
from switchroom.dialplan.arguments import separate
from switchroom.dialplan.places import Words, place_of, split_place
from switchroom.pbx.channel import Channel


@dataclass(frozen=True, slots=True)
class Routine:
    """A place and what its routine is given."""

    place: tuple[str, str, int]
    arguments: list[str]


def parse_routine(channel: Channel, text: str) -> Routine:
    """Read a routine as seen from a channel.

    Raises:
        ApplicationFailedError: There is no such place.
    """
    place, opening, rest = text.partition("(")
    closing = rest.rfind(")")
    inner = rest[:closing] if closing >= 0 else rest
    return called_routine(channel, split_place(place), inner if opening else "")


def called_routine(channel: Channel, words: Words, arguments: str) -> Routine:
    """The routine at a place that is taken apart, with its arguments.

    Raises:
        ApplicationFailedError: There is no such place.
    """
    context, extension, priority = place_of(channel, words)
    if not channel.pbx.dialplan.exists(channel, extension, priority, context):
        raise ApplicationFailedError(f"there is no {extension}@{context}:{priority} to call")
    return Routine((context, extension, priority), separate(arguments, keep_quotes=True))
