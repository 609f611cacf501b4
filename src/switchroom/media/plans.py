"""What else may be asked of a stream: to be recorded, listened to, seated in a conference."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SILENCE_LEVEL = 256  #: mean magnitude below which a frame is silent; a tone of -35 dBm0


@dataclass(frozen=True, slots=True)
class TonePlan:
    """A tone that somebody waits for."""

    hertz: float
    second: float = 0.0  #: hertz of a tone that must be there too; 0: none
    duration: float = 0.5  #: seconds until it is told
    decibels: float = 16.0  #: that it must be louder than all else
    is_heard: bool = False  #: in what the party hears, not in what it says


@dataclass(frozen=True, slots=True)
class MonitorPlan:
    """The files that both directions of a stream are recorded into; at least one of them."""

    mixed: Path | None = None
    said: Path | None = None  #: what the party says, alone
    heard: Path | None = None  #: what it hears, alone
    append: bool = False  #: behind what the files have
    interleaved: bool = False  #: ``mixed`` gets both as two channels, without a header
    only_connected: bool = False  #: leave out what is said while nobody is connected
    said_gain: float = 1.0  #: factor
    heard_gain: float = 1.0  #: factor


@dataclass(frozen=True, slots=True)
class SpyPlan:
    """What somebody who listens in hears, and who hears him."""

    hears_said: bool = True  #: what the party says
    hears_heard: bool = True  #: what the party hears
    whispers: bool = False  #: the party hears him
    barges: bool = False  #: the party and whom it is connected with hear him


@dataclass(frozen=True, slots=True)
class SeatPlan:
    """How one party takes part in a mix."""

    talks: bool = True  #: False: it is muted
    hears: bool = True  #: False: it hears silence
    talk_gain: float = 1.0  #: factor, of what the others hear of it
    listen_gain: float = 1.0  #: factor, of what it hears of the others
    drops_silence: bool = False  #: it is left out while it is silent, its noise with it
    talk_level: int = SILENCE_LEVEL  #: for that, as of :meth:`Stream.detect_talking`
    silence: float = 2.5  #: seconds of silence until it is left out
    buffers: bool = False  #: hold its packets back against jitter; False: only as far as needed
