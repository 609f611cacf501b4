"""``$[ ]``: the original's expressions, from text to text.

The text is what substitution left of it, so variables may bring operators with them. Parsing is by
precedence climbing over the levels of :data:`_LEVELS` and gives a program for a stack; what the
original does with a syntax error (the value so far, an empty string, or 0) is kept, since dialplans
rely on it.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from switchroom.dialplan import longdouble
from switchroom.dialplan.longdouble import Number
from switchroom.dialplan.posix_regex import compile_posix

logger = logging.getLogger(__name__)

MAX_LENGTH = 8192  #: characters of one expression
MAX_REMEMBERED = 1_000  #: characters of an expression that is kept with its value
MAX_DEPTH = 200  #: of expressions within one another, by parentheses or by what binds tighter

_TOKEN = re.compile(
    r"""[ \t\r\n]+
      | (?P<quoted>"[^"]*")
      | (?P<operator>\|\|?|&&?|==?(?!~)|=~|!=|>=?|<=?|~~|::|[-+*/%?:(),!])
      | (?P<number>[0-9]+(?:\.[0-9]+)?(?![a-zA-Z0-9.';\\_^\#@\x80-\U0010ffff]|\$(?!\{)))
      | (?P<bare>(?:[a-zA-Z0-9.';\\_^\#@\x80-\U0010ffff]|\$(?!\{))+)
      | (?P<variable>\$\{[^}]*\})
      | (?P<stray>.)""",
    re.VERBOSE | re.DOTALL,
)

_FUNCTION_NAME = re.compile(r"[A-Z0-9_]+")
_NUMERIC_RESULT = re.compile(r"[ \t]*(-?)([0-9]+(?:\.[0-9]+)?)[ \t]*")
_WHOLE = re.compile(r"\s*[-+]?([0-9]+)")


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


@dataclass(frozen=True, slots=True)
class Operand:
    """A number or a text, and where it stands."""

    value: Numeral | str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Operator:
    """Takes so many values from the stack and puts one there; ``?`` takes three."""

    symbol: str
    arity: int


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """As :class:`Operator`, of a function."""

    name: str
    arity: int


@dataclass(frozen=True, slots=True)
class Parsed:
    """An expression as a program for a stack.

    Where it is no expression, ``program`` is empty and ``result`` what it gives nevertheless.
    """

    program: tuple[Operand | Operator | FunctionCall, ...] = ()
    result: str = ""
    unread: str = ""  #: where it stops to be an expression


class _SyntaxError(Exception):
    """The text stops being an expression here."""


def evaluate(text: str, call: CallFunction | None = None) -> str:
    """Evaluate one expression.

    Args:
        text: What stands between ``$[`` and ``]``, already substituted.
        call: Reads a dialplan function; None where there is none.
    """
    if "(" not in text and len(text) <= MAX_REMEMBERED:
        return _evaluate_cached(text)
    return _run(parse(text), call)


@lru_cache(maxsize=4096)
def _evaluate_cached(text: str) -> str:
    return _run(parse(text), None)


def _run(parsed: Parsed, call: CallFunction | None) -> str:
    if parsed.unread:
        logger.warning("syntax error in $[] at %r", parsed.unread)
    stack: list[Value] = []
    for step in parsed.program:
        if isinstance(step, Operand):
            stack.append(step.value)
            continue
        first = len(stack) - step.arity
        values = stack[first:]
        del stack[first:]
        if isinstance(step, Operator):
            stack.append(_OPERATIONS[step.symbol, step.arity](*values))
        else:
            stack.append(_call(step.name, values, call))
    return to_text(stack[0]) if stack else parsed.result


def parse(text: str) -> Parsed:
    """Parse one expression."""
    return _Parser(text[:MAX_LENGTH]).run()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = _tokenize(text)
        self._position = 0
        self._depth = 0
        self._program: list[Operand | Operator | FunctionCall] = []

    def run(self) -> Parsed:
        if not self._tokens:
            return Parsed()
        try:
            self._expression(0)
        except _SyntaxError:
            # Asterisk: an error at the first token leaves nothing, a later one leaves 0 (22).
            return Parsed((), "0", self._unread()) if self._position else Parsed()
        # Asterisk: an error behind a complete expression leaves its value (22).
        return Parsed(tuple(self._program), "", self._unread())

    def _unread(self) -> str:
        return " ".join(token.text for token in self._tokens[self._position :])[:80]

    def _peek(self) -> str:
        """The operator that comes next, empty for anything else."""
        if self._position < len(self._tokens):
            token = self._tokens[self._position]
            if token.kind == "operator":
                return token.text
        return ""

    def _expression(self, minimum: int) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _SyntaxError
        self._operand()
        while True:
            operator = self._peek()
            if operator == "?" and minimum <= 2:
                self._conditional()
                continue
            level = _LEVELS.get(operator)
            if level is None or level < minimum:
                break
            self._position += 1
            self._expression(level + 1)
            self._program.append(Operator(operator, 2))
        self._depth -= 1

    def _conditional(self) -> None:
        self._position += 1
        self._expression(0)
        if self._peek() != "::":
            raise _SyntaxError
        self._position += 1
        self._expression(3)
        self._program.append(Operator("?", 3))

    def _operand(self) -> None:
        if self._position >= len(self._tokens):
            raise _SyntaxError
        token = self._tokens[self._position]
        if token.kind == "operator":
            self._prefix(token.text)
            return
        self._position += 1
        if self._peek() == "(":
            self._function(token.text)
            return
        value = Numeral(token.text) if token.kind == "number" else token.text
        self._program.append(Operand(value, token.begin, token.begin + len(token.text)))

    def _prefix(self, operator: str) -> None:
        if operator not in {"(", "-", "!"}:
            raise _SyntaxError
        self._position += 1
        if operator != "(":
            self._expression(_PREFIX_LEVEL)
            self._program.append(Operator(operator, 1))
            return
        self._expression(0)
        if self._peek() != ")":
            raise _SyntaxError
        self._position += 1

    def _function(self, name: str) -> None:
        self._position += 1
        count = 0
        if self._peek() == ")":
            self._position += 1
        else:
            separator = ","
            while separator == ",":
                self._expression(0)
                count += 1
                separator = self._peek()
                if separator not in {",", ")"}:
                    raise _SyntaxError
                self._position += 1
        self._program.append(FunctionCall(name, count))


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    begin: int


def _tokenize(text: str) -> list[_Token]:
    found: list[_Token] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        # A stray character, an unbalanced quote for example, is passed over.
        if kind is not None and kind != "stray":
            found.append(_Token(kind, match[0], match.start()))
    return found


def _call(name: str, arguments: list[Value], call: CallFunction | None) -> Value:
    if name in longdouble.FUNCTION_NAMES:
        numbers = [0 if isinstance(a := settled(b), str) else a for b in arguments]
        return longdouble.call(name, numbers)
    if call is not None and _FUNCTION_NAME.fullmatch(name):
        text = call(name, ",".join(map(to_text, arguments)))
        if text is not None:
            match = _NUMERIC_RESULT.fullmatch(text)
            if match is None:
                return text
            value = longdouble.parse(match[2])
            return longdouble.negate(value) if match[1] else value
    return 0


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
        return 0 if number else 1
    if not isinstance(number, str):
        return 0 if math.trunc(number) else 1
    match = _WHOLE.match(number)
    return 0 if match and match[1].strip("0") else 1


def negate(value: Value) -> Value:
    """Prefix ``-``; 0 for text."""
    number = settled(value)
    return 0 if isinstance(number, str) else longdouble.negate(number)


def _comparison(test: Callable[[Any, Any], bool]) -> Callable[[Value, Value], Value]:
    """As numbers if both are, otherwise as octets, quotes included."""

    def operate(left: Value, right: Value) -> Value:
        if isinstance(left, str) or isinstance(right, str):
            return int(test(_octets(to_text(left)), _octets(to_text(right))))
        return int(test(settled(left), settled(right)))

    return operate


def _octets(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a pair, which no text from outside has
        return text.encode("utf-8", "surrogatepass")


def _choose(condition: Value, first: Value, second: Value) -> Value:
    return first if is_chosen(condition) else second


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
) -> Callable[[Value, Value], Value]:
    """An operator on numbers, and what it gives where an operand is text."""

    def operate(left: Value, right: Value) -> Value:
        first, second = settled(left), settled(right)
        if isinstance(first, str):
            return 0 if isinstance(second, str) else without_left(second)
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
    return len(_octets(match[0]))


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": eq, "==": eq, "!=": ne, ">": gt, "<": lt, ">=": ge, "<=": le,
}  # fmt: skip

#: By symbol and number of operands.
_OPERATIONS: Mapping[tuple[str, int], Callable[..., Value]] = {
    ("!", 1): complement,
    ("-", 1): negate,
    ("?", 3): _choose,
    **{(symbol, 2): _comparison(test) for symbol, test in _TESTS.items()},
    ("|", 2): _or,
    ("||", 2): _or,
    ("&", 2): _and,
    ("&&", 2): _and,
    ("+", 2): _arithmetic(longdouble.add, without_left=_same, without_right=_same),
    ("-", 2): _arithmetic(
        longdouble.subtract,
        without_left=lambda right: longdouble.subtract(0, right),
        without_right=_same,
    ),
    ("*", 2): _arithmetic(longdouble.multiply, without_left=_nothing, without_right=_nothing),
    ("/", 2): _arithmetic(
        longdouble.divide, without_left=_nothing, without_right=lambda _: 2147483647
    ),
    ("%", 2): _arithmetic(longdouble.remainder, without_left=_nothing, without_right=_nothing),
    (":", 2): lambda left, right: _matched(left, right, anchored=True),
    ("=~", 2): lambda left, right: _matched(left, right, anchored=False),
    ("~~", 2): lambda left, right: unquoted(left) + unquoted(right),
}
