"""What a codec says about itself; each file of this package declares its own as ``CODEC``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Native(IntEnum):
    """Which one it is on the native side (``coder.h``)."""

    PCMU = 0
    PCMA = 1
    G722 = 2
    LINEAR = 3
    GSM = 4
    OPUS = 5


@dataclass(frozen=True, slots=True)
class Codec:
    """One codec of the media engine."""

    name: str  #: encoding name in SDP, upper case
    config_name: str  #: in ``allow=``
    description: str
    native: Native
    payload_type: int  #: that we offer it with
    clock_rate: int = 8000  #: hertz, of RTP timestamps
    sample_rate: int = 8000  #: hertz, of what it decodes to
    channels: int = 1  #: as SDP has them; we send one
    parameters: str = ""  #: that we write as ``a=fmtp``
    frame: float = 0.001  #: seconds; a packet has so many or a multiple
    octets: int = 8000  #: in a second, at most
    cost: int = 0  #: of coding it, microseconds for a second of audio, roughly
    library: str | None = None  #: the shared library that it needs
