"""Bodies of several parts: the one that is understood is used (RFC 2046 §5.1, RFC 5621)."""

from __future__ import annotations

from functools import lru_cache

from switchroom.sip.message import Message

MAX_PARTS = 16  #: what is behind is ignored


@lru_cache(maxsize=64)
def media_type(value: str) -> str:
    """Type and subtype of a Content-Type, in lower case, without its parameters."""
    return value.partition(";")[0].strip().lower()


def body_of_type(message: Message, wanted: str) -> bytes | None:
    """The body, or its first part, of a media type such as ``application/sdp``.

    Returns:
        None: There is none of it. A body without a Content-Type is what is wanted.
    """
    kind = message.get("content-type")
    if media_type(kind) in {"", wanted}:
        return message.body
    if not media_type(kind).startswith("multipart/"):
        return None
    for part_type, body in _parts(message.body, _boundary(kind)):
        if media_type(part_type) == wanted:
            return body
    return None


def _boundary(kind: str) -> bytes:
    for parameter in kind.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "boundary":
            return value.strip().strip('"').encode("utf-8", "surrogateescape")
    return b""


def _parts(body: bytes, boundary: bytes) -> list[tuple[str, bytes]]:
    """Content-Type and octets of each part; parts within parts are not opened."""
    if not boundary:
        return []
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary, MAX_PARTS + 1)[1:]
    parts = []
    for piece in pieces:
        if piece.startswith(b"--"):
            break
        head, empty_line, content = piece.partition(b"\r\n\r\n")
        if empty_line:
            parts.append((_content_type(head), content))
    return parts


def _content_type(head: bytes) -> str:
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() in {"content-type", "c"}:
            return value.strip()
    return "text/plain"  # RFC 2046 §5.1


def sdp_of(message: Message) -> str:
    """The offer or answer that a message carries, whatever its octets are; empty without one."""
    if not message.body:
        return ""
    return (body_of_type(message, "application/sdp") or b"").decode("utf-8", "replace")
