"""What is added to a description that offer and answer have made."""

from __future__ import annotations

from collections.abc import Sequence


def with_lines(
    description: str, *, session: Sequence[str] = (), media: Sequence[str] = (), index: int = 0
) -> str:
    """Put lines behind those of the session, and behind those of one media section.

    Args:
        description: As it was written, each line ended by CRLF.
        session: Attributes of the whole.
        media: Attributes of the section.
        index: Which section, counted from 0.
    """
    if not (session or media):
        return description
    head, *sections = description.split("\r\nm=")
    lines = ["", *session]
    sections[index] = sections[index].removesuffix("\r\n") + "\r\n".join(["", *media])
    whole = "\r\nm=".join([head + "\r\n".join(lines), *sections])
    return whole.removesuffix("\r\n") + "\r\n"


def with_protocol(offer: str, protocol: str) -> str:
    """An offer of one section under another profile."""
    head, _, formats = offer.partition("m=audio ")
    port, before, rest = formats.split(" ", 2)
    assert before.startswith("RTP/")
    return f"{head}m=audio {port} {protocol} {rest}"
