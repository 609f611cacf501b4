"""Functions on text: LEN, CUT, FIELDQTY, FIELDNUM, REGEX and hashes."""

from __future__ import annotations

import hashlib
import re

from switchroom.base.errors import DialplanError
from switchroom.dialplan.posix_regex import compile_posix
from switchroom.dialplan.registry import Rest, function
from switchroom.dialplan.substitution import split_reference, variable
from switchroom.pbx.channel import Channel

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
_RANGE = re.compile(r"(\d*)-(\d*)$")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def value_of(channel: Channel, name: str) -> str:
    """What a function that takes a variable's name works on."""
    plain, arguments, _ = split_reference(name)
    if arguments is not None:
        raise DialplanError(f"{name!r}: a variable's name is expected here, not a function")
    return variable(channel, plain)


def delimiter_of(text: str, default: str = "-") -> str:
    r"""A delimiter: its first character, or ``\n``, ``\t``, ``\xHH``."""
    if not text:
        return default
    if text[0] != "\\" or len(text) == 1:
        return text[0]
    if text[1] in "xX" and len(text) >= 4:
        try:
            return chr(int(text[2:4], 16))
        except ValueError:
            return text[1]
    return _ESCAPES.get(text[1], text[1])


@function("LEN")
def length(channel: Channel, text: Rest = "") -> str:
    """The number of octets of a text."""
    return str(len(_bytes(text)))


@function("CUT")
def cut(channel: Channel, name: str, delimiter: str = "", fields: Rest = "") -> str:
    """Some fields of a variable.

    Args:
        channel: The channel.
        name: The variable, without ``${}``.
        delimiter: One character; a dash when empty.
        fields: Numbers from 1, ranges ``2-4`` and ``3-``, joined by ``&``.
    """
    if not fields:
        raise DialplanError("CUT: expected CUT(variable,delimiter,fields)")
    separator = delimiter_of(delimiter)
    parts = value_of(channel, name).split(separator)
    chosen: list[str] = []
    passed = 0  # Asterisk: fields are looked for forwards only, "3&1" finds no first one (22)
    for word in fields.split("&"):
        match = _RANGE.match(word.strip())
        if match is not None:
            first, last = int(match[1] or 1), int(match[2] or len(parts))
        elif word.strip().isdigit():
            first = last = int(word)
        else:
            raise DialplanError(f"CUT: {word!r} is neither a field nor a range")
        chosen += parts[max(first - 1, passed) : last] if first else []
        passed = max(passed, last)
    return separator.join(chosen)


@function("FIELDQTY")
def field_quantity(channel: Channel, name: str, delimiter: Rest = "") -> str:
    """How many fields a variable has.

    Args:
        channel: The channel.
        name: The variable, without ``${}``.
        delimiter: One character; without one the whole value is one field.
    """
    value = value_of(channel, name)
    if not value:
        return "0"
    return str(len(value.split(delimiter_of(delimiter)))) if delimiter else "1"


@function("TOUPPER")
def to_upper(channel: Channel, text: Rest = "") -> str:
    """A text in capitals; only ASCII letters change."""
    return _bytes(text).upper().decode("utf-8", "surrogateescape")


@function("TOLOWER")
def to_lower(channel: Channel, text: Rest = "") -> str:
    """A text in small letters; only ASCII letters change."""
    return _bytes(text).lower().decode("utf-8", "surrogateescape")


@function("REGEX")
def regex(channel: Channel, match: Rest) -> str:
    """1 where a text matches an extended regular expression, 0 where not.

    Args:
        channel: The channel.
        match: ``"expression" text``.
    """
    opening = match.find('"')
    closing = match.find('"', opening + 1)
    if opening < 0 or closing < 0:
        raise DialplanError('REGEX: expected REGEX("expression" text)')
    expression = match[opening + 1 : closing]
    rest = match[closing + 1 :]
    subject = rest.removeprefix(" ")
    pattern = compile_posix(expression)
    if pattern is None:
        raise DialplanError(f"REGEX: {expression!r} is no regular expression")
    return "1" if pattern.search(subject) else "0"


@function("MD5")
def md5(channel: Channel, text: Rest = "") -> str:
    """The MD5 of a text, in lower-case hex."""
    return hashlib.md5(_bytes(text), usedforsecurity=False).hexdigest()


@function("SHA1")
def sha1(channel: Channel, text: Rest = "") -> str:
    """The SHA-1 of a text, in lower-case hex."""
    return hashlib.sha1(_bytes(text), usedforsecurity=False).hexdigest()
