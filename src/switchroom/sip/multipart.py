"""Bodies of several parts: the one that is understood is used (RFC 2046 §5.1, RFC 5621)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from switchroom.sip.message import Header, Message

MAX_PARTS = 16  #: what is behind is ignored


@dataclass(frozen=True, slots=True)
class Part:
    """One body of several."""

    headers: tuple[Header, ...]  #: its Content-Type among them
    body: str


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
    for head, body in _parts(message.body, _boundary(kind)):
        # RFC 2046 §5.1: text is what needs not be said.
        if media_type(_field(head, "content-type", "c") or "text/plain") == wanted:
            return body
    return None


def body_of_id(message: Message, wanted: str) -> bytes | None:
    """The body, or its part, with a Content-ID (RFC 2392); None where there is none.

    Args:
        message: As it came.
        wanted: What stands behind ``cid:``.
    """
    kind = message.get("content-type")
    if not media_type(kind).startswith("multipart/"):
        return message.body if message.get("content-id").strip("<> ") == wanted else None
    for head, body in _parts(message.body, _boundary(kind)):
        if _field(head, "content-id").strip("<> ") == wanted:
            return body
    return None


def write_parts(parts: Sequence[Part], boundary: str) -> tuple[Header, bytes]:
    """Several bodies as one, with its Content-Type.

    Args:
        parts: In their order.
        boundary: Letters that stand in none of them.
    """
    written = [
        f"--{boundary}\r\n"
        + "".join(f"{name}: {value}\r\n" for name, value in part.headers)
        + f"\r\n{part.body}\r\n"
        for part in parts
    ]
    body = f"{''.join(written)}--{boundary}--\r\n"
    return ("Content-Type", f"multipart/mixed;boundary={boundary}"), body.encode()


def _boundary(kind: str) -> bytes:
    for parameter in kind.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "boundary":
            return value.strip().strip('"').encode("utf-8", "surrogateescape")
    return b""


def _parts(body: bytes, boundary: bytes) -> list[tuple[bytes, bytes]]:
    """Headers and octets of each part; parts within parts are not opened."""
    if not boundary:
        return []
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary, MAX_PARTS + 1)[1:]
    parts = []
    for piece in pieces:
        if piece.startswith(b"--"):
            break
        head, empty_line, content = piece.partition(b"\r\n\r\n")
        if empty_line:
            parts.append((head, content))
    return parts


def _field(head: bytes, *names: str) -> str:
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() in names:
            return value.strip()
    return ""


def sdp_of(message: Message) -> str:
    """The offer or answer that a message carries, whatever its octets are; empty without one."""
    if not message.body:
        return ""
    return (body_of_type(message, "application/sdp") or b"").decode("utf-8", "replace")
