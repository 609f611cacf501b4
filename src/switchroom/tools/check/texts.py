"""Texts of the dialplan taken apart without being run: references, expressions, arguments.

Everything knows its offset in the text it was found in, so that a finding can point at it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from switchroom.dialplan.references import Part, split_parts, split_reference
from switchroom.dialplan.substitution import MAX_DEPTH

_CACHE = 1 << 16
_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a text."""

    text: str
    offset: int

    def shifted(self, by: int) -> Word:
        """The same piece as part of a text that begins ``by`` characters earlier."""
        return Word(self.text, self.offset + by)

    def stripped(self) -> Word:
        """Without the blanks around it."""
        text = self.text.strip()
        return Word(text, self.offset + (self.text.find(text) if text else 0))

    @property
    def is_constant(self) -> bool:
        """Whether nothing in it is put together at run time."""
        return not has_parts(self.text)


@dataclass(frozen=True, slots=True)
class Piece:
    """Plain text, the inside of one ``${}``, or that of one ``$[]``."""

    kind: str  #: ``text``, ``variable`` or ``expression``
    text: str
    offset: int  #: where the inside begins
    is_closed: bool = True

    @property
    def start(self) -> int:
        """Where it begins, the dollar included."""
        return self.offset if self.kind == "text" else self.offset - 2


@dataclass(frozen=True, slots=True)
class Reference:
    """One ``${…}``: a variable or the reading of a function."""

    name: str
    arguments: str | None  #: None: a variable
    arguments_offset: int
    cut: str | None  #: what stands behind the colon
    offset: int  #: where the inside begins
    length: int  #: of the inside
    is_closed: bool

    @property
    def is_function(self) -> bool:
        """Whether it has parentheses."""
        return self.arguments is not None

    @property
    def is_constant(self) -> bool:
        """Whether its name is written out."""
        return not has_parts(self.name)


def has_parts(text: str) -> bool:
    """Whether something in a text is put together at run time."""
    return "${" in text or "$[" in text


@functools.lru_cache(_CACHE)
def pieces(text: str) -> tuple[Piece, ...]:
    """A text at its outermost ``${}`` and ``$[]``, as the language itself sees it."""
    return tuple(
        Piece("text", part.text, part.begin)
        if part.kind == "text"
        else Piece(part.kind, part.text, part.begin + 2, _is_closed(part, text))
        for part in split_parts(text)
    )


def _is_closed(part: Part, text: str) -> bool:
    return part.begin + len(part.text) + 3 <= len(text)


@functools.lru_cache(_CACHE)
def nested(text: str) -> tuple[Piece, ...]:
    """Every ``${}`` and ``$[]`` of a text, at any depth, the outer ones before their inner ones."""
    return tuple(_nested(text, 0, 0)) if has_parts(text) else ()


def _nested(text: str, offset: int, depth: int) -> Iterator[Piece]:
    if depth > MAX_DEPTH:
        return  # the language refuses it; so do we, elsewhere
    for piece in pieces(text):
        if piece.kind == "text":
            continue
        at = piece.offset + offset
        yield Piece(piece.kind, piece.text, at, piece.is_closed)
        if has_parts(piece.text):
            yield from _nested(piece.text, at, depth + 1)


@functools.lru_cache(_CACHE)
def references(text: str) -> tuple[Reference, ...]:
    """Every ``${…}`` of a text, at any depth."""
    return tuple(reference_of(piece) for piece in nested(text) if piece.kind == "variable")


def reference_of(piece: Piece) -> Reference:
    """Take the inside of a ``${…}`` apart."""
    name, arguments, cut = split_reference(piece.text)
    at = piece.offset + piece.text.find("(") + 1 if arguments is not None else piece.offset
    size = len(piece.text)
    return Reference(name, arguments, at, cut, piece.offset, size, piece.is_closed)


@functools.lru_cache(_CACHE)
def expressions(text: str) -> tuple[Piece, ...]:
    """Every ``$[…]`` of a text, at any depth."""
    return tuple(piece for piece in nested(text) if piece.kind == "expression")


@functools.lru_cache(_CACHE)
def split_raw(text: str, separator: str = ",", most: int = 0) -> tuple[Word, ...]:
    """Split a text that was not substituted yet, at separators outside of brackets and quotes.

    Args:
        text: An empty one has no words.
        separator: One character.
        most: The last of so many words takes the rest; 0: no limit.
    """
    if not text:
        return ()
    if separator not in text:
        return (Word(text, 0),)
    words: list[Word] = []
    begun = 0
    for position in _separators(text, separator):
        words.append(Word(text[begun:position], begun))
        begun = position + 1
        if most and len(words) == most - 1:
            break
    return (*words, Word(text[begun:], begun))


@functools.cache
def _marks(separator: str) -> re.Pattern[str]:
    """What :func:`_separators` must look at."""
    return re.compile(rf'[(){{}}\[\]"\\{re.escape(separator)}]')


def _separators(text: str, separator: str) -> Iterator[int]:
    """Positions of separators that no bracket, quote or backslash protects."""
    open_brackets: list[str] = []
    is_quoted = False
    skipped = -1
    for match in _marks(separator).finditer(text):
        letter, position = match[0], match.start()
        if position == skipped:
            continue
        if letter == "\\":
            skipped = position + 1
        elif letter == '"':
            is_quoted = not is_quoted
        elif is_quoted:
            continue
        elif letter in _CLOSING:
            open_brackets.append(_CLOSING[letter])
        elif letter in open_brackets:
            while open_brackets.pop() != letter:
                pass
        elif letter == separator and not open_brackets:
            yield position


def split_branches(text: str) -> tuple[Word, Word, Word] | None:
    """``condition?this:that`` as its three parts, empty where left out; None without ``?``."""
    words = split_raw(text, "?", 2)
    if len(words) < 2:
        return None
    condition, sides = words
    found = [word.shifted(sides.offset) for word in split_raw(sides.text, ":", 2)]
    end = sides.offset + len(sides.text)
    found += [Word("", end)] * (2 - len(found))
    return condition, found[0], found[1]


def can_become(text: str, value: str) -> bool:
    """Whether a text could be ``value`` at run time: ``${}`` and ``$[]`` stand for anything."""
    if not has_parts(text):
        return text == value
    first, *middle, last = _constants(text)
    if not (value.startswith(first) and value[len(first) :].endswith(last)):
        return False
    position, end = len(first), len(value) - len(last)
    for constant in middle:
        position = value.find(constant, position, end)
        if position < 0:
            return False
        position += len(constant)
    return True


def _constants(text: str) -> list[str]:
    """What is written out before, between and behind the parts of a text."""
    constants = [""]
    for piece in pieces(text):
        if piece.kind == "text":
            constants[-1] += piece.text
        else:
            constants.append("")
    return constants


def is_open(text: str) -> bool:
    """Whether a text says nothing at all about what it becomes: no constant letter in it."""
    return not any(p.kind == "text" and p.text.strip() for p in pieces(text))
