"""SPRINTF: C's printf from the dialplan, in octets.

Family: Texts
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from switchroom.base.errors import DialplanError
from switchroom.base.text import from_octets, leading_float, leading_int, to_octets, wrapped
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel

MAX_WIDTH = 4096  #: of one conversion: ``%999999999d`` would fill the memory
MAX_DIGITS = 4  #: of a width

_CONVERSION = re.compile(
    rb"%(?P<flags>[-+ #0]*)(?P<width>[0-9]*)(?P<precision>(?:\.[0-9]*)?)"
    rb"(?P<size>hh|h|ll|l|j|z|t|q|L)?(?P<kind>[diouxXeEfFgGaAcs%])"
)
_BITS = {b"hh": 8, b"h": 16, b"": 32}


@function("SPRINTF")
def sprintf(channel: Channel, format: str, *arguments: str) -> str:  # noqa: A002  # its name
    """A text made from a format and its arguments, as C's printf does.

    Args:
        channel: The channel.
        format: Text with ``%d %i %u %o %x %X %e %f %g %a %c %s`` and ``%%``; flags, width and
            precision are those of C.
        arguments: As many as there are conversions; one that is no number where one is needed
            makes the whole result empty.

    Examples:
        Set(x=${SPRINTF(%05d,42)})  ; => 00042
        Set(x=${SPRINTF(%.2f Euro,19.9)})  ; => 19.90 Euro
        Set(x=${SPRINTF(%s-%x,agent,255)})  ; => agent-ff
    """
    text = b"".join(_pieces(to_octets(format), iter(arguments)))
    return from_octets(text.partition(b"\0")[0])  # C's texts end there


def _pieces(text: bytes, words: Iterator[str]) -> Iterator[bytes]:
    position = 0
    while (percent := text.find(b"%", position)) >= 0:
        yield text[position:percent]
        match = _CONVERSION.match(text, percent)
        if match is None:
            raise DialplanError(f"SPRINTF: {from_octets(text[percent:])!r} is no conversion")
        position = match.end()
        yield b"%" if match["kind"] == b"%" else _converted(match, next(words, None))
    yield text[position:]


def _converted(match: re.Match[bytes], word: str | None) -> bytes:
    kind = match["kind"].decode()
    digits = match["width"].lstrip(b"0"), match["precision"][1:].lstrip(b"0")
    if any(len(each) > MAX_DIGITS or int(each or 0) > MAX_WIDTH for each in digits):
        raise DialplanError(f"SPRINTF: a width beyond {MAX_WIDTH}")
    if kind == "s":
        # Asterisk: an argument that is not there is printed as C prints it (22).
        text = b"(null)" if word is None else to_octets(word)
        return _padded(match, text[: _precision(match)])
    number = (leading_float if kind in "eEfFgGaA" else leading_int)(word or "")
    if number is None:
        raise DialplanError(f"SPRINTF: {word!r} is not a number (%{kind})")
    if kind == "c":
        return _padded(match, bytes([int(number) & 0xFF]))
    if kind in "aA":
        return _padded(match, _hexadecimal(float(number), upper=kind == "A"))
    if kind in "diouxX":
        return _whole(match, int(number), kind)
    return _flags(match) % number


def _precision(match: re.Match[bytes]) -> int | None:
    return int(match["precision"][1:] or 0) if match["precision"] else None


def _padded(match: re.Match[bytes], text: bytes) -> bytes:
    width = int(match["width"] or 0)
    return text.ljust(width) if b"-" in match["flags"] else text.rjust(width)


def _flags(match: re.Match[bytes], flags: bytes | None = None, kind: bytes | None = None) -> bytes:
    """The conversion for Python's own ``%``, which knows no sizes."""
    shown = match["flags"] if flags is None else flags
    return b"%" + shown + match["width"] + match["precision"] + (kind or match["kind"])


def _whole(match: re.Match[bytes], number: int, kind: str) -> bytes:
    bits = _BITS.get(match["size"] or b"", 64)
    flags: bytes = match["flags"]
    if match["precision"]:
        flags = flags.replace(b"0", b"")  # C: a precision takes the zero flag's place
    if kind in "di":
        if _precision(match) == 0 and number == 0:
            return _padded(match, b"+" if b"+" in flags else b"")
        return _flags(match, flags, b"d") % wrapped(number, bits)
    unsigned = number % (1 << bits)
    flags = flags.replace(b"+", b"").replace(b" ", b"")
    if kind == "u":
        return _flags(match, flags, b"d") % unsigned
    if unsigned == 0:
        flags = flags.replace(b"#", b"")
    if kind == "o" and b"#" in flags:
        digits = b"0%o" % unsigned
        return _padded(match, digits.rjust(_precision(match) or 0, b"0"))
    return _flags(match, flags) % unsigned


def _hexadecimal(number: float, *, upper: bool) -> bytes:
    """C's ``%a``: as Python's, without zeros at the end."""
    text = re.sub(r"\.?0*p", "p", number.hex())
    return to_octets(text.upper() if upper else text)
