"""What an action's handler gives back, and what goes wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from switchroom.base.errors import SwitchroomError

HeaderList = list[tuple[str, str]]


class ActionError(SwitchroomError):
    """The action could not be done; the message is what the client reads."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An event that belongs to an answer and is told to nobody else."""

    name: str
    headers: Sequence[tuple[str, str]] = ()
    has_ticket: bool = True  #: it carries the ActionID


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: ``Response`` and ``ActionID`` are put in front."""

    headers: Sequence[tuple[str, str]] = ()
    response: str = "Success"
    events: Sequence[Listed] = field(default=())
    closes: bool = False  #: the connection ends behind it
    is_silent: bool = False  #: nothing is answered at all


def done(message: str = "", *headers: tuple[str, str]) -> Reply:
    """It was done; further headers follow the message."""
    return Reply((*((("Message", message),) if message else ()), *headers))


def listing(
    message: str, complete: str, events: Iterable[Listed], *extra: tuple[str, str]
) -> Reply:
    """A list: an answer that announces it, an event an item, an event that ends it.

    Args:
        message: Of the answer.
        complete: The name of the event that ends it.
        events: The items.
        extra: Further headers of the last event.
    """
    items = list(events)
    last = Listed(complete, (("EventList", "Complete"), ("ListItems", str(len(items))), *extra))
    return Reply((("EventList", "start"), ("Message", message)), events=[*items, last])
