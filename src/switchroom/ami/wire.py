"""The manager protocol's framing, without a socket.

A message is lines ``Name: value`` with an empty line behind them; a line ends with CR LF, and a
bare LF is taken too. A line without a colon is passed over, as the original does.
"""

from __future__ import annotations

from switchroom.ami.message import Action
from switchroom.base.errors import SwitchroomError

MAX_LINE_BYTES = 8 * 1024  #: the original's is 1,024; Originate's Variable may be long
MAX_HEADERS = 256  #: the original's is 128
MAX_BUFFERED_BYTES = 256 * 1024


class WireError(SwitchroomError):
    """The client sends what cannot be a message of this protocol."""


class ActionReader:
    """Turns the bytes of a connection into actions."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._headers: list[tuple[str, str]] = []

    @property
    def has_begun(self) -> bool:
        """Whether a message is unfinished."""
        return bool(self._buffer or self._headers)

    def feed(self, data: bytes) -> list[Action]:
        """Take in what arrived and return the actions that are complete now.

        Raises:
            WireError: A line, or a message, is longer than any client needs.
        """
        self._buffer += data
        *lines, rest = bytes(self._buffer).split(b"\n")
        if len(rest) > MAX_LINE_BYTES:
            raise WireError(f"a line of more than {MAX_LINE_BYTES} bytes")
        self._buffer[:] = rest
        actions = []
        for line in lines:
            if len(line) > MAX_LINE_BYTES:
                raise WireError(f"a line of more than {MAX_LINE_BYTES} bytes")
            action = self._line(line.rstrip(b"\r"))
            if action is not None:
                actions.append(action)
        return actions

    def _line(self, line: bytes) -> Action | None:
        if not line:
            headers, self._headers = self._headers, []
            return Action(headers) if headers else None
        name, colon, value = line.decode("utf-8", "surrogateescape").partition(":")
        if colon and name.strip():
            if len(self._headers) >= MAX_HEADERS:
                raise WireError(f"an action of more than {MAX_HEADERS} headers")
            self._headers.append((name.strip(), value.strip()))
        return None
