"""``[[context,]extension,]priority[(argument,…)]``: what Gosub and its like are told to call."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.base.errors import ApplicationFailedError
from switchroom.dialplan.arguments import separate
from switchroom.dialplan.places import parse_place
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
    words, opening, rest = text.partition("(")
    closing = rest.rfind(")")
    inner = rest[:closing] if closing >= 0 else rest
    arguments = separate(inner, keep_quotes=True) if opening else []
    context, extension, priority = parse_place(channel, words)
    if not channel.pbx.dialplan.exists(channel, extension, priority, context):
        raise ApplicationFailedError(f"there is no {extension}@{context}:{priority} to call")
    return Routine((context, extension, priority), arguments)
