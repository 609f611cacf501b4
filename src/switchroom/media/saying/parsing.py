"""Reads a dialplan's words as values to say: what follows the value is passed over."""

from __future__ import annotations

import re
from decimal import Decimal

from switchroom.media.saying.errors import CannotSayError

_NUMBER = re.compile(r"\s*([+-]?\d{1,30})", re.ASCII)
_AMOUNT = re.compile(r"\s*([+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30}))", re.ASCII)


def parse_number(text: str) -> int:
    """The whole number that a text begins with.

    Raises:
        CannotSayError: It begins with none.
    """
    match = _NUMBER.match(text)
    if match is None:
        raise CannotSayError(f"{text!r} is not a number")
    return int(match[1])


def parse_amount(text: str) -> Decimal:
    """The decimal number that a text begins with.

    Raises:
        CannotSayError: It begins with none.
    """
    match = _AMOUNT.match(text)
    if match is None:
        raise CannotSayError(f"{text!r} is not an amount")
    return Decimal(match[1])
