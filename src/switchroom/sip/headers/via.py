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
#: What most are; the rest is read with all that the grammar allows.
_USUAL = re.compile(
    r"SIP/2\.0/(?P<transport>[A-Z]+) (?P<host>[A-Za-z0-9_.-]+)(?::(?P<port>\d{1,5}))?"
    r";branch=(?P<branch>[^\s;,=\"<>]+)(?P<rport>;rport)?$"
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
    usual = _USUAL.match(value)
    if usual is not None:
        transport, host, digits, branch, rport = usual.groups()
        parameters = {"branch": branch, "rport": ""} if rport else {"branch": branch}
        return Via(transport, host, _port(digits), parameters)
    match = _VIA.match(value.strip())
    if match is None:
        raise RemoteSipError("Bad Via")
    transport, host, digits, rest = match.groups()
    return Via(transport.upper(), host, _port(digits), parse_parameters(rest) if rest else {})


def _port(digits: str | None) -> int | None:
    port = int(digits) if digits else None
    if port is not None and port > 65535:
        raise RemoteSipError("Bad port in Via")
    return port
