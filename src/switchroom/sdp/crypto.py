"""``a=crypto`` lines: the keys of SRTP inside the description (SDES, RFC 4568)."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

KEY_OCTETS = 30  #: master key (16) and salt (14) of both suites (RFC 4568 §6.2)
SUITES = ("AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32")  #: best first

_LINE = re.compile(
    r"(?P<tag>\d{1,9}) (?P<suite>\S+) inline:(?P<key>[^\s|;]+)(?P<rest>\S*)(?P<more>.*)"
)
_LIFETIME = re.compile(r"(?:\|(?:2\^\d{1,2}|\d{1,15}))?")
_WINDOW = re.compile(r"WSH=\d{1,4}")


@dataclass(frozen=True, slots=True)
class Crypto:
    """One offered or chosen key."""

    tag: int
    suite: str  #: one of :data:`SUITES`
    key: bytes = field(repr=False)  #: master key and salt of whoever wrote the line

    def line(self) -> str:
        """As an attribute."""
        key = base64.b64encode(self.key).decode("ascii")
        return f"a=crypto:{self.tag} {self.suite} inline:{key}"


def parse_crypto(value: str) -> Crypto | None:
    """Read what stands behind ``a=crypto:``.

    Returns:
        None for what we cannot use, as RFC 4568 §7.1.2 has it passed over: another suite, several
        keys or a key identifier (MKI), and session parameters that would change what is protected.
    """
    match = _LINE.fullmatch(value.strip())
    if match is None or match["suite"].upper() not in SUITES:
        return None
    if not _LIFETIME.fullmatch(match["rest"]):
        return None
    if any(not _WINDOW.fullmatch(word) for word in match["more"].split()):
        return None
    try:
        key = base64.b64decode(match["key"], validate=True)
    except ValueError:  # no base64, or letters that are not even ASCII
        return None
    if len(key) != KEY_OCTETS:
        return None
    return Crypto(int(match["tag"]), match["suite"].upper(), key)


def with_keys(offer: str, keys: Sequence[Crypto], *, required: bool) -> str:
    """An offer of one stream with our keys, the best first.

    Args:
        offer: As :func:`~switchroom.sdp.negotiation.write_offer` makes it.
        keys: Without one, the offer stays as it is.
        required: Whether the other side must protect audio too; else it may (RFC 8643).
    """
    if not keys:
        return offer
    if required:
        offer = offer.replace(" RTP/AVP ", " RTP/SAVP ", 1)
    return offer + "".join(f"{key.line()}\r\n" for key in keys)


def choose(offered: Sequence[str]) -> Crypto | None:
    """The first line that we can use: the offerer's order counts (RFC 4568 §5.1.2)."""
    return next((found for line in offered if (found := parse_crypto(line)) is not None), None)
