"""What phones hear, from the files that they write while they do."""

from __future__ import annotations

import struct
from array import array
from pathlib import Path
from typing import Protocol

from switchroom.media.codecs.samples import resample
from tests.peers.program import WITHIN, wait_until
from tests.support.tones import read_wav, seconds_of


class HasHeard(Protocol):
    """A phone."""

    @property
    def heard(self) -> Path:
        """A wav file of what its user hears."""


def heard_in(path: Path) -> bytes:
    """What a phone wrote into a wav file, at 8,000 Hz; its sizes may never have been completed."""
    channels, rate = _header(path)
    octets = read_wav(path)
    samples = array("h", octets[: len(octets) & ~1])[::channels].tobytes()
    return samples if rate == 8000 else resample(samples, rate, 8000)


def _header(path: Path) -> tuple[int, int]:
    """Channels, and the rate in hertz."""
    with path.open("rb") as file:
        channels, rate = struct.unpack_from("<HI", file.read(44), 22)
    return channels, rate


def seconds_heard(path: Path, hertz: float) -> float:
    """For how long a phone heard a tone."""
    return seconds_of(heard_in(path), hertz)


def seconds_heard_so_far(path: Path, hertz: float) -> float:
    """As :func:`seconds_heard`, while the phone still writes.

    linphonec writes the header last, and at the rate of its codec: at all others it is another tone.
    """
    if _header(path)[1]:
        return seconds_heard(path, hertz)
    octets = read_wav(path)
    samples = octets[: len(octets) & ~1]
    return max(seconds_of(resample(samples, rate, 8000), hertz) for rate in (8000, 16000, 48000))


def wait_until_heard(
    phone: HasHeard, hertz: float, seconds: float = 0.7, *, within: float = WITHIN
) -> None:
    """Wait until a phone has heard a tone for so long in its call, which goes on."""

    def has_heard() -> float:
        try:
            return seconds_heard_so_far(phone.heard, hertz)
        except (OSError, ValueError, struct.error):  # no file yet, or no header in it
            return 0.0

    wait_until(
        lambda: has_heard() >= seconds,
        lambda: f"{hertz} Hz was heard for {has_heard():.1f} s, not for {seconds} s",
        within=within,
    )
