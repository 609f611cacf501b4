"""Session descriptions (RFC 8866): read leniently, within limits, and written strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from switchroom.sdp.errors import SdpError
from switchroom.sdp.ice import IceTerms, read_ice

MAX_LINES = 1000
MAX_MEDIA = 32
MAX_FORMATS = 64
MAX_DIGITS = 9  #: of a number

_MEDIA = re.compile(
    r"(?P<kind>\S+) (?P<port>\d{1,5})(?:/\d+)? (?P<protocol>\S+)(?P<formats>(?: \S+)*)\s*$"
)
_RTPMAP = re.compile(r"(?P<type>\d{1,3}) (?P<name>[^/\s]+)/(?P<rate>\d{1,6})(?:/(?P<channels>\d))?")

#: What static payload types mean (RFC 3551 table 4), those that a phone may send without rtpmap.
STATIC = {0: ("PCMU", 8000), 3: ("GSM", 8000), 4: ("G723", 8000), 8: ("PCMA", 8000),
          9: ("G722", 8000), 13: ("CN", 8000), 15: ("G728", 8000), 18: ("G729", 8000)}  # fmt: skip

PLAIN_PROTOCOLS = frozenset({"RTP/AVP", "RTP/AVPF"})
#: Those of protected audio; by the longer names (RFC 5764 §8) the keys come of DTLS.
DTLS_PROTOCOLS = frozenset({"UDP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVPF"})
SECURE_PROTOCOLS = frozenset({"RTP/SAVP", "RTP/SAVPF"}) | DTLS_PROTOCOLS
RTP_PROTOCOLS = PLAIN_PROTOCOLS | SECURE_PROTOCOLS
MAX_CRYPTO = 16  #: lines of one media section that are looked at
MAX_FINGERPRINTS = 16  #: likewise

DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")


@dataclass(frozen=True, slots=True)
class Format:
    """One RTP format of a media line."""

    payload_type: int
    name: str  #: upper case
    clock_rate: int
    parameters: str = ""  #: of ``a=fmtp``


@dataclass(frozen=True, slots=True)
class Media:
    """One ``m=`` line with what belongs to it."""

    kind: str
    port: int  #: 0: refused or ended
    protocol: str
    raw_formats: tuple[str, ...]
    formats: tuple[Format, ...] = ()
    host: str = ""
    direction: str = "sendrecv"
    ptime: int | None = None  #: milliseconds
    rtcp_mux: bool = False  #: RTCP may come over the same port (RFC 5761)
    crypto: tuple[str, ...] = field(default=(), repr=False)  #: of ``a=crypto``; keys stand in them
    setup: str = ""  #: of ``a=setup``
    fingerprints: tuple[str, ...] = ()  #: of ``a=fingerprint``
    ice: IceTerms | None = None
    mid: str = ""  #: what groups call it (RFC 5888)

    @property
    def is_rtp_audio(self) -> bool:
        """Whether it is audio over RTP, protected or not, and not refused."""
        return self.kind == "audio" and self.protocol in RTP_PROTOCOLS and self.port > 0


@dataclass(frozen=True, slots=True)
class Description:
    """One session description."""

    media: tuple[Media, ...]
    session_id: str = "0"
    version: str = "0"
    bundle: tuple[str, ...] = ()  #: the sections that share one port (RFC 9143)


@dataclass(slots=True)
class _Reach:
    """How whoever wrote it is reached, and proves himself: of the session, or of one section."""

    setup: str = ""
    ufrag: str = ""
    password: str = field(default="", repr=False)
    fingerprints: list[str] = field(default_factory=list)

    def take(self, name: str, text: str) -> None:
        text = text.strip()
        if name == "setup":
            self.setup = text
        elif name == "ice-ufrag":
            self.ufrag = text
        elif name == "ice-pwd":
            self.password = text
        elif name == "fingerprint" and len(self.fingerprints) < MAX_FINGERPRINTS:
            self.fingerprints.append(text)


@dataclass(slots=True)
class _Open:
    """A media section while it is read."""

    kind: str
    port: int
    protocol: str
    raw_formats: tuple[str, ...]
    host: str
    direction: str
    ptime: int | None = None
    mid: str = ""
    reach: _Reach = field(default_factory=_Reach)
    names: dict[int, tuple[str, int]] = field(default_factory=dict)
    parameters: dict[int, str] = field(default_factory=dict)
    rtcp_mux: bool = False
    crypto: list[str] = field(default_factory=list)

    def close(self, session: _Reach, *, is_lite: bool) -> Media:
        formats: list[Format] = []
        for raw in self.raw_formats:
            number = _number(raw)
            if number is None or number > 127:
                continue
            known = self.names.get(number) or STATIC.get(number)
            if known is not None:
                formats.append(Format(number, *known, self.parameters.get(number, "")))
        ours = self.reach
        ice = read_ice(
            ours.ufrag or session.ufrag, ours.password or session.password, is_lite=is_lite
        )
        # c=0.0.0.0 is how RFC 2543 peers put on hold (RFC 3264 §8.4), but how browsers say that
        # they will know better soon.
        held = self.host == "0.0.0.0" and ice is None  # read, not bound
        direction = "sendonly" if held and self.direction == "sendrecv" else self.direction
        return Media(
            self.kind, self.port, self.protocol, self.raw_formats, tuple(formats), self.host,
            direction, self.ptime, self.rtcp_mux, tuple(self.crypto),
            ours.setup or session.setup, tuple(ours.fingerprints or session.fingerprints), ice,
            self.mid,
        )  # fmt: skip


class _Reader:
    def __init__(self) -> None:
        self.host = ""
        self.direction = "sendrecv"
        self.session_id = self.version = "0"
        self.media: list[_Open] = []
        self.reach = _Reach()
        self.is_lite = False
        self.bundle: tuple[str, ...] = ()

    def line(self, kind: str, value: str) -> None:
        current = self.media[-1] if self.media else None
        match kind:
            case "o":
                words = value.split()
                if len(words) == 6:
                    self.session_id, self.version = words[1], words[2]
            case "c":
                host = _connection(value)
                if current is None:
                    self.host = host
                else:
                    current.host = host
            case "m":
                self._open(value)
            case "a" if current is None:
                self._attribute(value)
            case "a" if current is not None:
                _attribute(current, value)

    def _attribute(self, value: str) -> None:
        name, _, text = value.partition(":")
        if value in DIRECTIONS:
            self.direction = value
        elif value == "ice-lite":
            self.is_lite = True
        elif name == "group" and text.upper().startswith("BUNDLE ") and not self.bundle:
            self.bundle = tuple(text.split()[1:])
        else:
            self.reach.take(name, text)

    def _open(self, value: str) -> None:
        match = _MEDIA.match(value)
        if match is None or int(match["port"]) > 65535 or len(self.media) >= MAX_MEDIA:
            raise SdpError("Bad m= line in SDP")
        formats = tuple(match["formats"].split())
        if len(formats) > MAX_FORMATS:
            raise SdpError("Too many formats in SDP")
        kind, protocol = match["kind"].lower(), match["protocol"].upper()
        port = int(match["port"])
        self.media.append(_Open(kind, port, protocol, formats, self.host, self.direction))


def _connection(value: str) -> str:
    words = value.split()
    if len(words) != 3 or words[0] != "IN" or words[1] not in {"IP4", "IP6"}:
        raise SdpError("Bad c= line in SDP")
    return words[2].partition("/")[0]


def _number(text: str) -> int | None:
    """A payload type or a packet's length; None for what is none, or none of that size."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else None


