"""Numbers as the original's expressions have them: x87 long double, printed with ``%.18Lg``.

A value is an int, a Fraction that fits into 64 bits of significand, or a float that is infinite,
not a number, or the zero below zero. Integers below 2**64 are exact in a long double, so a Python
int is one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException, Overflow, localcontext
from fractions import Fraction
from types import MappingProxyType

Number = int | Fraction | float

SIGNIFICAND_BITS = 64
_EXACT = 1 << SIGNIFICAND_BITS
_HUGE = 1 << 16_384  #: from here on a long double is infinite
_SMALLEST_EXPONENT = -16_445  #: below, it is zero
_MANY_DIGITS = 4_000  #: Python's int() refuses somewhat more
_PRINT = Context(prec=18, rounding=ROUND_HALF_EVEN)
_DIGITS = 40  #: of the intermediate results of the functions below

INFINITY = math.inf
NOT_A_NUMBER = math.nan
NEGATIVE_ZERO = -0.0


def rounded(value: Number) -> Number:
    """Round to 64 bits of significand, half to even; whole values become ints."""
    if isinstance(value, float):
        return value
    if value.denominator == 1:
        value = value.numerator
        if -_EXACT < value < _EXACT:
            return value
    quotient, shift = _significand(abs(Fraction(value)))
    if shift <= 0:
        quotient <<= -shift
        shift = 0
    if quotient >= _HUGE:
        return INFINITY if value > 0 else -INFINITY
    result = Fraction(-quotient if value < 0 else quotient, 1 << shift)
    return result.numerator if result.denominator == 1 else result


def _significand(value: Fraction) -> tuple[int, int]:
    """A number that is not zero as 64 bits, and how many binary places of them are a fraction."""
    numerator, denominator = value.numerator, value.denominator
    bits = numerator.bit_length() - denominator.bit_length()
    if bits < _SMALLEST_EXPONENT:
        return 0, 0
    shift = SIGNIFICAND_BITS - bits
    quotient, left = _shifted(numerator, denominator, shift)
    if quotient >= _EXACT:
        shift -= 1
        quotient, left = _shifted(numerator, denominator, shift)
    whole = denominator << max(0, -shift)
    if 2 * left > whole or (2 * left == whole and quotient & 1):
        quotient += 1
    return quotient, shift


def _shifted(numerator: int, denominator: int, shift: int) -> tuple[int, int]:
    """How often, and what is left, with so many binary places behind the point."""
    if shift >= 0:
        return divmod(numerator << shift, denominator)
    return divmod(numerator, denominator << -shift)


def parse(text: str) -> Number:
    """Read ``12`` or ``12.50``, as the expression's lexer lets through."""
    if len(text) > _MANY_DIGITS:
        return rounded(Fraction(Decimal(text)))
    if "." not in text:
        return rounded(int(text))
    return rounded(Fraction(text))


def show(value: Number) -> str:
    """``%.18Lg``."""
    if isinstance(value, int) and -(10**18) < value < 10**18:
        return str(value)
    if isinstance(value, float):
        name = "nan" if math.isnan(value) else "inf" if value else "0"
        return f"-{name}" if _is_negative(value) else name
    exact = Fraction(value)
    if exact == 0:
        return "0"
    decimal = _PRINT.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    sign, digits, exponent = decimal.as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits)).rstrip("0") or "0"
    point = len(digits) + exponent - 1  # the decimal exponent of the first digit
    if point < -4 or point >= 18:
        mantissa = text[0] + (f".{text[1:]}" if len(text) > 1 else "")
        body = f"{mantissa}e{'-' if point < 0 else '+'}{abs(point):02d}"
    elif point < 0:
        body = "0." + "0" * (-point - 1) + text
    else:
        whole = text[: point + 1].ljust(point + 1, "0")
        body = whole + (f".{text[point + 1 :]}" if len(text) > point + 1 else "")
    return f"-{body}" if sign else body


