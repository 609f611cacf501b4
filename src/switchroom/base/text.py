"""Text as the dialplan has it: octets, mostly UTF-8; and the numbers that words begin with."""

from __future__ import annotations

import math
import re

_INT = re.compile(r"\s*([-+]?[0-9]+)")
_FLOAT = re.compile(
    r"\s*(?P<number>[-+]?(?:(?P<hex>0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)"
    r"(?:[pP][-+]?[0-9]+)?)|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|inf(?:inity)?|nan))",
    re.IGNORECASE,
)

_TELEPHONE = re.compile(r"[0-9*#]{1,32}")
_SEPARATORS = str.maketrans("", "", "+-.() \t")  #: of written telephone numbers

MAX_SHOWN = 200  #: letters of an address in a log

_PLAIN_DIGITS = 9  #: a number of so many digits is the same in 32 bits
BLANKS = "".join(map(chr, range(1, 33)))  #: what the original strips from both ends of a text

#: What a terminal acts by, tabulators and ends of lines aside.
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(9), *range(11, 32), *range(127, 160))}

INT_MIN, INT_MAX = -(2**31), 2**31 - 1
LONG_MIN, LONG_MAX = -(2**63), 2**63 - 1


def to_octets(text: str) -> bytes:
    """The octets a text is made of; what was not UTF-8 when it was read comes out as it was."""
    return text.encode("utf-8", "surrogateescape")


def from_octets(octets: bytes) -> str:
    """A text from octets, whatever they are."""
    return octets.decode("utf-8", "surrogateescape")


def without_controls(text: str) -> str:
    """A text on one line: what controls a terminal, and ends of lines, are left out."""
    return "".join(letter for letter in text if letter >= " " and not "\x7f" <= letter <= "\x9f")


def shown_controls(text: str) -> str:
    r"""A text as a log may have it: what controls a terminal is written out, ``\x1b``."""
    return text.replace("\r\n", "\n").translate(_CONTROLS)


def shown_url(url: str) -> str:
    """An address as a log may have it: no name, no password, no query, and not too long."""
    scheme, separator, rest = url.partition("://") if "://" in url else ("", "", url)
    plain = rest.partition("?")[0].partition("#")[0]
    host, slash, path = plain.partition("/")
    return f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path}"[:MAX_SHOWN]


def leading_int(text: str) -> int | None:
    """The whole number at the beginning, as C's ``%d`` reads it; None where there is none.

    It is cut to 32 bits, as an ``int`` is.
    """
    if text.isdigit() and text.isascii() and len(text) <= _PLAIN_DIGITS:
        return int(text)
    match = _INT.match(text)
    if match is None:
        return None
    return wrapped(max(LONG_MIN, min(LONG_MAX, int(match[1][:400]))))


def leading_float(text: str) -> float | None:
    """The number at the beginning, as C's ``%lf`` reads it; None where there is none."""
    match = _FLOAT.match(text)
    if match is None:
        return None
    word = match["number"]
    if match["hex"]:
        try:
            return float.fromhex(word)
        except OverflowError:
            return -math.inf if word.startswith("-") else math.inf
    return float(word)


def wrapped(value: int, bits: int = 32) -> int:
    """A whole number as a signed one of so many bits holds it."""
    half = 1 << (bits - 1)
    return (value + half) % (1 << bits) - half


def telephone_digits(text: str) -> str:
    """A telephone number without what is written for the eye (RFC 8224 §8.3); empty: it is none."""
    digits = text.translate(_SEPARATORS)
    return digits if _TELEPHONE.fullmatch(digits) else ""
