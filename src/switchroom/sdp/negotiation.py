"""Offer and answer for one audio stream (RFC 3264)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from switchroom.sdp.crypto import Crypto, choose
from switchroom.sdp.description import (
    DTLS_PROTOCOLS,
    SECURE_PROTOCOLS,
    Description,
    Format,
    Media,
    parse_description,
)
from switchroom.sdp.dtls import DtlsTerms, read_terms
from switchroom.sdp.errors import NotAcceptableError, SdpError
from switchroom.sdp.ice import IceTerms

TELEPHONE_EVENT = "TELEPHONE-EVENT"
DEFAULT_PTIME = 20  #: milliseconds
MAX_PTIME = 60  #: milliseconds that we send in one packet at most

_MIRRORED = {"sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly",
             "inactive": "inactive"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Codec:
    """One codec as the configuration allows it."""

    name: str  #: encoding name, upper case
    clock_rate: int
    payload_type: int  #: that we offer it with
    channels: int = 1
    parameters: str = ""  #: of ``a=fmtp``

    def lines(self, payload_type: int) -> list[str]:
        """What describes it in SDP, under a payload type."""
        name = self.name.lower() if self.channels > 1 else self.name
        channels = f"/{self.channels}" if self.channels > 1 else ""
        lines = [f"a=rtpmap:{payload_type} {name}/{self.clock_rate}{channels}"]
        return [*lines, f"a=fmtp:{payload_type} {self.parameters}"] if self.parameters else lines


PCMU = Codec("PCMU", 8000, 0)
PCMA = Codec("PCMA", 8000, 8)
EVENT_PAYLOAD_TYPE = 101  #: that we offer telephone-event with


class Secrecy(Enum):
    """Whether audio must be protected."""

    NONE = auto()  #: plain RTP only
    REQUIRED = auto()  #: never in the clear
    OPTIMISTIC = auto()  #: protected where the other side can (RFC 8643)


class Keying(Enum):
    """Where the keys of protected audio come from."""

    SDES = auto()  #: they stand in the description (RFC 4568)
    DTLS = auto()  #: of a handshake (RFC 5763)
    DTLS_WEAK = auto()  #: likewise, and SHA-1 proves a certificate too


@dataclass(slots=True)  # not frozen: each call makes some, and that takes thrice as long
class Agreement:
    """What both sides settled on."""

    codec: Codec
    payload_type: int  #: the offerer's number for it
    host: str
    port: int
    direction: str  #: seen from us
    telephone_event: int | None = None
    event_clock_rate: int = 8000
    ptime: int = DEFAULT_PTIME  #: milliseconds
    index: int = 0  #: which m= line it is
    protocol: str = "RTP/AVP"  #: that the peer wrote
    rtcp_mux: bool = False  #: both sides want RTCP over the port of RTP
    crypto: Crypto | None = None  #: the peer's key that counts
    dtls: DtlsTerms | None = None  #: how the peer shakes hands; with neither, audio is in the clear
    ice: IceTerms | None = None  #: the peer's, where it knows ICE
    mid: str = ""  #: what the peer calls the section in groups
    is_bundled: bool = False  #: the peer would have others share its port
    parameters: str = ""  #: of the peer's ``a=fmtp``
    comfort_noise: int | None = None  #: payload type, where the peer wants it (RFC 3389)
    #: All that both have, the one that counts first.
    common: tuple[Codec, ...] = field(default=(), compare=False)


@dataclass(slots=True)
class Origin:
    """Our ``o=`` line: the version counts up with every description (RFC 3264 §5)."""

    session_id: int
    version: int = 0
    owner: str = "-"
    session: str = "Switchroom"  #: the ``s=`` line

    def line(self, host: str) -> str:
        """The next one."""
        self.version += 1
        return f"o={self.owner} {self.session_id} {self.version} {_network(host)}"


def agree(
    offer: str,
    codecs: Sequence[Codec],
    *,
    use_events: bool = True,
    secrecy: Secrecy = Secrecy.NONE,
    keying: Keying = Keying.SDES,
    rtcp_mux: bool = False,
) -> Agreement:
    """Choose from an offer, or take an answer.

    Args:
        offer: The peer's description.
        codecs: What we allow, best first; our order counts.
        use_events: Whether telephone-event is wanted where it is offered.
        secrecy: Whether audio must be protected, may be, or must not.
        keying: By what.
        rtcp_mux: Whether RTCP over the port of RTP is wanted where it is offered.

    Raises:
        NotAcceptableError: No audio over RTP, no common codec, or not the secrecy that is asked.
        SdpError: The offer cannot be read; 400.
    """
    description = parse_description(offer)
    for index, media in enumerate(description.media):
        if media.is_rtp_audio:
            common = _common(media, codecs)
            codec, chosen = common[0]
            event, event_clock_rate = (
                _event(media.formats, codec.clock_rate) if use_events else (None, 8000)
            )
            crypto, dtls = _protection(media, secrecy, keying)
            return Agreement(
                codec, chosen.payload_type, media.host, media.port, _MIRRORED[media.direction],
                event, event_clock_rate, _ptime(media), index, media.protocol,
                rtcp_mux=rtcp_mux and media.rtcp_mux, crypto=crypto, dtls=dtls, ice=media.ice,
                mid=media.mid, is_bundled=bool(media.mid) and media.mid in description.bundle,
                parameters=chosen.parameters,
                comfort_noise=_comfort_noise(media.formats, codec.clock_rate),
                common=tuple([each for each, _ in common]),
            )  # fmt: skip
    raise NotAcceptableError("No audio over RTP offered")


def audio_formats(description: str) -> list[tuple[str, int]]:
    """Names and clock rates of what the first audio section has, in its order.

    Raises:
        SdpError: It cannot be read; 400.
    """
    audio = (media for media in parse_description(description).media if media.is_rtp_audio)
    formats = next((media.formats for media in audio), ())
    return [(each.name, each.clock_rate) for each in formats]


def _protection(
    media: Media, secrecy: Secrecy, keying: Keying
) -> tuple[Crypto | None, DtlsTerms | None]:
    """Where the keys come from; never the clear where protection is asked for."""
    crypto, dtls = None, None
    if secrecy is not Secrecy.NONE and keying is Keying.SDES:
        crypto = choose(media.crypto) if media.protocol not in DTLS_PROTOCOLS else None
    elif secrecy is not Secrecy.NONE:
        allows_weak = keying is Keying.DTLS_WEAK
        dtls = read_terms(media.fingerprints, media.setup, allows_weak=allows_weak)
    if crypto is None and dtls is None and media.protocol in SECURE_PROTOCOLS:
        if secrecy is Secrecy.NONE:
            raise NotAcceptableError("Protected audio is not configured")
        what = "crypto attribute" if keying is Keying.SDES else "fingerprint"
        raise NotAcceptableError(f"No usable {what}")
    if crypto is None and dtls is None and secrecy is Secrecy.REQUIRED:
        raise NotAcceptableError("Audio must be protected")
    return crypto, dtls


def _common(media: Media, codecs: Sequence[Codec]) -> list[tuple[Codec, Format]]:
    """The codecs that the peer has, too, each with how the peer describes it."""
    if not media.host:
        raise SdpError("No c= line in SDP")
    found = [
        (codec, each)
        for codec in codecs
        for each in media.formats
        if each.name == codec.name and each.clock_rate == codec.clock_rate
    ]
    if not found:
        raise NotAcceptableError("No common codec")
    return found


def _ptime(media: Media) -> int:
    ptime = media.ptime or DEFAULT_PTIME
    return ptime if ptime % 10 == 0 and 10 <= ptime <= MAX_PTIME else DEFAULT_PTIME


def _comfort_noise(formats: tuple[Format, ...], clock_rate: int) -> int | None:
    """Its payload type: that of the codec's clock rate (RFC 3389 §4.1)."""
    wanted = ("CN", clock_rate)
    return next((f.payload_type for f in formats if (f.name, f.clock_rate) == wanted), None)


