"""What the control side may ask of a media engine, and what it hears back.

Coarse commands in, coarse events out: no packet and no audio frame crosses this interface, so an
engine may be threads, a process or native code. Implementations: :mod:`switchroom.media.engine`
(real sockets) and :mod:`switchroom.tools.simulate.media` (virtual time); both pass
``tests/media/conformance.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol

Address = tuple[str, int]


class Direction(StrEnum):
    """Who sends, seen from us (RFC 3264 §5.1)."""

    SENDRECV = "sendrecv"
    SENDONLY = "sendonly"
    RECVONLY = "recvonly"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """What offer and answer agreed on for one audio stream."""

    codec: str  #: encoding name of the codec, ``PCMU`` or ``PCMA`` so far
    payload_type: int  #: of ``codec``, both ways
    remote: Address | None = None  #: where to send; None: learn it from the first packet
    telephone_event: int | None = None  #: payload type of RFC 4733 digits, None: not agreed
    ptime: float = 0.02  #: seconds of audio in a packet we send
    direction: Direction = Direction.SENDRECV
    symmetric: bool = True  #: send to the address that packets come from, once learned
    receive_timeout: float | None = None  #: seconds without a packet until :class:`RtpTimedOut`


@dataclass(frozen=True, slots=True)
class Sound:
    """Decoded audio, ready to play on any stream: mono, signed 16 bit, native byte order."""

    name: str
    samples: bytes
    sample_rate: int = 8000

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / 2 / self.sample_rate

    def after(self, seconds: float) -> Sound:
        """What is left of it behind its first ``seconds``."""
        return replace(self, samples=self.samples[2 * round(seconds * self.sample_rate) :])


@dataclass(frozen=True, slots=True)
class StreamStatistics:
    """Counters of one stream since it was opened (RFC 3550 §6.4.1 for the last three)."""

    packets_sent: int
    packets_received: int
    octets_sent: int
    octets_received: int
    packets_dropped: int  #: malformed, from a foreign source, or too late for the jitter buffer
    packets_lost: int
    jitter: float  #: seconds
    round_trip: float | None  #: seconds, from RTCP; None while unknown


@dataclass(frozen=True, slots=True)
class DtmfBegan:
    """A digit key went down (reported once, whatever is lost or sent again)."""

    digit: str


@dataclass(frozen=True, slots=True)
class DtmfEnded:
    """A digit key went up."""

    digit: str
    duration: float  #: seconds


@dataclass(frozen=True, slots=True)
class RtpTimedOut:
    """Nothing was received for ``receive_timeout`` of the plan; told once until a packet comes."""

    silent_for: float  #: seconds


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """A recording stopped by itself; the file is whole."""

    path: Path
    reason: str  #: ``silence``, ``limit`` or ``error``
    duration: float  #: seconds of audio in the file


@dataclass(frozen=True, slots=True)
class TalkingBegan:
    """The party began to talk."""


@dataclass(frozen=True, slots=True)
class TalkingEnded:
    """The party fell silent, or its talking is watched no longer."""

    duration: float  #: seconds talked: from the first loud frame to the end of the last one


MediaEvent = DtmfBegan | DtmfEnded | RtpTimedOut | RecordingEnded | TalkingBegan | TalkingEnded
MediaListener = Callable[[MediaEvent], None]


class PlaybackEnd(StrEnum):
    """Why a playback ended."""

    FINISHED = "finished"
    STOPPED = "stopped"  #: by :meth:`Stream.stop_playback`, or another sound took its place
    CLOSED = "closed"  #: the stream was closed


class Stream(Protocol):
    """One party's audio: an RTP socket, or one end of a pipe between two Local channels."""

    @property
    def local_address(self) -> Address:
        """Host and port to announce in SDP; ``("", 0)`` for the end of a pipe."""
        ...

    def update(self, plan: StreamPlan) -> None:
        """Go on with another plan (re-INVITE, answer after an offer); the socket stays."""
        ...

    async def play(self, sound: Sound) -> PlaybackEnd:
        """Play to this party; returns when the last sample was sent. Cancelling stops it."""
        ...

    def stop_playback(self) -> None:
        """End the running playback at the next frame, if there is one."""
        ...

    def send_digit(self, digit: str, *, duration: float = 0.1) -> None:
        """Queue one digit to this party (RFC 4733, as tone where events were not agreed).

        Args:
            digit: One of ``0-9 * # A-D``.
            duration: Seconds, 0.04 to 8; digits queued one after the other keep at least 50 ms
                between them.

        Raises:
            MediaError: It is no digit, or too many wait already.
        """
        ...

    def start_recording(
        self, path: Path, *, max_silence: float | None = None, max_duration: float | None = None
    ) -> None:
        """Record what this party says into a new file; the suffix names the format.

        Args:
            path: Ends in ``.wav``, ``.ulaw``, ``.alaw``, ``.sln`` or ``.gsm``.
            max_silence: Seconds of silence after which the recording ends by itself.
            max_duration: Seconds after which the recording ends by itself.

        Raises:
            MediaError: The file cannot be written, or the suffix is unknown.
        """
        ...

    async def stop_recording(self) -> float:
        """End the recording; returns the seconds in the file, 0.0 when none was running."""
        ...

    def set_echo(self, *, enabled: bool) -> None:
        """Send what this party says back to it."""
        ...

    def detect_talking(self, *, enabled: bool, silence: float = 0.5) -> None:
        """Report when this party begins and ends to talk.

        Args:
            enabled: False ends the reports; talking that goes on is reported as ended.
            silence: Seconds; a shorter pause ends nothing.
        """
        ...

    def statistics(self) -> StreamStatistics:
        """Counters until now; stay readable after :meth:`close`."""
        ...

    def close(self) -> None:
        """Release socket and buffers; running waits end. Closing twice is harmless."""
        ...


class MediaEngine(Protocol):
    """Opens streams and joins them."""

    async def open_stream(self, host: str, plan: StreamPlan, listener: MediaListener) -> Stream:
        """Bind an RTP and an RTCP socket on ``host`` and start to receive.

        Raises:
            MediaError: No free port pair in the configured range.
        """
        ...

    def open_pipe(self, first: MediaListener, second: MediaListener) -> tuple[Stream, Stream]:
        """Two streams without sockets: what is played to one is what the other says."""
        ...

    def connect(self, first: Stream, second: Stream) -> None:
        """Each hears the other, digits included; straight through where the codecs agree."""
        ...

    def disconnect(self, first: Stream, second: Stream) -> None:
        """Undo :meth:`connect`."""
        ...

    async def close(self) -> None:
        """Close every stream and end the engine's threads."""
        ...


class SoundLibrary(Protocol):
    """Finds a prompt by name: the user's folder, an installed sound set, speech synthesis."""

    async def find(self, name: str, *, language: str = "en") -> Sound:
        """Decode, or take from the cache.

        Args:
            name: As in the dialplan: ``vm-goodbye``, ``digits/1``, ``silence/1`` or an absolute
                path without suffix.
            language: Looked for first, then its main language (``en_GB``: ``en``), then none.

        Raises:
            SoundNotFoundError: Nobody has it.
        """
        ...
