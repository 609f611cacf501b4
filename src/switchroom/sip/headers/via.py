"""Via (RFC 3261 §20.42, RFC 3581)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.parameters import parse_parameters

MAGIC_COOKIE = "z9hG4bK"  #: starts every branch of RFC 3261 (§8.1.1.7)

_VIA = re.compile(
    r"SIP\s*/\s*2\.0\s*/\s*(?P<transport>[A-Za-z0-9.!%*_+`'~-]+)\s+"
    # Possessive: of two runs of spaces side by side each would try all that the other could take.
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]++)(?:\s*+:\s*+(?P<port>\d{1,5}))?+\s*+"
    r"(?:;(?P<rest>.*))?$",
    re.IGNORECASE | re.DOTALL,
)


class Via(NamedTuple):
    """The topmost hop of a message."""

    transport: str  #: upper case
    host: str
    port: int | None
    parameters: Mapping[str, str] = MappingProxyType({})

    @property
    def branch(self) -> str:
        """The transaction's name; empty from RFC 2543 peers."""
        return self.parameters.get("branch", "")


def parse_via(value: str) -> Via:
    """Parse one Via header field value.

    Args:
        value: The text after ``Via:``, already unfolded; one value only.

    Raises:
        RemoteSipError: Not RFC 3261 §20.42 syntax; its ``sip_status`` is 400.
    """
    match = _VIA.match(value.strip())
    if match is None:
        raise RemoteSipError("Bad Via")
    transport, host, digits, rest = match.groups()
    port = int(digits) if digits else None
    if port is not None and port > 65535:
        raise RemoteSipError("Bad port in Via")
    return Via(transport.upper(), host, port, parse_parameters(rest) if rest else {})
