"""A text message on its way through the dialplan."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

MAX_BODY = 65_536  #: octets


@dataclass(slots=True)
class TextMessage:
    """Of one channel: the message that came, as the dialplan may have changed it."""

    to: str = ""
    from_: str = ""
    body: str = ""
    data: dict[str, str] = field(default_factory=dict)  #: headers, and what the dialplan adds
    outbound: set[str] = field(default_factory=set)  #: names of ``data`` that are sent on


#: Sends a message to a destination; returns whether there was a way.
Sender = Callable[[str, TextMessage], Awaitable[bool]]


class MessageSenders(dict[str, Sender]):
    """By technology in lower case: ``pjsip``, ``sip``. A datastore of the core."""


@dataclass(frozen=True, slots=True)
class TextMessageArrived:
    """An endpoint sent a message, outside of any call."""

    technology: str
    endpoint: str
    to: str
    sender: str
    body: str
    headers: tuple[tuple[str, str], ...] = ()


#: Whether somebody wants the messages of an endpoint: its technology, and its name.
MessageListener = Callable[[str, str], bool]


class MessageListeners(list[MessageListener]):
    """Who takes messages beside the dialplan. A datastore of the core."""

    def want(self, technology: str, endpoint: str) -> bool:
        """Whether anybody does."""
        return any(wants(technology, endpoint) for wants in self)
