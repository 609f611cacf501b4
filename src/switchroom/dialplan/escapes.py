r"""Escapes in arguments that name characters: ``\n``, ``\t``, ``\r``, ``\xHH``, ``\0OOO``."""

from __future__ import annotations

import re

from switchroom.base.errors import DialplanError
from switchroom.base.text import to_octets

_NAMED = {b"n": b"\n", b"t": b"\t", b"r": b"\r"}
_CHARACTER = re.compile(
    rb"\\x(?P<hex>[0-9A-Fa-f]{1,2})|\\0(?P<octal>[0-7]*)|\\(?P<named>.)|(?P<plain>.)", re.DOTALL
)


def decoded(text: str) -> list[bytes]:
    r"""The octets that a text of characters and escapes stands for, one by one.

    Raises:
        DialplanError: A ``\x`` without a digit behind it.
    """
    return [_octet(match) for match in _CHARACTER.finditer(to_octets(text))]


def _octet(match: re.Match[bytes]) -> bytes:
    if match["hex"] is not None:
        return bytes([int(match["hex"], 16)])
    if match["octal"] is not None:
        return bytes([int(match["octal"] or b"0", 8) & 0xFF])
    if match["named"] is not None:
        if match["named"] == b"x":
            raise DialplanError(r"a \x needs a hexadecimal digit behind it")
        return _NAMED.get(match["named"], match["named"])
    return match["plain"]


def delimiter_of(text: str) -> bytes:
    """The delimiter an argument names: its first character or escape; nothing for no text."""
    if not text.startswith("\\"):
        return to_octets(text[:1])[:1]
    match = _CHARACTER.match(to_octets(text))
    return b"" if match is None else _octet(match)