def _attribute(media: _Open, value: str) -> None:
    name, _, text = value.partition(":")
    if value in DIRECTIONS:
        media.direction = value
    elif name == "ptime":
        media.ptime = _number(text.strip())
    elif value == "rtcp-mux":
        media.rtcp_mux = True
    elif name == "crypto" and len(media.crypto) < MAX_CRYPTO:
        media.crypto.append(text)
    elif name == "rtpmap":
        match = _RTPMAP.match(text.strip())
        if match is not None and int(match["type"]) < 128:
            media.names[int(match["type"])] = (match["name"].upper(), int(match["rate"]))
    elif name == "fmtp":
        of, _, parameters = text.strip().partition(" ")
        if (number := _number(of)) is not None:
            media.parameters[number] = parameters
    elif name == "mid":
        media.mid = text.strip()
    else:
        media.reach.take(name, text)


@lru_cache(maxsize=64)
def parse_description(text: str) -> Description:
    """Read a description; the last few are remembered, since an offer is read to be answered too.

    Args:
        text: Lines ended by CRLF or LF; unknown ones are passed over.

    Raises:
        SdpError: No ``v=`` line first, a connection or media line that cannot be read, or
            more of anything than the limits above.
    """
    lines = text.splitlines()
    if not lines or not lines[0].startswith("v=") or len(lines) > MAX_LINES:
        raise SdpError("Bad SDP")
    reader = _Reader()
    for line in lines[1:]:
        if len(line) > 1 and line[1] == "=":
            reader.line(line[0], line[2:].strip())
    media = tuple(each.close(reader.reach, is_lite=reader.is_lite) for each in reader.media)
    return Description(media, reader.session_id, reader.version, reader.bundle)
