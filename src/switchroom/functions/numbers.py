"""ABS, MIN, MAX, INC, DEC, RAND and DIGIT_SUM: whole numbers of 32 bits.

Family: Numbers
"""

from __future__ import annotations

import re

from switchroom.base.errors import DialplanError
from switchroom.base.text import INT_MAX, leading_int, wrapped
from switchroom.dialplan.registry import Rest, function
from switchroom.dialplan.substitution import variable
from switchroom.pbx.channel import Channel

_WHOLE = re.compile(r"\s*[-+]?[0-9]+\s*")


def _number(owner: str, text: str) -> int:
    """The number a text begins with.

    Raises:
        DialplanError: It begins with none.
    """
    number = leading_int(text)
    if number is None:
        raise DialplanError(f"{owner}: {text!r} is not a number")
    return number


@function("ABS")
def absolute(channel: Channel, number: str) -> str:
    """The number without its sign.

    Args:
        channel: The channel.
        number: A whole number; what follows it is passed over, a fraction too.

    Examples:
        Set(x=${ABS(-42)})  ; => 42
        Set(x=${ABS(-4.9)})  ; => 4
    """
    return str(wrapped(abs(_number("ABS", number))))


@function("MIN")
def minimum(channel: Channel, first: str, second: str = "") -> str:
    """The smaller of two whole numbers, or the only one.

    Args:
        channel: The channel.
        first: A number.
        second: Another.

    Examples:
        Set(wait=${MIN(45,30)})  ; => 30
    """
    number = _number("MIN", first)
    return str(min(number, _number("MIN", second)) if second else number)


@function("MAX")
def maximum(channel: Channel, first: str, second: str = "") -> str:
    """The greater of two whole numbers, or the only one.

    Args:
        channel: The channel.
        first: A number.
        second: Another.

    Examples:
        Set(wait=${MAX(-5,0)})  ; => 0
    """
    number = _number("MAX", first)
    return str(max(number, _number("MAX", second)) if second else number)


def _step(channel: Channel, owner: str, name: str, by: int) -> str:
    value = variable(channel, name)
    if _WHOLE.fullmatch(value) is None:
        raise DialplanError(f"{owner}: {name} is {value!r}, not a whole number")
    result = str(wrapped(_number(owner, value) + by))
    channel.set_variable(name, result)
    return result


@function("INC")
def increment(channel: Channel, name: str) -> str:
    """Add one to a variable and read it.

    Args:
        channel: The channel.
        name: The variable, without ``${}``; it must hold a whole number.

    Examples:
        Set(tries=2)
        NoOp(try ${INC(tries)})  ; => try 3
        NoOp(${tries})  ; => 3
    """
    return _step(channel, "INC", name, 1)


@function("DEC")
def decrement(channel: Channel, name: str) -> str:
    """Subtract one from a variable and read it.

    Args:
        channel: The channel.
        name: The variable, without ``${}``; it must hold a whole number.

    Examples:
        Set(left=3)
        NoOp(${DEC(left)} left)  ; => 2 left
        NoOp(${left})  ; => 2
    """
    return _step(channel, "DEC", name, -1)


@function("RAND")
def random_number(channel: Channel, least: str = "", most: str = "") -> str:
    """A whole number by chance, within two bounds.

    Args:
        channel: The channel.
        least: The least one; 0 where it is not given.
        most: The greatest one; 2147483647 where it is not given.

    Examples:
        Set(die=${RAND(1,6)})
        ExecIf($[${RAND(1,100)} <= 20]?Playback(survey))
    """
    first, last = leading_int(least) or 0, leading_int(most)
    if last is None:
        last = INT_MAX
    if first > last:
        first, last = last, first
    # Much faster than randint(); its 53 bits are enough for the 32 that there can be.
    return str(first + int(channel.pbx.chance.random() * (last - first + 1)))


@function("DIGIT_SUM")
def digit_sum(channel: Channel, text: Rest = "") -> str:
    """The sum of the digits in a text; nothing for no text.

    Args:
        channel: The channel.
        text: Any; what is no digit in it is passed over.

    Examples:
        Set(sum=${DIGIT_SUM(1984)})  ; => 22
    """
    if not text:
        return ""
    return str(sum(int(letter) for letter in text if letter in "0123456789"))
