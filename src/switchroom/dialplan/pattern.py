"""Extension patterns: ``_NXX``, ``_[15-7].``, ``_X!``.

A pattern is matched by a regular expression; its place among others is that of the original: where
two differ first, the one that lets fewer characters through comes first, ``.`` and ``!`` after all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from switchroom.base.errors import ConfigError

_SETS = {"X": "0123456789", "Z": "123456789", "N": "23456789"}
_END = 0x30000  #: an ended pattern stands behind all that goes on
_WILD = {".": 0x18000, "!": 0x28000}


@dataclass(frozen=True, slots=True)
class Symbol:
    """One position of a pattern."""

    characters: str  #: those let through; empty for ``.`` and ``!``
    wildcard: str = ""  #: ``.`` or ``!``

    @property
    def rank(self) -> tuple[int, str]:
        """The place among symbols at the same position."""
        if self.wildcard:
            return _WILD[self.wildcard], ""
        count = len(self.characters)
        return (0 if count == 1 else count << 8), self.characters


class Pattern:
    """A compiled pattern.

    Args:
        text: With its underscore.

    Raises:
        ConfigError: A bracket is not closed, or something follows ``.`` or ``!``.
    """

    __slots__ = ("_regex", "prefix", "rank", "symbols", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.symbols = tuple(_symbols(text))
        self.rank = (*(symbol.rank for symbol in self.symbols), (_END, ""))
        self.prefix = ""  #: what every match begins with
        for symbol in self.symbols:
            if len(symbol.characters) != 1:
                break
            self.prefix += symbol.characters
        self._regex = re.compile("".join(map(_regex_of, self.symbols)), re.DOTALL)

    def matches(self, number: str) -> bool:
        """Whether the whole of ``number`` matches."""
        return self._regex.fullmatch(number) is not None

    def could_match_more(self, number: str) -> bool:
        """Whether ``number`` with more digits could match; ``!`` never asks to wait for more."""
        for index, letter in enumerate(number):
            if index >= len(self.symbols):
                return False
            symbol = self.symbols[index]
            if symbol.wildcard:
                return symbol.wildcard == "."
            if letter not in symbol.characters:
                return False
        if len(number) >= len(self.symbols):
            return False
        return self.symbols[len(number)].wildcard != "!"


def is_pattern(extension: str) -> bool:
    """Whether an extension's name is a pattern."""
    return extension.startswith("_")


def normalized(extension: str) -> str:
    """A literal extension as it is compared: dashes between digits are only for the eye."""
    if "-" in extension and extension.replace("-", "").isdigit():
        return extension.replace("-", "")
    return extension


def _symbols(text: str) -> list[Symbol]:
    symbols: list[Symbol] = []
    position = 1
    while position < len(text):
        letter = text[position]
        if symbols and symbols[-1].wildcard:
            break  # Asterisk: nothing behind . or ! counts (22)
        if letter == "[":
            end = text.find("]", position)
            if end < 0:
                raise ConfigError(f"pattern {text!r} lacks a closing ']'")
            symbols.append(Symbol(_members(text[position + 1 : end])))
            position = end
        elif letter in ".!":
            symbols.append(Symbol("", letter))
        elif letter not in "- ":
            symbols.append(Symbol(_SETS.get(letter.upper(), letter)))
        position += 1
    return symbols


def _members(body: str) -> str:
    members: set[str] = set()
    position = 0
    while position < len(body):
        if body[position + 1 : position + 2] == "-" and position + 2 < len(body):
            first, last = ord(body[position]), ord(body[position + 2])
            members.update(map(chr, range(first, min(last, first + 255) + 1)))
            position += 3
        else:
            members.add(body[position])
            position += 1
    return "".join(sorted(members))


def _regex_of(symbol: Symbol) -> str:
    if symbol.wildcard:
        return ".+" if symbol.wildcard == "." else ".*"
    if not symbol.characters:
        return r"(?!)"  # an empty set lets nothing through
    return "[" + "".join(map(re.escape, symbol.characters)) + "]"
