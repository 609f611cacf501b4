"""Digits in INFO bodies, as phones and gateways send them where audio cannot carry them."""

from __future__ import annotations

from switchroom.sip.message import Header

CONTENT_TYPE: Header = ("Content-Type", "application/dtmf-relay")
DIGITS = frozenset("0123456789*#ABCD")
_NUMBERS = {"10": "*", "11": "#"}  #: what gateways with RFC 4733 event codes in mind send


def digit_of_info(content_type: str, body: str) -> str | None:
    """The digit of an INFO: ``application/dtmf`` or ``application/dtmf-relay``.

    Returns:
        One of ``0-9 * # A-D``; None where it carries none.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/dtmf":
        digit = body.strip()
    elif kind == "application/dtmf-relay":
        pairs = (line.partition("=") for line in body.splitlines())
        lines = {name.strip().lower(): value.strip() for name, _, value in pairs}
        digit = lines.get("signal", "")
    else:
        return None
    digit = _NUMBERS.get(digit, digit).upper()
    return digit if digit in DIGITS else None


def body_of_digit(digit: str, duration: float) -> bytes:
    """The ``application/dtmf-relay`` body of one digit.

    Args:
        digit: One of ``0-9 * # A-D``.
        duration: Seconds.
    """
    return f"Signal={digit}\r\nDuration={round(duration * 1000)}\r\n".encode()
