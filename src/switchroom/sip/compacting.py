"""Messages with the short names of headers (RFC 3261 §7.3.3): for links where each octet counts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from switchroom.sip.message import COMPACT

_SHORT: Mapping[bytes, bytes] = MappingProxyType(
    {long.encode(): short.encode() for short, long in COMPACT.items()}
)


def compact(data: bytes) -> bytes:
    """The same message, shorter; what is no message stays as it is."""
    head, end, body = data.partition(b"\r\n\r\n")
    start, *lines = head.split(b"\r\n")
    return b"\r\n".join([start, *map(_shorter, lines)]) + end + body


def _shorter(line: bytes) -> bytes:
    name, colon, value = line.partition(b":")
    short = _SHORT.get(name.strip().lower()) if colon else None
    return line if short is None else b"%b:%b" % (short, value)
