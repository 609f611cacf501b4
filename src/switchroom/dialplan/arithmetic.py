"""Python source for the ``$[ ]`` whose operators are all written out and whose values are harmless.

``$[${i} + 1]`` means ``int(i) + 1`` as long as ``i`` is a plain number; ``$["${x}" = "yes"]`` is a
comparison of texts as long as ``x`` brings no quote. Which values are harmless is a condition that
the source tests at each evaluation; for all others :mod:`~switchroom.dialplan.expression` evaluates
the substituted text, which is what an expression means. Numbers are kept so small that Python's
whole numbers and the original's long double cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from switchroom.dialplan import longdouble
from switchroom.dialplan.expression import FunctionCall, Numeral, Operand, Operator, parse

MAX_VALUES = 6  #: in one expression; longer ones are rare, and evaluated
MAX_STEPS = 40  #: operands and operators: Python nests no deeper than some hundred brackets
MAX_TEXT = 1_000  #: characters of what is written out, and of each quoted value
MAX_DIGITS = 17
MIN_DIGITS = 4  #: an expression that is safe only for smaller numbers is evaluated
_LIMIT = 10**18  #: up to here a whole number is printed as it is

#: What the source calls besides Python's own functions.
NAMES: dict[str, object] = {
    "add": longdouble.add,
    "subtract": longdouble.subtract,
    "multiply": longdouble.multiply,
    "negate": longdouble.negate,
    "divide": longdouble.divide,
    "remainder": longdouble.remainder,
    "show": longdouble.show,
}

_EXACT = {"+": "+", "-": "-", "*": "*"}
_BEYOND = {"+": "add", "-": "subtract", "*": "multiply"}
_TESTS = {"=": "==", "==": "==", "!=": "!=", ">": ">", "<": "<", ">=": ">=", "<=": "<="}


@dataclass(frozen=True, slots=True)
class Source:
    """The source of one expression.

    ``condition`` says whether ``value``, a text, is what the expression gives.
    """

    condition: str
    value: str


def source_of(
    parts: Sequence[str | None], values: Sequence[str], constant: Callable[[object], str]
) -> Source | None:
    """Write the source of an expression.

    Args:
        parts: The pieces of the expression: text as written, or None for a value.
        values: The names that the values have in the source, as many as there are None.
        constant: Gives an object a name in the source; no text of the expression gets there
            otherwise.

    Returns:
        None where it can only be evaluated.
    """
    if not 0 < len(set(values)) <= MAX_VALUES or sum(len(p) for p in parts if p) > MAX_TEXT:
        return None
    sample = ""
    places: dict[int, str] = {}  #: where in the sample each value stands
    for part in parts:
        if part is None:
            places[len(sample)] = values[len(places)]
        sample += "1" if part is None else part
    parsed = parse(sample)
    if parsed.unread or not 0 < len(parsed.program) <= MAX_STEPS:
        return None
    for digits in range(MAX_DIGITS, MIN_DIGITS - 1, -1):
        try:
            return _Writer(sample, places, constant, digits).write(parsed.program)
        except _TooLargeError:
            continue
        except _EvaluateError:
            return None
    return None


class _EvaluateError(Exception):
    """The expression is none that source is written for."""


class _TooLargeError(Exception):
    """With so many digits the numbers could grow too large."""


@dataclass(frozen=True, slots=True)
class _Term:
    """The source of a part of the expression."""

    kind: str  #: ``whole``, ``truth`` (a bool), ``number`` (of longdouble) or ``text``
    source: str
    text: str  #: the source of the value as text
    most: int = 1  #: the largest absolute value of a whole number
    is_natural: bool = True  #: never below zero
    is_written: bool = False  #: its text may be another than that of its number: ``007``
    is_constant: bool = False  #: ``most`` is its value


class _Writer:
    def __init__(
        self, sample: str, places: dict[int, str], constant: Callable[[object], str], digits: int
    ) -> None:
        self._sample = sample
        self._places = places
        self._constant = constant
        self._digits = digits
        self._conditions: dict[str, str] = {}

    def write(self, program: Sequence[Operand | Operator | FunctionCall]) -> Source:
        stack: list[_Term] = []
        for step in program:
            if isinstance(step, Operand):
                stack.append(self._operand(step))
            elif isinstance(step, FunctionCall):
                raise _EvaluateError
            elif step.arity == 1:
                stack.append(_prefix(step.symbol, stack.pop()))
            elif step.arity == 2:
                right = stack.pop()
                stack.append(_binary(step.symbol, stack.pop(), right))
            else:
                raise _EvaluateError
        if len(self._conditions) != len(self._places):
            raise _EvaluateError  # a value is glued to something else
        (result,) = stack
        return Source(" and ".join(self._conditions.values()), result.text)

    def _operand(self, operand: Operand) -> _Term:
        inside = [p for p in self._places if operand.begin <= p < operand.end]
        if isinstance(operand.value, Numeral):
            if not inside:
                return self._number(operand.value.text)
            if operand.end - operand.begin > 1:
                raise _EvaluateError
            return self._value(self._places[operand.begin])
        if inside and operand.value[0] != '"':
            raise _EvaluateError
        return self._text(operand, inside)

    def _number(self, text: str) -> _Term:
        value = longdouble.parse(text)
        name, written = self._constant(value), self._constant(text)
        if isinstance(value, int):
            is_written = text != str(value)
            return _whole(name, value, text=written, is_written=is_written, is_constant=True)
        return _Term("number", name, written, is_written=True)

    def _value(self, name: str) -> _Term:
        self._conditions[name] = (
            f"{name}.isdigit() and {name}.isascii() and len({name}) <= {self._digits}"
        )
        return _whole(f"int({name})", 10**self._digits, text=name, is_written=True)

    def _text(self, operand: Operand, inside: list[int]) -> _Term:
        words: list[str] = []
        begin = operand.begin
        for place in (*inside, operand.end):
            piece = self._sample[begin:place]
            if not piece.isascii():
                raise _EvaluateError
            if piece:
                words.append(self._constant(piece))
            if place != operand.end:
                name = self._places[place]
                words.append(name)
                self._conditions[name] = (
                    f"len({name}) <= {MAX_TEXT} and {name}.isascii() and '\"' not in {name}"
                )
            begin = place + 1
        source = words[0] if len(words) == 1 else f'f"{"".join(f"{{{word}}}" for word in words)}"'
        return _Term("text", source, source)


def _whole(source: str, most: int, *, text: str = "", **more: bool) -> _Term:
    if most > _LIMIT:
        raise _TooLargeError
    return _Term("whole", source, text or f"str({source})", most, **more)


def _truth(source: str) -> _Term:
    return _Term("truth", source, f'("1" if {source} else "0")')


def _number(source: str) -> _Term:
    return _Term("number", source, f"show({source})")


def _settled(term: _Term) -> _Term:
    """A term to calculate with."""
    if term.kind == "text":
        raise _EvaluateError
    return _whole(f"(1 if {term.source} else 0)", 1) if term.kind == "truth" else term


def _prefix(symbol: str, operand: _Term) -> _Term:
    if symbol == "!":
        if operand.kind not in {"whole", "truth"}:
            raise _EvaluateError
        return _truth(f"(not {operand.source})")
    term = _settled(operand)
    if term.is_constant and term.most:
        return _whole(f"(-{term.source})", term.most, is_natural=False)
    return _number(f"negate({term.source})")  # there is a zero below zero


def _binary(symbol: str, left: _Term, right: _Term) -> _Term:
    if symbol in _TESTS:
        return _comparison(_TESTS[symbol], left, right)
    if symbol in {"|", "||"}:
        return _or(left, right)
    if symbol in {"&", "&&"}:
        return _and(left, right)
    if symbol not in {*_EXACT, "/", "%"}:
        raise _EvaluateError
    return _calculation(symbol, _settled(left), _settled(right))


def _comparison(test: str, left: _Term, right: _Term) -> _Term:
    if "text" in {left.kind, right.kind}:
        return _truth(f"({left.text} {test} {right.text})")
    return _truth(f"({left.source} {test} {right.source})")


def _calculation(symbol: str, left: _Term, right: _Term) -> _Term:
    is_whole = left.kind == right.kind == "whole"
    arguments = f"({left.source}, {right.source})"
    if symbol == "/":
        return _number("divide" + arguments)
    if symbol == "%":
        return _remainder(left, right) if is_whole else _number("remainder" + arguments)
    if not is_whole or (symbol == "*" and not (left.is_natural and right.is_natural)):
        return _number(_BEYOND[symbol] + arguments)
    most = left.most * right.most if symbol == "*" else left.most + right.most
    is_natural = symbol != "-" and left.is_natural and right.is_natural
    return _whole(f"({left.source} {symbol} {right.source})", most, is_natural=is_natural)


def _remainder(left: _Term, right: _Term) -> _Term:
    if right.is_constant and right.most and left.is_natural:
        # Python's sign of a remainder is another only below zero.
        return _whole(f"({left.source} % {right.source})", right.most)
    source = f"remainder({left.source}, {right.source})"
    return _whole(source, left.most) if left.is_natural else _number(source)


def _or(left: _Term, right: _Term) -> _Term:
    if not {left.kind, right.kind} <= {"whole", "truth"} or right.is_written:
        raise _EvaluateError
    if left.kind == right.kind == "truth":
        return _truth(f"({left.source} or {right.source})")
    first, second = _settled(left), _settled(right)
    return _whole(
        f"({first.source} or {second.source})",
        max(first.most, second.most),
        is_natural=first.is_natural and second.is_natural,
    )


def _and(left: _Term, right: _Term) -> _Term:
    if not {left.kind, right.kind} <= {"whole", "truth"}:
        raise _EvaluateError
    if left.kind == "truth":
        return _truth(f"({left.source} and {right.source})")
    return replace(
        _whole(f"({left.source} if {right.source} else 0)", left.most),
        is_natural=left.is_natural,
    )
