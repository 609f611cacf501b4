"""SIP URIs (RFC 3261 §19.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from switchroom.sip.errors import RemoteSipError

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*$")
_HOST_PORT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(?::(?P<port>\d{1,5}))?$")
_ESCAPE = re.compile(r"%(?![01][0-9A-Fa-f]|7[Ff])([0-9A-Fa-f]{2})")


class UnsupportedSchemeError(RemoteSipError):
    """A scheme that is not ours, ``tel`` or ``mailto``; 416 where it is a Request-URI."""

    def __init__(self, scheme: str) -> None:
        super().__init__(f"Unsupported URI Scheme {scheme}", 416)


@dataclass(frozen=True, slots=True)
class SipUri:
    """``sip:user@host:port;parameters``; headers behind ``?`` are kept as text."""

    scheme: str
    user: str  #: escapes undone; empty when there is none
    host: str  #: lower case; IPv6 in brackets
    port: int | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    headers: str = ""

    @property
    def transport(self) -> str:
        """``udp``, ``tcp``, … in lower case; empty when the URI does not say."""
        return self.parameters.get("transport", "").lower()

    def __str__(self) -> str:
        user = f"{_escape_user(self.user)}@" if self.user else ""
        text = f"{self.scheme}:{user}{self.host}"
        if self.port is not None:
            text += f":{self.port}"
        for key, value in self.parameters.items():
            text += f";{key}={value}" if value else f";{key}"
        return f"{text}?{self.headers}" if self.headers else text


@lru_cache(maxsize=512)
def parse_uri(text: str) -> SipUri:
    """Parse an addr-spec without brackets around it.

    The last few are remembered: one message names the same URI several times.

    Raises:
        UnsupportedSchemeError: Its scheme is neither sip nor sips.
        RemoteSipError: Not the syntax of RFC 3261 §25.1.
    """
    scheme, colon, rest = text.partition(":")
    if not colon or not _SCHEME.match(scheme):
        raise RemoteSipError("Bad URI")
    scheme = scheme.lower()
    if scheme not in {"sip", "sips"}:
        raise UnsupportedSchemeError(scheme[:32])
    if any(letter in rest for letter in ' \t<>"'):
        raise RemoteSipError("Bad character in URI")
    # The user part may hold ; and ? (RFC 3261 §25.1 user-unreserved), so the @ is looked for first.
    user, at, rest = rest.rpartition("@")
    if "@" in user:
        raise RemoteSipError("Bad URI: two @")
    rest, _, headers = rest.partition("?")
    host_port, *words = rest.split(";")
    match = _HOST_PORT.match(host_port)
    if match is None:
        raise RemoteSipError("Bad host in URI")
    port = int(match["port"]) if match["port"] else None
    if port is not None and not 0 < port < 65536:
        raise RemoteSipError("Bad port in URI")
    if at and not user:
        raise RemoteSipError("Empty user in URI")
    parameters: dict[str, str] = {}
    for word in words:
        name, _, value = word.partition("=")
        parameters.setdefault(name.strip().lower(), value.strip())
    username = user.partition(":")[0]  # a password in a URI is never used (RFC 3261 §19.1.1)
    return SipUri(scheme, _unescape(username), match["host"].lower(), port, parameters, headers)


def _unescape(text: str) -> str:
    """Undo escapes; those of control characters stay: they end lines in what is written of a call.

    Call records, the manager's events and AGI are such lines.
    """
    if "%" not in text:
        return text
    raw = _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text)
    return raw.encode("latin-1", "replace").decode("utf-8", "surrogateescape")


_UNSAFE_IN_USER = re.compile(r"[^A-Za-z0-9_.!~*'()&=+$,;?/-]")


def _escape_user(user: str) -> str:
    return _UNSAFE_IN_USER.sub(_escape, user)


def _escape(match: re.Match[str]) -> str:
    return "".join(f"%{octet:02X}" for octet in match[0].encode("utf-8", "surrogateescape"))
