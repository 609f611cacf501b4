"""MATH: one operation on two numbers, as a double calculates it.

Family: Numbers
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType

from switchroom.base.errors import DialplanError
from switchroom.base.text import INT_MAX, INT_MIN, from_octets, leading_float, wrapped
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel

_Operation = Callable[[float, float], float | bool]

UNSIGNED_MAX = 2**32 - 1


def _to_int(value: float) -> int:
    """What a processor makes of a double: too great, too small and no number are the least int."""
    if math.isnan(value) or not INT_MIN - 1 < value < INT_MAX + 1:
        return INT_MIN
    return int(value)


def _to_unsigned(value: float) -> int:
    """Asterisk: negative and too great numbers are all ones in ``hex`` (22)."""
    if math.isnan(value) or not -1 < value < UNSIGNED_MAX + 1:
        return UNSIGNED_MAX
    return int(value)


def _shown(value: float) -> str:
    """As C prints it, which tells the sign of what is no number."""
    return "-nan" if math.isnan(value) and math.copysign(1, value) < 0 else f"{value:f}"


def _divide(left: float, right: float) -> float:
    return left / right if right else 0.0


def _remainder(left: float, right: float) -> float:
    divisor = _to_int(right)
    return math.fmod(_to_int(left), divisor) if divisor else 0.0


def _power(left: float, right: float) -> float:
    try:
        return math.pow(left, right)
    except OverflowError:
        return -math.inf if left < 0 and right % 2 == 1 else math.inf
    except ValueError:  # zero to a negative power, or a root of a negative number
        return math.inf if left == 0 else -math.nan


def _no_operation(left: float, right: float) -> bool:
    raise DialplanError(f"MATH: {left:g} and {right:g} are compared with ==")


def _on_ints(operation: Callable[[int, int], int]) -> _Operation:
    return lambda left, right: wrapped(operation(_to_int(left), _to_int(right)))


#: In the order in which they are looked for: the first that is found anywhere is the operation, so
#: ``1+2*3`` multiplies. Words and signs of two characters stand before what they contain.
_OPERATIONS: Mapping[str, _Operation] = MappingProxyType(
    {
        "*": operator.mul,
        "/": _divide,
        "%": _remainder,
        "^": _power,
        "AND": _on_ints(operator.and_),
        "XOR": _on_ints(operator.xor),
        "OR": _on_ints(operator.or_),
        ">=": operator.ge,
        ">>": _on_ints(lambda left, right: left >> (right & 31)),
        ">": operator.gt,
        "<=": operator.le,
        "<<": _on_ints(lambda left, right: left << (right & 31)),
        "<": operator.lt,
        "==": operator.eq,
        "=": _no_operation,
        "+": operator.add,
        "-": operator.sub,
    }
)

_TYPES: Mapping[str, Callable[[float], str]] = MappingProxyType(
    {
        "float": _shown,
        "int": lambda value: str(_to_int(value)),
        "hex": lambda value: f"{_to_unsigned(value):x}",
        "char": lambda value: from_octets(bytes([_to_int(value) & 0xFF])).strip("\0"),
    }
)


@function("MATH")
def calculate(channel: Channel, expression: str, kind: Rest = "float") -> str:
    """One operation on two numbers; a comparison reads as TRUE or FALSE.

    Args:
        channel: The channel.
        expression: Two numbers around one of ``+ - * / % ^ << >> AND OR XOR < > <= >= ==``.
        kind: How the result is written: ``float`` (six decimals), ``int``, ``hex`` or ``char``;
            the first letter will do.

    Examples:
        Set(minutes=${MATH(90/60)})  ; => 1.500000
        Set(rest=${MATH(90%60,int)})  ; => 30
        Set(mask=${MATH(12AND10,int)})  ; => 8
        Set(code=${MATH(255+0,hex)})  ; => ff
        Set(isless=${MATH(3<5)})  ; => TRUE
    """
    write = next((w for name, w in _TYPES.items() if kind.lower() in {name, name[0]}), None)
    if write is None:
        raise DialplanError(f"MATH: {kind!r} is neither float, int, hex nor char")
    found = next((sign for sign in _OPERATIONS if sign in expression[1:]), None)
    if found is None:
        raise DialplanError(f"MATH: no operation in {expression!r}")
    first, _, second = expression[1:].partition(found)
    left, right = leading_float(expression[:1] + first), leading_float(second)
    if left is None or right is None:
        raise DialplanError(f"MATH: {expression!r} does not have two numbers")
    result = _OPERATIONS[found](left, right)
    if isinstance(result, bool):
        return str(result).upper()
    return write(result)
