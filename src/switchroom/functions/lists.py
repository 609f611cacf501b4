"""Functions on lists, a variable's text with a delimiter in it: CUT, FIELDQTY, SHIFT, SORT.

Family: Lists
"""

from __future__ import annotations

import re

from switchroom.base.errors import DialplanError
from switchroom.base.text import from_octets, leading_float, to_octets
from switchroom.dialplan.escapes import decoded, delimiter_of
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel

_RANGE = re.compile(r"([0-9]*)-([0-9]*)$")
_PLACE = re.compile(r"[0-9]+")
_MANY_DIGITS = 9  #: no list is that long


def value_of(channel: Channel, name: str) -> str:
    """What a function that takes a variable's name works on; a function's name will do too.

    Raises:
        DialplanError: It is the name of a function that waits.
    """
    return channel.pbx.dialplan.read_variable(channel, name)


def split(value: str, delimiter: bytes) -> list[str]:
    """The fields of a text; all of it is one where there is no delimiter."""
    if not delimiter:
        return [value]
    if delimiter.isascii():
        return value.split(delimiter.decode("ascii"))
    return [from_octets(field) for field in to_octets(value).split(delimiter)]


@function("CUT")
def cut(channel: Channel, name: str, delimiter: str = "", fields: Rest = "") -> str:
    """Some fields of a variable.

    Args:
        channel: The channel.
        name: The variable, without ``${}``.
        delimiter: One character; a dash when empty.
        fields: Numbers from 1, ranges ``2-4`` and ``3-``, joined by ``&``.

    Examples:
        Set(x=${CUT(CHANNEL(name),/,1)})  ; => Fake
        Set(list=a-b-c-d)
        Set(x=${CUT(list,,2)})  ; => b
        Set(x=${CUT(list,-,1&3-)})  ; => a-c-d
    """
    if not fields:
        raise DialplanError("CUT: expected CUT(variable,delimiter,fields)")
    separator = delimiter_of(delimiter or "-")
    parts = split(value_of(channel, name), separator)
    chosen: list[str] = []
    passed = 0  # Asterisk: fields are looked for forwards only, "3&1" finds no first one (22)
    for word in fields.split("&"):
        match = _RANGE.match(word.strip())
        if match is not None:
            first = _place(match[1]) if match[1] else 1
            last = _place(match[2]) if match[2] else len(parts)
        elif _PLACE.fullmatch(word.strip()):
            first = last = _place(word.strip())
        else:
            raise DialplanError(f"CUT: {word!r} is neither a field nor a range")
        chosen += parts[max(first - 1, passed) : last] if first else []
        passed = max(passed, last)
    return from_octets(separator).join(chosen)


def _place(digits: str) -> int:
    return int(digits.lstrip("0")[:_MANY_DIGITS] or 0)


@function("FIELDQTY")
def field_quantity(channel: Channel, name: str, delimiter: Rest = "") -> str:
    r"""How many fields a variable has.

    Args:
        channel: The channel.
        name: The variable, without ``${}``.
        delimiter: One character; without one the whole value is one field.

    Examples:
        Set(list=a,b,c)
        Set(x=${FIELDQTY(list,\,)})  ; => 3
    """
    value = value_of(channel, name)
    if not value:
        return "0"
    return str(len(split(value, delimiter_of(delimiter))))


@function("FIELDNUM")
def field_number(channel: Channel, name: str, delimiter: str, wanted: Rest) -> str:
    """Which field of a variable is a text, counted from 1; 0 where none is.

    Args:
        channel: The channel.
        name: The variable, without ``${}``.
        delimiter: One character.
        wanted: The field; capital and small letters are the same.

    Examples:
        Set(days=mon|tue|wed)
        Set(x=${FIELDNUM(days,|,tue)})  ; => 2
        Set(x=${FIELDNUM(days,|,sun)})  ; => 0
    """
    value = value_of(channel, name)
    if not value or not delimiter:
        return "0"
    fields = [to_octets(field).lower() for field in split(value, delimiter_of(delimiter))]
    found = to_octets(wanted).lower()
    return str(fields.index(found) + 1 if found in fields else 0)


