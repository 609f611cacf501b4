"""From octets to messages; streams are framed by Content-Length (RFC 3261 §7, §18.3)."""

from __future__ import annotations

import re

from switchroom.sip.errors import RemoteSipError
from switchroom.sip.message import COMPACT, Message, Request, Response

MAX_MESSAGE_BYTES = 65_535  #: the largest UDP payload; streams get the same
MAX_HEADERS = 256  #: lines; the largest message of RFC 4475 has about 30
MAX_REMEMBERED_NAMES = 512  #: spellings of header names; phones use some fifty
MAX_LINE = 8192  #: characters of one unfolded header, as HTTP servers allow

_TOKEN = re.compile(r"[A-Za-z0-9.!%*_+`'~-]+$")
_STATUS_LINE = re.compile(r"SIP/2\.0 (?P<status>\d{3})(?: (?P<reason>.*))?$", re.DOTALL)
_NAMES: dict[str, str] = {}  # as written: long name in lower case
_LENGTH = re.compile(rb"\n(?:content-length|l)[ \t]*:[ \t]*(\d{1,5})\b", re.IGNORECASE)
_FOLD = re.compile(r"\r?\n[ \t]+")


class MalformedMessageError(RemoteSipError):
    """A message that is wrong but readable enough to be answered.

    Args:
        message: What is wrong.
        request: What could be read of it, None when no answer is possible.
        sip_status: The answer.
    """

    def __init__(self, message: str, request: Request | None, sip_status: int = 400) -> None:
        super().__init__(message, sip_status)
        self.request = request


def parse_datagram(data: bytes) -> Message:
    """Parse one datagram; octets behind Content-Length are ignored (RFC 3261 §18.3).

    Raises:
        MalformedMessageError: It is not a SIP message, or a wrong one.
    """
    head, body = _split(data)
    message = _parse_head(head)
    length = _content_length(message)
    if length is None:
        message.body = body
    elif length > len(body):
        raise _refuse(message, "Content-Length beyond the datagram")
    else:
        message.body = body[:length]
    return message


class StreamParser:
    """Takes a connection's octets, gives messages.

    Attributes:
        is_broken: Where the next message begins cannot be told any more: close the connection.
    """

    __slots__ = ("_begun", "_buffer", "_searched", "is_broken")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0  # octets in which no head ends: they are not looked through again
        #: A message whose head is read and whose body is still coming, and how long that is.
        self._begun: tuple[Message | MalformedMessageError, int] | None = None
        self.is_broken = False

    @property
    def waiting_bytes(self) -> int:
        """How much of an unfinished message is kept."""
        return len(self._buffer) or int(self._begun is not None)

    def feed(self, data: bytes) -> list[Message | MalformedMessageError]:
        """Add octets; return what is complete now, in order, wrong messages too."""
        self._buffer += data
        found: list[Message | MalformedMessageError] = []
        while not self.is_broken:
            begun = self._begun or self._next_head()
            if begun is None:
                break
            message, length = begun
            if length is None:
                self.is_broken = True
                found.append(message)
                break
            if len(self._buffer) < length:
                self._begun = (message, length)
                break
            if isinstance(message, Message):
                message.body = bytes(self._buffer[:length])
            del self._buffer[:length]
            self._begun = None
            found.append(message)
        return found

    def _next_head(self) -> tuple[Message | MalformedMessageError, int | None] | None:
        """Take the next head out of the buffer; None where it has not come to its end."""
        # CRLF between messages is a keep-alive (RFC 5626 §3.5.1, RFC 3261 §7.5)
        while self._buffer[:2] == b"\r\n":
            del self._buffer[:2]
            self._searched = 0
        end = self._buffer.find(b"\r\n\r\n", self._searched)
        if end < 0:
            self._searched = max(len(self._buffer) - 3, 0)
            self.is_broken = len(self._buffer) > MAX_MESSAGE_BYTES
            return None
        head = bytes(self._buffer[:end])
        del self._buffer[: end + 4]
        self._searched = 0
        return self._head(head)

    def _head(self, head: bytes) -> tuple[Message | MalformedMessageError, int | None]:
        """A message without its body, and how long that is; None where it does not say."""
        message: Message | MalformedMessageError
        try:
            message = fields = _parse_head(head)
        except MalformedMessageError as error:
            if error.request is None:  # a response is skipped, what is not SIP ends the stream
                length = _LENGTH.search(head) if head.startswith(b"SIP/") else None
                return error, int(length[1]) if length is not None else None
            message, fields = error, error.request
        try:
            body_bytes = _content_length(fields) or 0
        except MalformedMessageError as error:
            return error, None
        if body_bytes > MAX_MESSAGE_BYTES:
            return _refuse(fields, "Message Too Large"), None
        return message, body_bytes


