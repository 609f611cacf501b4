"""What one run of the phone was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

from switchroom.channels.sip.endpoints.endpoint import DtmfMode
from switchroom.media.api import Sound
from switchroom.net.credentials import TlsSettings
from switchroom.sdp.negotiation import Secrecy
from switchroom.sip.flow import Address
from switchroom.sip.uri import SipUri
from switchroom.tools.phone.identity import Identity
from switchroom.tools.phone.script import Step

NETWORK_PATIENCE = 10.0  #: seconds without any answer after which nobody is there


@dataclass(frozen=True, slots=True)
class AudioSettings:
    """How a call sounds."""

    codecs: tuple[str, ...] = ("ulaw", "alaw")  #: Asterisk's names, best first
    dtmf: DtmfMode = DtmfMode.RFC4733
    secrecy: Secrecy = Secrecy.NONE
    pause: float = 0.5  #: seconds of silence that end a prompt
    record: Path | None = None  #: what the other side says goes there


class Greeting(Enum):
    """What is done with a call that comes."""

    ANSWER = auto()
    REFUSE = auto()


@dataclass(frozen=True, slots=True)
class Incoming:
    """What to do with the call that is waited for."""

    greeting: Greeting
    status: int = 486  #: of the refusal
    answer_after: float = 0.0  #: seconds that it rings before
    within: float | None = None  #: seconds to wait for it; None: for ever
    further: bool = False  #: once it is over the phone is there for the next one


@dataclass(frozen=True, slots=True)
class PhoneSettings:
    """Who to be, what to do, and how."""

    identity: Identity
    registers: bool = False
    expires: int = 3600  #: seconds that a registration asks for
    dial: SipUri | None = None
    ring_for: float = 60.0  #: seconds until a call of ours is given up
    incoming: Incoming | None = None
    script: tuple[Step, ...] = ()
    sounds: Mapping[Path, Sound] = field(default_factory=dict)  #: what the script plays
    stay: float | None = None  #: seconds on the line once the script is at its end
    audio: AudioSettings = AudioSettings()
    tls: TlsSettings = field(default_factory=TlsSettings)
    bind: Address | None = None  #: of SIP; None: the address towards the server, any port