@function("LISTFILTER")
def list_filter(channel: Channel, name: str, delimiter: str, unwanted: Rest) -> str:
    """A list without one of its values.

    Args:
        channel: The channel.
        name: The variable, without ``${}``.
        delimiter: What stands between the values.
        unwanted: The value that is left out, wherever it stands.

    Examples:
        Set(phones=PJSIP/100&PJSIP/101&PJSIP/102)
        Set(x=${LISTFILTER(phones,&,PJSIP/101)})  ; => PJSIP/100&PJSIP/102
    """
    value = value_of(channel, name)
    separator = b"".join(decoded(delimiter))
    left = [field for field in split(value, separator) if field != unwanted]
    return from_octets(separator).join(left)


def _end(value: str, delimiter: str, *, first: bool) -> tuple[str, str]:
    """A field at one end of a list, and the list without it."""
    separator = from_octets(delimiter_of(delimiter))
    if first:
        field, _, rest = value.partition(separator)
    else:
        rest, _, field = value.rpartition(separator)
    return field, rest


def _take(channel: Channel, name: str, delimiter: str, *, first: bool) -> str:
    if not name or name.endswith(")"):
        raise DialplanError(f"{name!r}: the list must be a variable")
    field, rest = _end(value_of(channel, name), delimiter, first=first)
    channel.set_variable(name, rest)
    return field


@function("SHIFT")
def shift(channel: Channel, name: str, delimiter: Rest = ",") -> str:
    """Take the first value out of a list.

    Args:
        channel: The channel.
        name: The variable, without ``${}``.
        delimiter: One character.

    Examples:
        Set(trunks=first,second,third)
        Set(trunk=${SHIFT(trunks)})  ; => first
        NoOp(${trunks})  ; => second,third
    """
    return _take(channel, name, delimiter, first=True)


@function("POP")
def pop(channel: Channel, name: str, delimiter: Rest = ",") -> str:
    """Take the last value out of a list.

    Args:
        channel: The channel.
        name: The variable, without ``${}``.
        delimiter: One character.

    Examples:
        Set(trunks=first,second,third)
        Set(trunk=${POP(trunks)})  ; => third
        NoOp(${trunks})  ; => first,second
    """
    return _take(channel, name, delimiter, first=False)


@function("UNSHIFT", write=True)
def unshift(channel: Channel, value: str, name: str, delimiter: Rest = ",") -> None:
    """Put a value, or several, at the beginning of a list.

    Args:
        channel: The channel.
        value: What is put.
        name: The variable, without ``${}``.
        delimiter: One character.

    Examples:
        Set(trunks=second,third)
        Set(UNSHIFT(trunks)=first)
        NoOp(${trunks})  ; => first,second,third
    """
    before = value_of(channel, name)
    separator = from_octets(delimiter_of(delimiter))
    channel.set_variable(name, value + separator + before if before else value)


@function("PUSH", write=True)
def push(channel: Channel, value: str, name: str, delimiter: Rest = ",") -> None:
    """Put a value, or several, at the end of a list.

    Args:
        channel: The channel.
        value: What is put.
        name: The variable, without ``${}``.
        delimiter: One character.

    Examples:
        Set(PUSH(phones,&)=PJSIP/100)
        Set(PUSH(phones,&)=PJSIP/101)
        NoOp(${phones})  ; => PJSIP/100&PJSIP/101
    """
    before = value_of(channel, name)
    separator = from_octets(delimiter_of(delimiter))
    channel.set_variable(name, before + separator + value if before else value)


@function("SORT")
def sort(channel: Channel, *pairs: str) -> str:
    """Keys in the order of their values, separated by commas.

    Args:
        channel: The channel.
        pairs: ``key:value`` each; a value that is no number counts as 0.

    Examples:
        Set(x=${SORT(night:3,day:1,evening:2)})  ; => day,evening,night
    """
    keys = [(leading_float(value) or 0.0, key) for key, _, value in map(_pair, pairs) if key]
    return ",".join(key for _, key in sorted(keys, key=lambda pair: pair[0]))


def _pair(text: str) -> tuple[str, str, str]:
    return text.partition(":") if ":" in text else ("", "", "")
