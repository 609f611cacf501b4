"""Messages of the manager interface: what clients ask, and what they are told."""

from __future__ import annotations

from collections.abc import Iterable

Headers = Iterable[tuple[str, str]]

#: Line ends within a value would begin another header, or another message.
_ESCAPED = str.maketrans({"\r": "\\r", "\n": "\\n"})


class Action:
    """What a client sent; names of headers are compared in any case of letters.

    Args:
        headers: In the order in which they came.
    """

    __slots__ = ("headers",)

    def __init__(self, headers: Headers) -> None:
        self.headers = tuple(headers)

    def __repr__(self) -> str:
        return f"<Action {self.name}>"

    @property
    def name(self) -> str:
        """``Originate``, as the client wrote it."""
        return self.get("Action")

    @property
    def id(self) -> str:
        """``ActionID``, which comes back in everything that is answered."""
        return self.get("ActionID")

    def get(self, name: str, default: str = "") -> str:
        """The first header of that name that says something."""
        return next((value for value in self.all(name) if value), default)

    def all(self, name: str) -> list[str]:
        """All headers of that name."""
        wanted = name.lower()
        return [value for each, value in self.headers if each.lower() == wanted]

    def has(self, name: str) -> bool:
        """Whether there is a header of that name, even an empty one."""
        return bool(self.all(name))

    def is_true(self, name: str) -> bool:
        """Whether a header says yes."""
        return self.get(name).strip().lower() in {"yes", "true", "y", "t", "1", "on"}


class Message:
    """What is told: headers in order, rendered once however many clients hear it.

    Args:
        headers: The first is ``Response`` or ``Event``.
    """

    __slots__ = ("_octets", "_text", "headers")

    def __init__(self, headers: Headers) -> None:
        self.headers = tuple(headers)
        self._text: str | None = None
        self._octets: bytes | None = None

    def __repr__(self) -> str:
        return f"<Message {self.headers[:2]}>"

    def get(self, name: str) -> str:
        """The first header of that name."""
        return next((value for each, value in self.headers if each == name), "")

    @property
    def text(self) -> str:
        """As it goes over the wire, the empty line included."""
        if self._text is None:
            lines = [f"{name}: {value.translate(_ESCAPED)}\r\n" for name, value in self.headers]
            self._text = "".join(lines) + "\r\n"
        return self._text

    def to_bytes(self) -> bytes:
        """As it goes over the wire; bytes that are no text come through unharmed."""
        if self._octets is None:
            try:
                self._octets = self.text.encode("utf-8", "surrogateescape")
            except UnicodeEncodeError:  # what never was an octet: half of a pair, from elsewhere
                self._octets = self.text.encode("utf-8", "replace")
        return self._octets