def is_finite(value: Number) -> bool:
    """Whether it is a number one can calculate with exactly."""
    return not isinstance(value, float)


def _is_negative(value: Number) -> bool:
    return math.copysign(1, value) < 0 if isinstance(value, float) else value < 0


def _zero(*, is_negative: bool) -> Number:
    return NEGATIVE_ZERO if is_negative else 0


def _sign(value: Number) -> float:
    """A value to calculate with beside an infinite one or none: its size makes no difference."""
    if isinstance(value, float):
        return value
    return float((value > 0) - (value < 0))


def negate(value: Number) -> Number:
    """``-value``."""
    return -value if value else _zero(is_negative=not _is_negative(value))


def add(left: Number, right: Number) -> Number:
    """``left + right``."""
    if isinstance(left, float) or isinstance(right, float):
        return _add_special(left, right)
    return rounded(left + right)


def _add_special(left: Number, right: Number) -> Number:
    if left == 0 and right == 0:
        return _zero(is_negative=_is_negative(left) and _is_negative(right))
    if left == 0 or right == 0:
        return left or right
    return _sign(left) + _sign(right)


def subtract(left: Number, right: Number) -> Number:
    """``left - right``."""
    if isinstance(left, float) or isinstance(right, float):
        return _add_special(left, negate(right))
    return rounded(left - right)


def multiply(left: Number, right: Number) -> Number:
    """``left * right``."""
    if isinstance(left, float) or isinstance(right, float):
        product = _sign(left) * _sign(right)
        return product or _zero(is_negative=_is_negative(product))
    if not left or not right:
        return _zero(is_negative=left < 0 or right < 0)
    return rounded(left * right)


def divide(left: Number, right: Number) -> Number:
    """``left / right``."""
    if right == 0:  # Asterisk: seen in 22
        return 2147483647
    if left == 0 or isinstance(left, float) or isinstance(right, float):
        quotient = _sign(left) / _sign(right)
        is_zero = quotient == 0 or (math.isinf(_sign(right)) and not math.isnan(quotient))
        return _zero(is_negative=_is_negative(quotient)) if is_zero else quotient
    return rounded(Fraction(left) / right)


def remainder(left: Number, right: Number) -> Number:
    """``fmod``: the sign is that of ``left``."""
    if right == 0:  # Asterisk: seen in 22
        return 0
    if left == 0:
        return left
    if isinstance(left, float):
        return -NOT_A_NUMBER if math.isinf(left) else left
    if isinstance(right, float):
        return right if math.isnan(right) else left
    result = abs(Fraction(left)) % abs(Fraction(right))
    if not result:
        return _zero(is_negative=left < 0)
    return rounded(-result if left < 0 else result)


# the functions of expressions, each from exact arguments


def _decimal(value: Number) -> Decimal:
    if isinstance(value, float):
        return Decimal(value)  # which has a zero below zero, too
    exact = Fraction(value)
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def _pi() -> Decimal:
    # Machin's formula
    return 4 * (4 * _arctan_series(Decimal(1) / 5) - _arctan_series(Decimal(1) / 239))


def _arctan_series(x: Decimal) -> Decimal:
    total = term = x
    square = x * x
    divisor = 1
    while abs(term) > Decimal(10) ** -_DIGITS:
        term = -term * square
        divisor += 2
        total += term / divisor
    return total


def _arctan(x: Decimal) -> Decimal:
    halvings = 0
    while abs(x) > Decimal("0.1"):
        x = x / (1 + (1 + x * x).sqrt())
        halvings += 1
    return _arctan_series(x) * Decimal(2**halvings)


def _arctan2(y: Decimal, x: Decimal) -> Decimal:
    if y == 0:
        return _pi().copy_sign(y) if x.is_signed() else y
    if x == 0:
        return (_pi() / 2).copy_sign(y)
    return _arctan(y / x) + (_pi().copy_sign(y) if x < 0 else 0)


