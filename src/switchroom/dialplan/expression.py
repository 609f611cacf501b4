"""``$[ ]``: the original's expressions, from text to text.

The text is what substitution left of it, so variables may bring operators with them. Parsing is by
precedence climbing over the levels of :data:`_LEVELS`; what the original does with a syntax error
(the value so far, an empty string, or 0) is kept, since dialplans rely on it.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne

from switchroom.dialplan import longdouble
from switchroom.dialplan.longdouble import Number
from switchroom.dialplan.posix_regex import compile_posix

logger = logging.getLogger(__name__)

MAX_LENGTH = 8192  #: characters of one expression
MAX_DEPTH = 100  #: of nested parentheses and prefixes

_TOKEN = re.compile(
    r"""[ \t\r\n]+
      | (?P<quoted>"[^"]*")
      | (?P<operator>\|\|?|&&?|==?(?!~)|=~|!=|>=?|<=?|~~|::|[-+*/%?:(),!])
      | (?P<number>[0-9]+(?:\.[0-9]+)?(?![a-zA-Z0-9.';\\_^\#@\x80-\U0010ffff]))
      | (?P<bare>(?:[a-zA-Z0-9.';\\_^\#@\x80-\U0010ffff]|\$(?!\{))+)
      | (?P<variable>\$\{[^}]*\})
      | (?P<stray>.)""",
    re.VERBOSE | re.DOTALL,
)

_FUNCTION_NAME = re.compile(r"[A-Z0-9_]+$")
_NUMERIC_RESULT = re.compile(r"[ \t]*-?[0-9]+(?:\.[0-9]+)?[ \t]*$")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as it was written: it stays ``007`` until somebody calculates with it."""

    text: str


Value = Number | Numeral | str  #: text is never numeric, not even quoted digits
CallFunction = Callable[[str, str], str | None]  #: a dialplan function: name, arguments

#: Binary operators by how tightly they bind.
_LEVELS = {
    "|": 3, "||": 3, "&": 4, "&&": 4,
    "=": 5, "==": 5, ">": 5, "<": 5, ">=": 5, "<=": 5, "!=": 5,
    "+": 6, "-": 6, "*": 7, "/": 7, "%": 7, ":": 9, "=~": 9, "~~": 9,
}  # fmt: skip
_PREFIX_LEVEL = 8
_COMPARE = {"=": eq, "==": eq, "!=": ne, ">": gt, "<": lt, ">=": ge, "<=": le}


class _SyntaxError(Exception):
    """The text stops being an expression here."""


def evaluate(text: str, call: CallFunction | None = None) -> str:
    """Evaluate one expression.

    Args:
        text: What stands between ``$[`` and ``]``, already substituted.
        call: Reads a dialplan function; None where there is none.
    """
    if "(" not in text:
        return _evaluate_cached(text)
    return _Parser(text, call).run()


@lru_cache(maxsize=4096)
def _evaluate_cached(text: str) -> str:
    return _Parser(text, None).run()


class _Parser:
    def __init__(self, text: str, call: CallFunction | None) -> None:
        self._tokens = _tokenize(text[:MAX_LENGTH])
        self._position = 0
        self._call = call
        self._depth = 0

    def run(self) -> str:
        if not self._tokens:
            return ""
        try:
            value = self._expression(0)
        except _SyntaxError:
            # Asterisk: an error at the first token leaves nothing, a later one leaves 0 (22).
            if self._position:
                logger.warning("syntax error in $[] at %r", self._rest())
            return "0" if self._position else ""
        if self._position < len(self._tokens):
            # Asterisk: an error behind a complete expression leaves its value (22).
            logger.warning("syntax error in $[] at %r", self._rest())
        return to_text(value)

    def _rest(self) -> str:
        return " ".join(text for _, text in self._tokens[self._position :])[:80]

    def _peek(self) -> str:
        """The operator that comes next, empty for anything else."""
        if self._position < len(self._tokens):
            kind, text = self._tokens[self._position]
            if kind == "operator":
                return text
        return ""

    def _expression(self, minimum: int) -> Value:
        left = self._operand()
        while True:
            operator = self._peek()
            if operator == "?" and minimum <= 2:
                left = self._conditional(left)
                continue
            level = _LEVELS.get(operator)
            if level is None or level < minimum:
                return left
            self._position += 1
            left = apply(operator, left, self._expression(level + 1))

    def _conditional(self, condition: Value) -> Value:
        self._position += 1
        first = self._expression(0)
        if self._peek() != "::":
            raise _SyntaxError
        self._position += 1
        second = self._expression(3)
        return first if is_chosen(condition) else second

    def _operand(self) -> Value:
        if self._position >= len(self._tokens):
            raise _SyntaxError
        kind, text = self._tokens[self._position]
        if kind == "operator":
            return self._prefix(text)
        self._position += 1
        if self._peek() == "(":
            return self._function(text)
        return Numeral(text) if kind == "number" else text

    def _prefix(self, operator: str) -> Value:
        if operator not in {"(", "-", "!"}:
            raise _SyntaxError
        self._position += 1
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _SyntaxError
        try:
            if operator == "(":
                value = self._expression(0)
                if self._peek() != ")":
                    raise _SyntaxError
                self._position += 1
                return value
            value = self._expression(_PREFIX_LEVEL)
        finally:
            self._depth -= 1
        return complement(value) if operator == "!" else negate(value)

    def _function(self, name: str) -> Value:
        self._position += 1
        arguments: list[Value] = []
        if self._peek() == ")":
            self._position += 1
            return self._result(name, arguments)
        while True:
            arguments.append(self._expression(0))
            separator = self._peek()
            if separator not in {",", ")"}:
                raise _SyntaxError
            self._position += 1
            if separator == ")":
                return self._result(name, arguments)

    def _result(self, name: str, arguments: list[Value]) -> Value:
        if name in longdouble.FUNCTION_NAMES:
            numbers = [0 if isinstance(a := settled(b), str) else a for b in arguments]
            return longdouble.call(name, numbers)
        if self._call is not None and _FUNCTION_NAME.match(name):
            text = self._call(name, ",".join(map(to_text, arguments)))
            if text is not None:
                numeric = _NUMERIC_RESULT.match(text)
                return _number(text) if numeric else text
        return 0


def _tokenize(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        # A stray character, an unbalanced quote for example, is passed over.
        if kind is not None and kind != "stray":
            found.append((kind, match[0]))
    return found


def _number(text: str) -> Number:
    text = text.strip()
    value = longdouble.parse(text.removeprefix("-"))
    return longdouble.subtract(0, value) if text.startswith("-") else value


def settled(value: Value) -> Number | str:
    """A value to calculate with."""
    return longdouble.parse(value.text) if isinstance(value, Numeral) else value


def to_text(value: Value) -> str:
    """A value as the dialplan sees it."""
    if isinstance(value, Numeral):
        return value.text
    return value if isinstance(value, str) else longdouble.show(value)


def unquoted(value: Value) -> str:
    """A value as text, without the quotes around it."""
    text = to_text(value)
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def is_true(value: Number | str) -> bool:
    """Neither empty nor zero; ``""`` and ``"0"`` in quotes are neither."""
    return value not in ("", 0)


def is_chosen(value: Value) -> bool:
    """What ``?`` decides by: as :func:`is_true`, but ``""`` is empty here."""
    return settled(value) not in ("", '""', 0)


def complement(value: Value) -> Value:
    """``!``; whole numbers count, and text as the whole number it begins with."""
    number = settled(value)
    if isinstance(number, float):
        return 0
    if not isinstance(number, str):
        return 0 if math.trunc(number) else 1
    match = re.match(r"\s*[-+]?\d+", number)
    return 0 if match and int(match[0]) else 1


def negate(value: Value) -> Value:
    """Prefix ``-``; 0 for text."""
    number = settled(value)
    return 0 if isinstance(number, str) else longdouble.subtract(0, number)


def apply(operator: str, left: Value, right: Value) -> Value:
    """One binary operator."""
    if operator in _COMPARE:
        return compare(operator, left, right)
    return _OPERATIONS[operator](left, right)


def compare(operator: str, left: Value, right: Value) -> int:
    """As numbers if both are, otherwise as text, quotes included."""
    test = _COMPARE[operator]
    if isinstance(left, str) or isinstance(right, str):
        first = to_text(left).encode("utf-8", "surrogateescape")
        return int(test(first, to_text(right).encode("utf-8", "surrogateescape")))
    return int(test(settled(left), settled(right)))


def _or(left: Value, right: Value) -> Value:
    first = settled(left)
    return first if is_true(first) else right


def _and(left: Value, right: Value) -> Value:
    first = settled(left)
    return first if is_true(first) and is_true(settled(right)) else 0


_Calculation = Callable[[Number, Number], Number]


def _arithmetic(
    calculate: _Calculation,
    *,
    without_left: Callable[[Number], Number],
    without_right: Callable[[Number], Number],
    without_both: Number,
) -> Callable[[Value, Value], Value]:
    """An operator on numbers, and what it gives where an operand is text."""

    def operate(left: Value, right: Value) -> Value:
        first, second = settled(left), settled(right)
        if isinstance(first, str):
            return without_both if isinstance(second, str) else without_left(second)
        return without_right(first) if isinstance(second, str) else calculate(first, second)

    return operate


def _nothing(_: Number) -> Number:
    return 0


def _same(number: Number) -> Number:
    return number


def _matched(left: Value, right: Value, *, anchored: bool) -> Value:
    pattern = compile_posix(unquoted(right))
    if pattern is None:
        logger.warning("bad regular expression %r", unquoted(right)[:80])
        return ""
    subject = unquoted(left)
    match = pattern.match(subject) if anchored else pattern.search(subject)
    if match is None:
        return "" if pattern.groups else 0
    if pattern.groups:
        return match[1] or ""
    return len(match[0].encode("utf-8", "surrogateescape"))


_OPERATIONS: dict[str, Callable[[Value, Value], Value]] = {
    "|": _or,
    "||": _or,
    "&": _and,
    "&&": _and,
    "+": _arithmetic(longdouble.add, without_left=_same, without_right=_same, without_both=0),
    "-": _arithmetic(
        longdouble.subtract,
        without_left=lambda right: longdouble.subtract(0, right),
        without_right=_same,
        without_both=0,
    ),
    "*": _arithmetic(
        longdouble.multiply, without_left=_nothing, without_right=_nothing, without_both=0
    ),
    "/": _arithmetic(
        longdouble.divide,
        without_left=_nothing,
        without_right=lambda _: 2147483647,
        without_both=0,
    ),
    "%": _arithmetic(
        longdouble.remainder, without_left=_nothing, without_right=_nothing, without_both=0
    ),
    ":": lambda left, right: _matched(left, right, anchored=True),
    "=~": lambda left, right: _matched(left, right, anchored=False),
    "~~": lambda left, right: unquoted(left) + unquoted(right),
}
