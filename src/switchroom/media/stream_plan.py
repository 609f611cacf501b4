"""What offer and answer agreed on for one stream of audio."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from switchroom.sdp.dtls import Fingerprint
from switchroom.sdp.opus import OpusTerms

if TYPE_CHECKING:  # loading OpenSSL is for nodes that shake hands
    from switchroom.media.dtls.identity import DtlsIdentity

Address = tuple[str, int]


class Direction(StrEnum):
    """Who sends, seen from us (RFC 3264 §5.1)."""

    SENDRECV = "sendrecv"
    SENDONLY = "sendonly"
    RECVONLY = "recvonly"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class Protection:
    """How the packets of a stream are protected (SRTP, RFC 3711)."""

    #: ``AES_CM_128_HMAC_SHA1_80``, ``…_32`` (RFC 4568 §6.2), ``AEAD_AES_128_GCM`` (RFC 7714)
    suite: str
    local: bytes = field(repr=False)  #: master key and salt of what we send
    remote: bytes | None = field(default=None, repr=False)  #: of what they send; None: not known


@dataclass(frozen=True, slots=True)
class IcePlan:
    """Our credentials as an ICE-lite agent: audio is for nominated pairs only (RFC 8445)."""

    ufrag: str
    password: str = field(repr=False)
    remote_ufrag: str = ""  #: empty: their description did not come yet


@dataclass(frozen=True, slots=True)
class DtlsPlan:
    """Keys come by a handshake over the stream's own sockets (RFC 5764)."""

    identity: DtlsIdentity
    is_client: bool | None = None  #: whether we begin; None: not agreed yet
    fingerprints: tuple[Fingerprint, ...] = ()  #: of their certificate; any of them will do


@dataclass(slots=True)  # not frozen: each call makes some, and that takes thrice as long
class StreamPlan:
    """What offer and answer agreed on for one audio stream."""

    codec: str  #: encoding name of the codec in SDP, upper case
    payload_type: int  #: of ``codec``, both ways
    remote: Address | None = None  #: where to send; None: learn it from the first packet
    telephone_event: int | None = None  #: payload type of RFC 4733 digits, None: not agreed
    opus: OpusTerms = field(default_factory=OpusTerms)  #: where it is the codec
    comfort_noise: int | None = None  #: payload type of what is sent in silence (RFC 3389)
    hears_tones: bool = False  #: its digits are looked for in its audio, and taken out of it
    ptime: float = 0.02  #: seconds of audio in a packet we send
    direction: Direction = Direction.SENDRECV
    symmetric: bool = True  #: send to the address that packets come from, once learned
    receive_timeout: float | None = None  #: seconds without a packet until :class:`RtpTimedOut`
    keep_alive: float | None = None  #: seconds without a packet of ours until an empty one goes
    ports: tuple[int, int] | None = None  #: the range of its ports when it is opened; None: of all
    rtcp_mux: bool = False  #: RTCP goes over the port of RTP (RFC 5761)
    tos: int = 0  #: the octet of DiffServ of what we send; 0: as the system does
    priority: int = 0  #: of its frames (802.1p); 0: as the system does
    protection: Protection | None = None  #: None: plain RTP; otherwise nothing goes in the clear
    dtls: DtlsPlan | None = None  #: instead of ``protection``; nothing goes in the clear either
    ice: IcePlan | None = None
    #: Seconds that checks and handshakes may take; until then what is played waits, so that its
    #: beginning is heard. None: nobody waits for them, as before a call is answered.
    reach_timeout: float | None = None
    clock_rate: int = 8000  #: hertz, of the codec's timestamps
    event_clock_rate: int = 8000  #: hertz, of the durations in RFC 4733 events
