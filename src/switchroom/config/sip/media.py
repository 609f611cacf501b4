"""What ``sip.conf`` says about media: of ``[general]``, and of a peer before that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from switchroom.config.dscp import parse_tos
from switchroom.config.language.values import is_true, parse_number

ValueT = TypeVar("ValueT")

#: The options that :func:`read_sip_media` reads.
MEDIA_OPTIONS = frozenset(
    {"rtptimeout", "rtpholdtimeout", "rtpkeepalive", "videosupport", "t38pt_udptl"}
    | {"directmedia", "canreinvite", "tos_audio", "cos_audio", "tos_video", "cos_video"}
)


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
    tos_audio: int = 0  #: the octet of DiffServ
    cos_audio: int = 0  #: the priority of frames, as 802.1p has it
    tos_video: int = 0
    cos_video: int = 0
    direct: bool = False
    not_behind_nat: bool = False
    video: bool = False
    fax: bool = False
    fax_correction: str = "none"  #: in the words of pjsip.conf
    fax_datagram: int = 0  #: octets


def read_sip_media(option: ReadOption) -> SipMedia:
    """The media options of a peer."""
    fax, correction, datagram = option("t38pt_udptl", _fax, (False, "none", 0))
    older = option("canreinvite", _words, frozenset[str]())
    direct_media = option("directmedia", _words, older)
    return SipMedia(
        direct=bool(direct_media & {"yes", "nonat", "update", "outgoing", "true", "on", "1"}),
        not_behind_nat="nonat" in direct_media,
        timeout=option("rtptimeout", parse_number, 0),
        hold_timeout=option("rtpholdtimeout", parse_number, 0),
        keep_alive=option("rtpkeepalive", parse_number, 0),
        tos_audio=option("tos_audio", parse_tos, 0),
        cos_audio=option("cos_audio", parse_number, 0),
        tos_video=option("tos_video", parse_tos, 0),
        cos_video=option("cos_video", parse_number, 0),
        video=option("videosupport", _video, default=False),
        fax=fax,
        fax_correction=correction,
        fax_datagram=datagram,
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in text.split(","))


def _video(text: str) -> bool:
    return text.strip().lower() == "always" or is_true(text)


def _fax(text: str) -> tuple[bool, str, int]:
    """``yes,redundancy,maxdatagram=400``: whether, by which correction, octets."""
    first, *others = (word.strip().lower() for word in text.split(","))
    correction, datagram = "none", 0
    for word in (first, *others):
        name, _, value = word.partition("=")
        if name in {"none", "fec", "redundancy"}:
            correction = name
        elif name == "maxdatagram":
            datagram = parse_number(value)
    return is_true(first) or first in {"fec", "redundancy"}, correction, datagram
