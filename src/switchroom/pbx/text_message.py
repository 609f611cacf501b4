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