def _event(formats: tuple[Format, ...], clock_rate: int) -> tuple[int | None, int]:
    """Its payload type and clock rate: the codec's (RFC 4733 §2.1), or the usual one."""
    for rate in (clock_rate, 8000):
        for each in formats:
            if (each.name, each.clock_rate) == (TELEPHONE_EVENT, rate):
                return each.payload_type, rate
    return None, 8000


def write_answer(
    offer: str,
    agreement: Agreement,
    origin: Origin,
    *,
    host: str,
    port: int,
    crypto: Crypto | None = None,
) -> str:
    """The answer: every m= line of the offer in its place, all but ours refused (RFC 3264 §6).

    Args:
        offer: What is answered.
        agreement: What was made of it.
        origin: Ours.
        host: Where we want audio.
        port: Where we want audio.
        crypto: Our key, where the agreement has one of theirs.
    """
    description: Description = parse_description(offer)
    lines = session_head(origin, host)
    for index, media in enumerate(description.media):
        if index == agreement.index:
            lines += _audio(agreement, port)
            lines += [crypto.line()] if crypto is not None else []
        else:
            formats = " ".join(media.raw_formats) or "0"
            lines.append(f"m={media.kind} 0 {media.protocol} {formats}")
    return "\r\n".join(lines) + "\r\n"


def write_offer(
    codecs: Sequence[Codec],
    origin: Origin,
    *,
    host: str,
    port: int,
    use_events: bool = True,
    direction: str = "sendrecv",
) -> str:
    """An offer of one audio stream."""
    types = [codec.payload_type for codec in codecs]
    lines = session_head(origin, host)
    event = [EVENT_PAYLOAD_TYPE] if use_events else []
    lines.append(f"m=audio {port} RTP/AVP {' '.join(map(str, types + event))}")
    for codec in codecs:
        lines += codec.lines(codec.payload_type)
    lines += _event_lines(event[0] if event else None, 8000)
    lines += [f"a=ptime:{DEFAULT_PTIME}", f"a=maxptime:{MAX_PTIME}", f"a={direction}"]
    return "\r\n".join(lines) + "\r\n"


def session_head(origin: Origin, host: str) -> list[str]:
    """The lines above the sections of a description of ours."""
    return ["v=0", origin.line(host), f"s={origin.session}", f"c={_network(host)}", "t=0 0"]


def _audio(agreement: Agreement, port: int) -> list[str]:
    codec, number = agreement.codec, agreement.payload_type
    event = agreement.telephone_event
    comfort = agreement.comfort_noise
    types = " ".join(str(each) for each in (number, comfort, event) if each is not None)
    return [
        f"m=audio {port} {agreement.protocol} {types}",
        *codec.lines(number),
        *([f"a=rtpmap:{comfort} CN/{codec.clock_rate}"] if comfort is not None else []),
        *_event_lines(event, agreement.event_clock_rate),
        f"a=ptime:{agreement.ptime}",
        f"a={agreement.direction}",
        *(["a=rtcp-mux"] if agreement.rtcp_mux else []),
    ]


def _event_lines(event: int | None, clock_rate: int) -> list[str]:
    if event is None:
        return []
    return [f"a=rtpmap:{event} telephone-event/{clock_rate}", f"a=fmtp:{event} 0-16"]


def _network(host: str) -> str:
    return f"IN IP6 {host}" if ":" in host else f"IN IP4 {host}"
