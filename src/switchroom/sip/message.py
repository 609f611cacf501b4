"""SIP messages: indexed when they arrive, decoded when somebody asks (RFC 3261 §7)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.name_addr import NameAddr, parse_name_addr
from switchroom.sip.headers.parameters import split_list
from switchroom.sip.headers.via import Via, parse_via

Header = tuple[str, str]

COMPACT = {
    "a": "accept-contact", "b": "referred-by", "c": "content-type", "e": "content-encoding",
    "f": "from", "i": "call-id", "k": "supported", "l": "content-length", "m": "contact",
    "o": "event", "r": "refer-to", "s": "subject", "t": "to", "u": "allow-events", "v": "via",
    "x": "session-expires", "y": "identity",
}  # fmt: skip
"""Short names of headers (RFC 3261 §7.3.3 and the RFCs of each)."""

_CSEQ = re.compile(r"(?P<number>\d{1,10})\s+(?P<method>[A-Za-z0-9.!%*_+`'~-]+)$")

_ENDS = re.compile(r"[\r\n]+")

REASONS = {
    100: "Trying", 180: "Ringing", 181: "Call Is Being Forwarded", 182: "Queued",
    183: "Session Progress", 200: "OK", 202: "Accepted", 300: "Multiple Choices",
    301: "Moved Permanently", 302: "Moved Temporarily", 400: "Bad Request", 401: "Unauthorized",
    403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
    407: "Proxy Authentication Required", 408: "Request Timeout", 410: "Gone",
    413: "Request Entity Too Large", 415: "Unsupported Media Type",
    416: "Unsupported URI Scheme", 420: "Bad Extension", 421: "Extension Required",
    423: "Interval Too Brief", 424: "Bad Location Information", 428: "Use Identity Header",
    436: "Bad Identity Info", 437: "Unsupported Credential", 438: "Invalid Identity Header",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 483: "Too Many Hops",
    484: "Address Incomplete", 486: "Busy Here", 487: "Request Terminated",
    488: "Not Acceptable Here", 489: "Bad Event", 491: "Request Pending",
    500: "Server Internal Error", 501: "Not Implemented", 502: "Bad Gateway",
    503: "Service Unavailable", 504: "Server Time-out", 505: "Version Not Supported",
    513: "Message Too Large", 600: "Busy Everywhere", 603: "Decline",
    604: "Does Not Exist Anywhere", 606: "Not Acceptable",
}  # fmt: skip
"""Reason phrases (RFC 3261 §21)."""


class Message:
    """What requests and responses share.

    Args:
        fields: Header names in lower case, long form, each with its values in order.
        body: The octets behind the empty line.
    """

    __slots__ = ("_cseq", "_from", "_to", "_via", "body", "fields")

    def __init__(self, fields: dict[str, list[str]], body: bytes = b"") -> None:
        self.fields = fields
        self.body = body
        self._via: Via | None = None
        self._cseq: tuple[int, str] | None = None
        self._from: NameAddr | None = None
        self._to: NameAddr | None = None

    def get(self, name: str, default: str = "") -> str:
        """The first value of a header, by its lower-case long name."""
        values = self.fields.get(name)
        return values[0] if values else default

    def all(self, name: str) -> list[str]:
        """Every value of a header, lists taken apart."""
        return [part for value in self.fields.get(name, ()) for part in split_list(value)]

    @property
    def via(self) -> Via:
        """The topmost Via.

        Raises:
            RemoteSipError: It is missing or not readable.
        """
        if self._via is None:
            value = self.get("via")
            if "," in value:
                value = split_list(value)[0]
            self._via = parse_via(value)
        return self._via

    @property
    def call_id(self) -> str:
        """The Call-ID as it stands."""
        return self.get("call-id")

    @property
    def cseq(self) -> tuple[int, str]:
        """Number and method.

        Raises:
            RemoteSipError: Not RFC 3261 §20.16, or not below 2**31 (§8.1.1.5).
        """
        if self._cseq is None:
            match = _CSEQ.match(self.get("cseq"))
            if match is None or int(match["number"]) >= 2**31:
                raise RemoteSipError("Bad CSeq")
            self._cseq = (int(match["number"]), match["method"])
        return self._cseq

    @property
    def from_(self) -> NameAddr:
        """Who sends (in a request).

        Raises:
            RemoteSipError: It is missing or not readable.
        """
        if self._from is None:
            self._from = parse_name_addr(self.get("from"))
        return self._from

    @property
    def to(self) -> NameAddr:
        """Who is meant (in a request).

        Raises:
            RemoteSipError: It is missing or not readable.
        """
        if self._to is None:
            self._to = parse_name_addr(self.get("to"))
        return self._to


class Request(Message):
    """A request as it came, or as it will go."""

    __slots__ = ("method", "uri")

    def __init__(
        self, method: str, uri: str, fields: dict[str, list[str]], body: bytes = b""
    ) -> None:
        super().__init__(fields, body)
        self.method = method
        self.uri = uri

    def __repr__(self) -> str:
        return f"<{self.method} {self.uri} {self.call_id}>"


class Response(Message):
    """A response as it came."""

    __slots__ = ("reason", "status")

    def __init__(
        self, status: int, reason: str, fields: dict[str, list[str]], body: bytes = b""
    ) -> None:
        super().__init__(fields, body)
        self.status = status
        self.reason = reason

    def __repr__(self) -> str:
        return f"<{self.status} {self.reason} {self.call_id}>"


def build_request(method: str, uri: str, headers: Iterable[Header], body: bytes = b"") -> bytes:
    """Write a request; Content-Length is added."""
    return _build(f"{method} {uri} SIP/2.0", headers, body)


def build_response(
    request: Request,
    status: int,
    *,
    to_tag: str = "",
    reason: str = "",
    headers: Iterable[Header] = (),
    body: bytes = b"",
) -> bytes:
    """Write a response to ``request`` (RFC 3261 §8.2.6.2); Content-Length is added.

    Args:
        request: Its Via, From, To, Call-ID and CSeq are repeated; its first Via must already
            carry ``received`` and ``rport``.
        status: 100-699.
        to_tag: Added to To where it has none.
        reason: Another reason phrase than the usual one.
        headers: Further headers, in order.
        body: With its Content-Type among ``headers``.
    """
    fields = request.fields
    lines: list[Header] = [("Via", value) for value in fields.get("via", ())]
    lines.append(("From", request.get("from")))
    to = request.get("to")
    if to_tag and ";tag=" not in to.lower():
        to = f"{to};tag={to_tag}"
    lines += [("To", to), ("Call-ID", request.get("call-id")), ("CSeq", request.get("cseq"))]
    if status < 300:
        lines += [("Record-Route", value) for value in fields.get("record-route", ())]
    lines += headers
    return _build(f"SIP/2.0 {status} {reason or REASONS.get(status, 'Unknown')}", lines, body)


def _build(first: str, headers: Iterable[Header], body: bytes) -> bytes:
    lines = [first]
    lines += [f"{name}: {value}" for name, value in headers]
    text = "\r\n".join(lines)
    # What callers and dialplans say stands in these lines: a line end in it would make headers.
    if text.count("\n") != len(lines) - 1 or text.count("\r") != len(lines) - 1:
        text = "\r\n".join(_ENDS.sub(" ", line) for line in lines)
    end = f"\r\nContent-Length: {len(body)}\r\n\r\n"
    return (text + end).encode("utf-8", "surrogateescape") + body
