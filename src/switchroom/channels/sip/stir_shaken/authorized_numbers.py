"""For which numbers a certificate may speak: its TNAuthList (RFC 8226 §9), read from DER."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from switchroom.base.text import telephone_digits

OID = "1.3.6.1.5.5.7.1.26"
MAX_ENTRIES = 10000

_SEQUENCE, _INTEGER, _TEXT = 0x30, 0x02, 0x16
_PROVIDER, _RANGE, _NUMBER = 0xA0, 0xA1, 0xA2  #: of the choice, each with a tag around


@dataclass(frozen=True, slots=True)
class AuthorizedNumbers:
    """What the list says."""

    providers: tuple[str, ...] = ()  #: codes; a provider may speak for any number
    ranges: tuple[tuple[str, int], ...] = ()  #: the first number of each, and how many

    def __str__(self) -> str:
        numbers = [first if n == 1 else f"{n} numbers from {first}" for first, n in self.ranges]
        return ", ".join([*(f"provider {each}" for each in self.providers), *numbers])

    def covers(self, number: str) -> bool:
        """Whether it may speak for a number."""
        if self.providers:
            return True
        return number.isdigit() and any(
            len(first) == len(number) and 0 <= int(number) - int(first) < count
            for first, count in self.ranges
        )


def parse_authorized_numbers(der: bytes) -> AuthorizedNumbers:
    """Read the value of the extension.

    Raises:
        ValueError: It is none.
    """
    (tag, content), *others = _elements(der)
    if tag != _SEQUENCE or others:
        raise ValueError("no TNAuthList")
    providers: list[str] = []
    ranges: list[tuple[str, int]] = []
    for number, (kind, inner) in enumerate(_elements(content)):
        if number >= MAX_ENTRIES:
            raise ValueError("too many numbers")
        if kind == _PROVIDER:
            providers.append(_content(inner, _TEXT).decode("ascii"))
        elif kind == _NUMBER:
            ranges.append((_digits(_content(inner, _TEXT)), 1))
        elif kind == _RANGE:
            (start, first), (second, count), *_ = [*_elements(_content(inner, _SEQUENCE)), (0, b"")]
            if start != _TEXT or second != _INTEGER:
                raise ValueError("no range of numbers")
            ranges.append((_digits(first), int.from_bytes(count, signed=True)))
        else:
            raise ValueError("no entry of a TNAuthList")
    if not providers and not ranges:
        raise ValueError("an empty TNAuthList")
    return AuthorizedNumbers(tuple(providers), tuple(ranges))


def _digits(text: bytes) -> str:
    digits = telephone_digits(text.decode("ascii"))
    if not digits.isdigit():
        raise ValueError("no telephone number")
    return digits


def _content(der: bytes, wanted: int) -> bytes:
    (tag, content), *others = _elements(der)
    if tag != wanted or others:
        raise ValueError("another type was expected")
    return content


def _elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each element.

    Raises:
        ValueError: A length that leads beyond the end, or no element at all.
    """
    position = 0
    if not der:
        raise ValueError("nothing where something was expected")
    while position < len(der):
        if position + 2 > len(der):
            raise ValueError("an element without a length")
        tag, length = der[position], der[position + 1]
        position += 2
        if length & 0x80:
            size = length & 0x7F
            if not 0 < size <= 4 or position + size > len(der):
                raise ValueError("an unreadable length")
            length = int.from_bytes(der[position : position + size])
            position += size
        if position + length > len(der):
            raise ValueError("an element beyond the end")
        yield tag, der[position : position + length]
        position += length
