"""``${}`` and ``$[]`` as text: found, and taken apart."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import NamedTuple

from switchroom.base.errors import DialplanError

logger = logging.getLogger(__name__)

_OPENING = re.compile(r"\$[{\[]")
_BRACES = re.compile(r"[{}]")
_BRACKETS = re.compile(r"[\[\]]")
_SLICE = re.compile(r"\s*([-+]?[0-9]{1,18})[0-9]*(?::\s*([-+]?[0-9]{1,18}))?")


class ComplexityError(DialplanError):
    """A text that nobody writes: ``${}`` nested too deep, or too many of them."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text: plain, ``${…}`` or ``$[…]``."""

    kind: str  #: ``text``, ``variable`` or ``expression``
    text: str  #: without the brackets
    begin: int  #: where it begins in the whole text, its bracket included


def split_parts(text: str) -> list[Part]:
    """Take a text apart at its outermost ``${}`` and ``$[]``.

    What is not closed reaches to the end, as in the original.
    """
    parts: list[Part] = []
    position = 0
    while (opening := _OPENING.search(text, position)) is not None:
        if opening.start() > position:
            parts.append(Part("text", text[position : opening.start()], position))
        is_variable = opening[0] == "${"
        begin = opening.end()
        end = _end_of(_BRACES if is_variable else _BRACKETS, text, begin)
        if end == len(text):
            logger.warning("%r is not closed", text[opening.start() :][:80])
        kind = "variable" if is_variable else "expression"
        parts.append(Part(kind, text[begin:end], opening.start()))
        position = end + 1
    if position < len(text):
        parts.append(Part("text", text[position:], position))
    return parts


def _end_of(pair: re.Pattern[str], text: str, position: int) -> int:
    """Where the bracket that stands open at ``position`` closes, or the end of the text."""
    depth = 1
    for match in pair.finditer(text, position):
        depth += 1 if match[0] in "{[" else -1
        if depth == 0:
            return match.start()
    return len(text)


def has_references(text: str) -> bool:
    """Whether anything in a text is to be substituted."""
    return _OPENING.search(text) is not None


def split_written(text: str, separator: str) -> tuple[str, str] | None:
    """Split a text at the first separator that stands outside of ``${}`` and ``$[]``.

    Returns:
        What is before it, which may bring an earlier one when it is substituted, and what is
        behind it; None where there is none.
    """
    for part in split_parts(text):
        if part.kind == "text" and (index := part.text.find(separator)) >= 0:
            position = part.begin + index
            return text[:position], text[position + 1 :]
    return None


def split_reference(text: str) -> tuple[str, str | None, str | None]:
    """Take the inside of ``${…}`` apart: name, arguments, slice.

    Returns:
        Arguments are None for a variable; the slice is what follows a colon outside of
        parentheses, or None.
    """
    if "(" not in text and ":" not in text:
        return text, None, None
    depth = 0
    slice_at = -1
    for position, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == ":" and depth <= 0:
            slice_at = position
            break
    body, cut = (text, None) if slice_at < 0 else (text[:slice_at], text[slice_at + 1 :])
    opening = body.find("(")
    if opening < 0:
        return body, None, cut
    closing = body.rfind(")")
    arguments = body[opening + 1 : closing] if closing > opening else body[opening + 1 :]
    return body[:opening], arguments, cut


class Slice(NamedTuple):
    """``:offset:length`` behind a name (recorded: negative ones count from the end)."""

    offset: int
    length: int | None

    def of(self, value: str) -> str:
        """That piece of a value."""
        size = len(value)
        start = max(0, size + self.offset) if self.offset < 0 else min(self.offset, size)
        if self.length is None:
            return value[start:]
        end = start + self.length if self.length >= 0 else size + self.length
        return value[start : max(start, end)]


def parse_slice(text: str) -> Slice | None:
    """Read what follows the colon; None where it says nothing, and the whole value is meant."""
    match = _SLICE.match(text)
    if match is None:
        return None
    return Slice(int(match[1]), int(match[2]) if match[2] is not None else None)


def cut_slice(value: str, cut: str) -> str:
    """Apply ``offset:length`` as it is written."""
    found = parse_slice(cut)
    return value if found is None else found.of(value)
