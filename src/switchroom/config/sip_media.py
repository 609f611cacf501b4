"""What ``sip.conf`` says about media: of ``[general]``, and of a peer before that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from switchroom.config.values import parse_number

ValueT = TypeVar("ValueT")

#: The options that :func:`read_sip_media` reads.
MEDIA_OPTIONS = frozenset({"rtptimeout", "rtpholdtimeout", "rtpkeepalive"})


class ReadOption(Protocol):
    """Reads one option, the peer's or else the general one."""

    def __call__(self, name: str, read: Callable[[str], ValueT], default: ValueT) -> ValueT:
        """The option's value, read, or the default."""


@dataclass(frozen=True, slots=True)
class SipMedia:
    """How a peer's media are watched; seconds, 0: not at all."""

    timeout: int = 0
    hold_timeout: int = 0
    keep_alive: int = 0


def read_sip_media(option: ReadOption) -> SipMedia:
    """The media options of a peer."""
    return SipMedia(
        timeout=option("rtptimeout", parse_number, 0),
        hold_timeout=option("rtpholdtimeout", parse_number, 0),
        keep_alive=option("rtpkeepalive", parse_number, 0),
    )
