"""Video in offer and answer: it is passed on, and so is what a codec's parameters say."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from switchroom.sdp.description import RTP_PROTOCOLS
from switchroom.sdp.sections import Section

CLOCK_RATE = 90000  #: hertz, of every codec

_RTPMAP = re.compile(r"(\d{1,3}) ([^/\s]+)/(\d{1,6})")
_STATIC = {"34": "H263"}  #: what may come without rtpmap (RFC 3551 table 5)
#: Feedback that means the same on both sides of who passes it on (RFC 4585, RFC 5104).
_FEEDBACK = frozenset({"nack", "nack pli", "ccm fir"})


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """One codec as a party describes it."""

    name: str  #: encoding name, upper case
    payload_type: int
    parameters: str = ""  #: of ``a=fmtp``
    feedback: tuple[str, ...] = ()  #: of ``a=rtcp-fb``

    def lines(self) -> list[str]:
        """What describes it."""
        number = self.payload_type
        lines = [f"a=rtpmap:{number} {self.name}/{CLOCK_RATE}"]
        lines += [f"a=fmtp:{number} {self.parameters}"] if self.parameters else []
        return lines + [f"a=rtcp-fb:{number} {each}" for each in self.feedback]


def is_video(section: Section) -> bool:
    """Whether it is video over RTP, and not refused."""
    return section.kind == "video" and section.protocol in RTP_PROTOCOLS and section.port > 0


def video_formats(section: Section, allowed: Collection[str]) -> tuple[VideoFormat, ...]:
    """The formats of a section whose encoding names are allowed, in its order; each name once."""
    names = dict(_STATIC)
    for text in section.values("rtpmap"):
        match = _RTPMAP.match(text)
        if match is not None and match[3] == str(CLOCK_RATE):
            names[match[1]] = match[2].upper()
    parameters = dict(_halves(section.values("fmtp")))
    found: dict[str, VideoFormat] = {}
    for number in section.formats:
        name = names.get(number, "")
        if name in allowed and name not in found and int(number) < 128:
            feedback = tuple(
                what
                for of, what in _halves(section.values("rtcp-fb"))
                if of in {number, "*"} and what in _FEEDBACK
            )
            found[name] = VideoFormat(name, int(number), parameters.get(number, ""), feedback)
    return tuple(found.values())


def _halves(texts: Sequence[str]) -> list[tuple[str, str]]:
    return [(first, rest.strip()) for first, _, rest in (text.partition(" ") for text in texts)]


def video_lines(
    port: int,
    formats: Sequence[VideoFormat],
    *,
    protocol: str = "RTP/AVP",
    direction: str = "sendrecv",
    rtcp_mux: bool = False,
    more: Sequence[str] = (),
) -> list[str]:
    """A section of an offer or an answer.

    Args:
        port: Where we want it.
        formats: At least one.
        protocol: The profile; of an answer the offer's.
        direction: Seen from us.
        rtcp_mux: Whether RTCP comes over the same port.
        more: Further lines: our keys, how we shake hands and are reached.
    """
    types = " ".join(str(each.payload_type) for each in formats)
    lines = [f"m=video {port} {protocol} {types}"]
    for each in formats:
        lines += each.lines()
    lines += [f"a={direction}", *(["a=rtcp-mux"] if rtcp_mux else [])]
    return [*lines, *more]