def _split(data: bytes) -> tuple[bytes, bytes]:
    end = data.find(b"\r\n\r\n")
    if end >= 0:
        return data[:end], data[end + 4 :]
    # A head without its empty line: seen from phones that stop after the last header.
    return data.rstrip(b"\r\n\0"), b""


def _parse_head(head: bytes) -> Message:
    text = head.decode("utf-8", "surrogateescape").lstrip("\r\n")
    if "\n " in text or "\n\t" in text:
        text = _FOLD.sub(" ", text)
    first, *lines = text.split("\r\n")
    if len(lines) > MAX_HEADERS:
        raise MalformedMessageError("Too many headers", None)
    fields: dict[str, list[str]] = {}
    faults: list[str] = []
    # A line end that is none by the RFC would be one to whoever reads what we write of it.
    has_stray_end = text.count("\n") != len(lines) or text.count("\r") != len(lines)
    if has_stray_end and _has_end(first):
        raise MalformedMessageError("Line end in a start line", None)
    is_suspect = has_stray_end or len(text) > MAX_LINE
    for line in lines:
        written, colon, value = line.partition(":")
        name = _NAMES.get(written) or _header_name(written)
        if not colon or not name or (is_suspect and (len(line) > MAX_LINE or _has_end(line))):
            if line:
                faults.append("Bad header line")
            continue
        value = value.strip()
        if name in fields:
            fields[name].append(value)
        else:
            fields[name] = [value]
    message = _start(first, fields)
    if faults:
        raise _refuse(message, faults[0])
    return message


def _has_end(line: str) -> bool:
    return "\n" in line or "\r" in line


def _header_name(written: str) -> str:
    """The long name in lower case, remembered for the next message; empty for what is none."""
    name = written.rstrip().lower()
    if not _TOKEN.match(name):
        return ""
    name = COMPACT.get(name, name)
    if len(_NAMES) < MAX_REMEMBERED_NAMES:
        _NAMES[written] = name
    return name


def _start(first: str, fields: dict[str, list[str]]) -> Message:
    if first.startswith("SIP/"):
        match = _STATUS_LINE.match(first)
        if match is None:
            raise MalformedMessageError("Bad status line", None)
        digits, reason = match.groups("")
        status = int(digits)
        if not 100 <= status < 700:
            raise MalformedMessageError("Bad status line", None)
        return Response(status, reason, fields)
    method, _, rest = first.partition(" ")
    uri, _, version = rest.rpartition(" ")
    if not _TOKEN.match(method) or not fields:
        raise MalformedMessageError("Not a SIP message", None)
    request = Request(method, uri, fields)
    if version != "SIP/2.0" and version.upper() != "SIP/2.0":
        if version.upper().startswith("SIP/") and uri:
            raise MalformedMessageError("Version Not Supported", request, 505)
        raise MalformedMessageError("Bad request line", request)
    if not uri or " " in uri or "\t" in uri or uri.startswith("<"):
        raise MalformedMessageError("Bad Request-URI", request)
    return request


def _content_length(message: Message) -> int | None:
    values = message.fields.get("content-length")
    if not values:
        return None
    if len(values) > 1 and any(value != values[0] for value in values):
        raise _refuse(message, "Different Content-Lengths")
    if not values[0].isascii() or not values[0].isdigit() or len(values[0]) > 9:
        raise _refuse(message, "Bad Content-Length")
    return int(values[0])


def _refuse(message: Message, why: str) -> MalformedMessageError:
    return MalformedMessageError(why, message if isinstance(message, Request) else None)