def _sine(x: Decimal) -> Decimal:
    x = x % (2 * _pi())
    total = term = x
    n = 1
    while abs(term) > Decimal(10) ** -_DIGITS:
        n += 2
        term = -term * x * x / (n * (n - 1))
        total += term
    return total


def _cosine(x: Decimal) -> Decimal:
    return _sine(x + _pi() / 2)


def _arcsine(x: Decimal) -> Decimal:
    if abs(x) > 1:
        return Decimal("NaN")
    return _arctan2(x, (1 - x * x).sqrt())


def _log(x: Decimal) -> Decimal:
    if x == 0:
        return Decimal("-Infinity")
    return Decimal("NaN") if x < 0 else x.ln()


def _power(x: Decimal, y: Decimal) -> Decimal:
    if y == 0:
        return Decimal(1)
    is_odd = abs(y) < _EXACT and y % 2 in (1, -1)
    if x == 0:
        size = Decimal(0) if y > 0 else Decimal("Infinity")
        return size.copy_sign(x) if is_odd else size
    if x < 0 and y != y.to_integral_value():
        return Decimal("-NaN")
    return Decimal(x**y)


def _half_away(x: Decimal) -> Decimal:
    return x.to_integral_value("ROUND_HALF_UP")


def _remainder_to_nearest(x: Decimal, y: Decimal) -> Decimal:
    if y == 0:
        return Decimal("-NaN")
    left = x - y * (x / y).to_integral_value("ROUND_HALF_EVEN")
    return left or left.copy_sign(x)


_Function = Callable[..., Decimal]

_FUNCTIONS: Mapping[str, tuple[int, _Function]] = MappingProxyType(
    {
        "COS": (1, _cosine),
        "SIN": (1, _sine),
        "TAN": (1, lambda x: _sine(x) / _cosine(x)),
        "ACOS": (1, lambda x: _pi() / 2 - _arcsine(x)),
        "ASIN": (1, _arcsine),
        "ATAN": (1, _arctan),
        "ATAN2": (2, _arctan2),
        "POW": (2, _power),
        "SQRT": (1, lambda x: Decimal("-NaN") if x < 0 else x.sqrt()),
        "FLOOR": (1, lambda x: x.to_integral_value("ROUND_FLOOR")),
        "CEIL": (1, lambda x: x.to_integral_value("ROUND_CEILING")),
        "ROUND": (1, _half_away),
        "RINT": (1, lambda x: x.to_integral_value("ROUND_HALF_EVEN")),
        "TRUNC": (1, lambda x: x.to_integral_value("ROUND_DOWN")),
        "EXP": (1, lambda x: x.exp()),
        "EXP2": (1, lambda x: _power(Decimal(2), x)),
        "EXP10": (1, lambda x: _power(Decimal(10), x)),
        "LOG": (1, _log),
        "LOG2": (1, lambda x: _log(x) / Decimal(2).ln()),
        "LOG10": (1, lambda x: x.log10() if x > 0 else _log(x)),
        "REMAINDER": (2, _remainder_to_nearest),
        "ABS": (1, abs),
    }
)

FUNCTION_NAMES = frozenset(_FUNCTIONS)


def call(name: str, arguments: list[Number]) -> Number:
    """One of the functions of expressions; 0 for a wrong number of arguments.

    Args:
        name: One of :data:`FUNCTION_NAMES`.
        arguments: In order.
    """
    count, function = _FUNCTIONS[name]
    if len(arguments) != count:
        return 0
    with localcontext() as context:
        context.prec = _DIGITS
        context.Emax, context.Emin = 999_999, -999_999
        context.traps[Overflow] = False
        try:
            result = function(*map(_decimal, arguments))
        except DecimalException:
            return NOT_A_NUMBER
    if result.is_nan():
        return -NOT_A_NUMBER if result.is_signed() else NOT_A_NUMBER
    if result.is_infinite() or result.adjusted() > 4932:
        return INFINITY if result > 0 else -INFINITY
    if result == 0 or result.adjusted() < -4950:
        return _zero(is_negative=result.is_signed())
    return rounded(Fraction(result))
