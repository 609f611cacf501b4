"""Expressions and substitution done the slow way: evaluated while they are read, never compiled.

The oracle of the property tests. It shares nothing with what it checks but the reading of numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from switchroom.dialplan.longdouble import show

_BARE = "a-zA-Z0-9.';\\\\_^#@\x80-\U0010ffff"
_WORD = re.compile(rf'"[^"]*"|(?:[{_BARE}]|\$(?!{{))+|\$\{{[^}}]*}}')
_OPERATORS = ("||", "&&", "==", "=~", "!=", ">=", "<=", "~~", "::", *"|&=><+-*/%?:(),!")
_LEVELS = {
    **dict.fromkeys(("|", "||"), 3), **dict.fromkeys(("&", "&&"), 4),
    **dict.fromkeys(("=", "==", ">", "<", ">=", "<=", "!="), 5),
    "+": 6, "-": 6, "*": 7, "/": 7, "%": 7, ":": 9, "=~": 9, "~~": 9,
}  # fmt: skip


class NotCoveredError(Exception):
    """What the oracle leaves to others: regular expressions, functions."""


class _WrongError(Exception):
    pass


@dataclass(frozen=True)
class Written:
    text: str


BELOW_ZERO = -0.0  #: the zero that is negative; all other numbers are a Fraction
Number = Fraction | float
Value = Number | Written | str


def rounded(value: Fraction) -> Fraction:
    """To 64 bits, half to even, by looking for the scale."""
    if value == 0:
        return value
    scale = Fraction(1)
    while abs(value) * scale >= 2**64:
        scale /= 2
    while abs(value) * scale < 2**63:
        scale *= 2
    return Fraction(round(value * scale)) / scale


def expression(text: str) -> str:
    return _Direct(text[:8192]).run()


class _Direct:
    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.at = 0

    def run(self) -> str:
        if not self.tokens:
            return ""
        try:
            return as_text(self.level(0))
        except _WrongError:
            return "0" if self.at else ""

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def level(self, minimum: int) -> Value:
        left = self.operand()
        while True:
            operator = self.peek()
            if operator == "?" and minimum <= 2:
                self.at += 1
                first = self.level(0)
                if self.peek() != "::":
                    raise _WrongError
                self.at += 1
                second = self.level(3)
                left = first if number(left) not in ("", '""', 0) else second
            elif _LEVELS.get(operator, -1) >= minimum:
                self.at += 1
                left = binary(operator, left, self.level(_LEVELS[operator] + 1))
            else:
                return left

    def operand(self) -> Value:
        token = self.peek()
        if not token or (token in _OPERATORS and token not in "(-!"):
            raise _WrongError
        self.at += 1
        if token == "(":
            value = self.level(0)
            if self.peek() != ")":
                raise _WrongError
            self.at += 1
            return value
        if token in ("-", "!"):
            value = number(self.level(8))
            if token == "-":
                return Fraction(0) if isinstance(value, str) else negative(value)
            if isinstance(value, str):
                whole = re.match(r"\s*[-+]?([0-9]+)", value)
                return Fraction(not (whole and whole[1].strip("0")))
            return Fraction(-1 < value < 1)
        if self.peek() == "(":
            raise NotCoveredError
        is_number = re.fullmatch(r"[0-9]+(\.[0-9]+)?", token) is not None
        return Written(token) if is_number else token


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    while at < len(text):
        operator = next((o for o in _OPERATORS if text.startswith(o, at)), "")
        if operator == "==" and text[at + 2 : at + 3] == "~":
            operator = "="
        word = _WORD.match(text, at)
        if operator:
            found.append(operator)
        elif word:
            found.append(word[0])
        at += len(operator) or (len(word[0]) if word else 1)
    return found


def number(value: Value) -> Number | str:
    return rounded(Fraction(value.text)) if isinstance(value, Written) else value


def as_text(value: Value) -> str:
    if isinstance(value, Written):
        return value.text
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return "-0"
    return show(value.numerator if value.denominator == 1 else value)


def binary(operator: str, left: Value, right: Value) -> Value:
    if operator in (":", "=~"):
        raise NotCoveredError
    if operator == "~~":
        return "".join(
            re.sub(r'^"(.*)"$', r"\1", as_text(v), flags=re.DOTALL) for v in (left, right)
        )
    first, second = number(left), number(right)
    if _LEVELS[operator] == 5:
        return Fraction(compared(operator, left, right, first, second))
    if operator in ("|", "||"):
        return first if first not in ("", 0) else right
    if operator in ("&", "&&"):
        return first if first not in ("", 0) and second not in ("", 0) else Fraction(0)
    return calculated(operator, first, second)


def compared(
    operator: str, left: Value, right: Value, first: Number | str, second: Number | str
) -> bool:
    if not isinstance(first, str) and not isinstance(second, str):
        order = (first > second) - (first < second)
    else:
        one, two = (as_text(v).encode("utf-8", "surrogatepass") for v in (left, right))
        order = (one > two) - (one < two)
    return {
        "=": order == 0, "==": order == 0, "!=": order != 0, ">": order > 0, "<": order < 0,
        ">=": order >= 0, "<=": order <= 0,
    }[operator]  # fmt: skip


def calculated(operator: str, first: Number | str, second: Number | str) -> Number:
    if isinstance(second, str):
        if isinstance(first, str) or operator in "*%":
            return Fraction(0)
        return Fraction(2147483647) if operator == "/" else first
    if isinstance(first, str):
        return added_to_text(operator, second)
    if operator in "/%" and second == 0:
        return Fraction(2147483647 if operator == "/" else 0)
    result = exactly(operator, Fraction(first), Fraction(second))
    signs = is_negative(first), is_negative(second)
    below = (
        signs == (True, True) if operator == "+"
        else signs == (True, False) if operator == "-"
        else signs[0] if operator == "%"
        else signs[0] != signs[1]
    )  # fmt: skip
    is_sum = operator in "+-"
    if result == 0 and below and not (is_sum and (first or second)):
        return BELOW_ZERO
    return result


def added_to_text(operator: str, value: Number) -> Number:
    if operator == "-":
        return Fraction(0) - Fraction(value)
    return value if operator == "+" else Fraction(0)


def is_negative(value: Number) -> bool:
    return isinstance(value, float) or value < 0


def negative(value: Number) -> Number:
    if value == 0:
        return Fraction(0) if isinstance(value, float) else BELOW_ZERO
    return -value


def exactly(operator: str, first: Fraction, second: Fraction) -> Fraction:
    if operator == "%":
        left = abs(first) % abs(second)
        return rounded(-left if first < 0 else left)
    return rounded(
        first + second if operator == "+"
        else first - second if operator == "-"
        else first * second if operator == "*"
        else first / second
    )  # fmt: skip


def substituted(text: str, variables: Mapping[str, str]) -> str:
    """``${name}`` and ``$[…]`` replaced, the innermost first, from the left."""
    done = ""
    while (begin := re.search(r"\$[{[]", text)) is not None:
        opening, closing = begin[0][1], "}" if begin[0][1] == "{" else "]"
        depth, end = 1, begin.end()
        while end < len(text):
            depth += (text[end] == opening) - (text[end] == closing)
            if not depth:
                break
            end += 1
        inner = substituted(text[begin.end() : end], variables)
        value = variables.get(inner, "") if opening == "{" else expression(inner)
        done += text[: begin.start()] + value
        text = text[end + 1 :]
    return done + text
