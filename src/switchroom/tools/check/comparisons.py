"""The inside of ``$[…]`` as operands and operators, before anything is substituted."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from switchroom.tools.check import texts
from switchroom.tools.check.texts import Piece

_OPERATOR = re.compile(r"\|\|?|&&?|=~|==?|!=|>=?|<=?|~~|::|[-+*/%?:(),!]")
COMPARISONS = frozenset({"=", "==", "!=", "<", ">", "<=", ">="})
ARITHMETIC = frozenset({"+", "-", "*", "/", "%"})


@dataclass(frozen=True, slots=True)
class Token:
    """An operand or an operator."""

    text: str
    offset: int
    is_operator: bool = False
    is_quoted: bool = False  #: an operand that begins with a double quote
    parts: tuple[Piece, ...] = ()  #: ``${}`` and ``$[]`` in an operand
    has_text: bool = False  #: whether something of an operand is written out


@functools.lru_cache(1 << 14)
def tokens(expression: str) -> tuple[Token, ...]:
    """Take the inside of a ``$[…]`` apart; offsets are those in it."""
    reader = _Reader()
    for piece in texts.pieces(expression):
        if piece.kind == "text":
            reader.read_text(piece)
        else:
            end = piece.offset + len(piece.text) + piece.is_closed
            reader.read_part(piece, expression[piece.start : end])
    reader.end_operand()
    return tuple(reader.found)


class _Reader:
    """Puts operands together: pieces that no blank and no operator separates are one."""

    def __init__(self) -> None:
        self.found: list[Token] = []
        self._text = ""
        self._begun = 0
        self._is_quoted = False
        self._has_text = False
        self._parts: list[Piece] = []

    def read_part(self, piece: Piece, written: str) -> None:
        self._add(written, piece.start)
        self._parts.append(piece)

    def read_text(self, piece: Piece) -> None:
        text, position = piece.text, 0
        while position < len(text):
            operator = None if self._is_quoted else _OPERATOR.match(text, position)
            if operator is not None:
                self.end_operand()
                self.found.append(Token(operator[0], piece.start + position, is_operator=True))
                position = operator.end()
                continue
            letter = text[position]
            if letter.isspace() and not self._is_quoted:
                self.end_operand()
            else:
                self._add(letter, piece.start + position)
                self._has_text = True
                self._is_quoted ^= letter == '"'
            position += 1

    def end_operand(self) -> None:
        if self._text:
            operand = Token(
                self._text,
                self._begun,
                is_quoted=self._text.startswith('"'),
                parts=tuple(self._parts),
                has_text=self._has_text,
            )
            self.found.append(operand)
        self._text, self._parts, self._has_text = "", [], False

    def _add(self, text: str, offset: int) -> None:
        if not self._text:
            self._begun = offset
        self._text += text
