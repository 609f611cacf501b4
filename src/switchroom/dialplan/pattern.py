"""Extension patterns: ``_NXX``, ``_[15-7].``, ``_X!``.

A pattern's place among others is that of the original: where two differ first, the one that lets
fewer characters through comes first, ``.`` and ``!`` after all. How the many patterns of a context
are looked up at once is :mod:`~switchroom.dialplan.matching`.
"""

from __future__ import annotations

from functools import lru_cache

from switchroom.base.errors import ConfigError

Rank = tuple[tuple[int, str], ...]

_SETS = {"X": "0123456789", "Z": "123456789", "N": "23456789"}
_END = (0x30000, "")  #: an ended pattern stands behind all that goes on
_WILD = {".": 0x18000, "!": 0x28000}


class Symbol:
    """One position of a pattern.

    Args:
        characters: Those let through; empty for ``.`` and ``!``.
        wildcard: ``.`` (one character or more) or ``!`` (any number, none too).
    """

    __slots__ = ("characters", "rank", "wildcard")

    def __init__(self, characters: str, wildcard: str = "") -> None:
        self.characters = characters
        self.wildcard = wildcard
        #: Its place among the symbols at the same position.
        self.rank = (_WILD[wildcard], "") if wildcard else (_weight(characters), characters)


def _weight(characters: str) -> int:
    return 0 if len(characters) == 1 else len(characters) << 8


class Pattern:
    """A pattern taken apart.

    Args:
        text: With its underscore.

    Raises:
        ConfigError: A bracket is not closed.
    """

    __slots__ = ("symbols", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.symbols = tuple(_symbols(text))

    @property
    def rank(self) -> Rank:
        """Patterns that match the same number are tried in the order of their ranks."""
        return (*(symbol.rank for symbol in self.symbols), _END)

    @property
    def is_possible(self) -> bool:
        """Whether anything can match: an empty set, ``[]``, lets nothing through."""
        return all(symbol.characters or symbol.wildcard for symbol in self.symbols)

    def matches(self, number: str, begin: int = 0) -> bool:
        """Whether all of ``number`` matches; its beginning may be known to."""
        for symbol in self.symbols[begin:]:
            if symbol.wildcard:
                return symbol.wildcard == "!" or len(number) > begin
            # The empty rest of a number is in every text.
            if number[begin : begin + 1] not in symbol.characters or begin >= len(number):
                return False
            begin += 1
        return begin == len(number)

    def could_match_more(self, number: str, begin: int = 0) -> bool:
        """Whether ``number`` with more behind it could match; ``!`` never asks to wait for more."""
        for index in range(begin, len(self.symbols)):
            symbol = self.symbols[index]
            if symbol.wildcard:
                return symbol.wildcard == "."
            if index >= len(number):
                return self.is_possible
            if number[index] not in symbol.characters:
                return False
        return False


def is_pattern(extension: str) -> bool:
    """Whether an extension's name is a pattern."""
    return extension.startswith("_")


def normalized(extension: str) -> str:
    """A literal extension as it is compared: dashes between digits are only for the eye."""
    if "-" in extension and extension.replace("-", "").isdigit():
        return extension.replace("-", "")
    return extension


@lru_cache(maxsize=1024)
def _symbol(letter: str) -> Symbol:
    if letter in _WILD:
        return Symbol("", letter)
    return Symbol(_SETS.get(letter.upper(), letter))


def _symbols(text: str) -> list[Symbol]:
    symbols: list[Symbol] = []
    position = 1
    while position < len(text):
        letter = text[position]
        if letter == "[":
            end = text.find("]", position)
            if end < 0:
                raise ConfigError(f"pattern {text!r} lacks a closing ']'")
            symbols.append(Symbol(_members(text[position + 1 : end])))
            position = end
        elif letter not in "- ":
            symbols.append(_symbol(letter))
            if letter in _WILD:
                break  # Asterisk: nothing behind . or ! counts (22)
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
