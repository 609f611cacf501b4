"""The media sections of a description as they stand, for all that is not audio."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from switchroom.sdp.description import DIRECTIONS, MAX_MEDIA

_MIRRORED = {"sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly",
             "inactive": "inactive"}  # fmt: skip

MAX_PORT = 65535


@dataclass(frozen=True, slots=True)
class Section:
    """One ``m=`` line with the attributes behind it."""

    kind: str
    port: int  #: 0: refused or ended
    protocol: str  #: upper case
    formats: tuple[str, ...]
    host: str  #: of its ``c=``, or the session's
    attributes: tuple[str, ...] = ()  #: what stands behind ``a=``
    default_direction: str = "sendrecv"  #: the session's

    def values(self, name: str) -> list[str]:
        """What stands behind ``a=name:``, of each such line."""
        start = f"{name}:"
        return [each[len(start) :].strip() for each in self.attributes if each.startswith(start)]

    @property
    def direction(self) -> str:
        """Seen from whoever wrote it."""
        own = [each for each in self.attributes if each in DIRECTIONS]
        return own[-1] if own else self.default_direction

    @property
    def mirrored(self) -> str:
        """Its direction seen from the other side (RFC 3264 §6.1)."""
        return _MIRRORED[self.direction]

    @property
    def refused(self) -> str:
        """The line that answers it with no."""
        return f"m={self.kind} 0 {self.protocol} {' '.join(self.formats) or '0'}"


def read_sections(description: str) -> list[Section]:
    """The sections of a description; none where one of them cannot be read.

    What answers an offer of ours within a call comes here unread.
    """
    try:
        return _read(description)
    except ValueError:
        return []


def _read(description: str) -> list[Section]:
    head, *texts = _split(description)
    host = _value(head, "c=")
    direction = next((line[2:] for line in head if line[2:] in DIRECTIONS), "sendrecv")
    found: list[Section] = []
    for lines in texts[:MAX_MEDIA]:
        kind, port_text, protocol, *formats = lines[0][2:].split()
        port = int(port_text.partition("/")[0])
        if not 0 <= port <= MAX_PORT:
            raise ValueError(f"{port} is no port")
        found.append(
            Section(
                kind.lower(),
                port,
                protocol.upper(),
                tuple(formats),
                _host(_value(lines, "c=") or host),
                tuple(line[2:].strip() for line in lines if line.startswith("a=")),
                direction,
            )
        )
    return found


def with_section(description: str, index: int, lines: Sequence[str]) -> str:
    """The description with another section in one place, or behind the last one."""
    parts = _split(description)
    parts[index + 1 : index + 2] = [list(lines)]
    return _joined(parts)


def arranged(offer: str, known: Sequence[Section]) -> str:
    """An offer within a session: each section keeps its place (RFC 3264 §8).

    Args:
        offer: Ours, its sections in any order.
        known: Those of the session until now; what the offer has no section for is refused.
    """
    head, *ours = _split(offer)
    parts = [head]
    for each in known:
        at = next((i for i, lines in enumerate(ours) if _kind(lines) == each.kind), None)
        parts.append([each.refused] if at is None else ours.pop(at))
    return _joined([*parts, *ours])


def _split(description: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for line in description.splitlines():
        if line.startswith("m="):
            parts.append([])
        if line:
            parts[-1].append(line)
    return parts


def _joined(parts: Sequence[Sequence[str]]) -> str:
    return "".join(f"{line}\r\n" for line in _lines(parts))


def _lines(parts: Sequence[Sequence[str]]) -> Iterator[str]:
    for part in parts:
        yield from part


def _kind(lines: Sequence[str]) -> str:
    return lines[0][2:].partition(" ")[0].lower()


def _value(lines: Sequence[str], start: str) -> str:
    return next((line[2:] for line in lines if line.startswith(start)), "")


def _host(connection: str) -> str:
    words = connection.split()
    return words[2].partition("/")[0] if len(words) == 3 else ""
