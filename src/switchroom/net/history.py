"""SIP messages that are kept for somebody who looks: ``pjsip set history on``."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

MOST_MESSAGES = 20_000  #: kept; older ones are forgotten
MOST_OCTETS = 32 * 1024 * 1024  #: of all of them


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """One message, its credentials and keys masked."""

    number: int
    at: float  #: by the wall clock
    is_sent: bool
    protocol: str
    address: str  #: the other side's: ``192.0.2.1:5060``
    text: str

    @property
    def summary(self) -> str:
        """Its first line."""
        return self.text.partition("\r\n")[0]

    @property
    def method(self) -> str:
        """Of the request, or of what a response answers."""
        return self.header("cseq").rpartition(" ")[2]

    @property
    def is_request(self) -> bool:
        """Or a response."""
        return not self.text.startswith("SIP/2.0 ")

    def header(self, name: str) -> str:
        """The first value of a header in its long form; empty where there is none."""
        for line in self.text.partition("\r\n\r\n")[0].split("\r\n")[1:]:
            key, colon, value = line.partition(":")
            if colon and _long(key.strip().lower()) == name.lower():
                return value.strip()
        return ""


def _long(name: str) -> str:
    return {"i": "call-id", "f": "from", "t": "to", "m": "contact", "v": "via"}.get(name, name)


class MessageHistory:
    """Keeps messages while it is on; the oldest go first."""

    def __init__(self) -> None:
        self.is_on = False
        self._kept: deque[KeptMessage] = deque()
        self._octets = 0
        self._next = 0

    def __iter__(self) -> Iterator[KeptMessage]:
        """The oldest first."""
        return iter(tuple(self._kept))

    def clear(self) -> None:
        """Forget all; the next one is number 0."""
        self._kept.clear()
        self._octets = self._next = 0

    def add(self, *, is_sent: bool, protocol: str, address: str, text: str) -> None:
        """Keep a message."""
        at = time.time()  # noqa: TID251  # shown to somebody
        self._kept.append(KeptMessage(self._next, at, is_sent, protocol, address, text))
        self._next += 1
        self._octets += len(text)
        while len(self._kept) > MOST_MESSAGES or self._octets > MOST_OCTETS:
            self._octets -= len(self._kept.popleft().text)


history = MessageHistory()  #: one for the process, as the trace is
