"""What the control side may ask of a media engine, and what it hears back.

Coarse commands in, coarse events out: no packet and no audio frame crosses this interface, so an
engine may be threads, a process or native code. Implementations: :mod:`switchroom.media.engine`
(real sockets) and :mod:`switchroom.tools.simulate.engine` (virtual time); both pass
``tests/media/conformance.py``. Plans, sounds and events have modules of their own, and are had from
here: who speaks with an engine needs this one.
"""

from __future__ import annotations

from asyncio import Future
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from switchroom.media.events import (
    DtmfBegan,
    DtmfEnded,
    MediaEvent,
    MediaListener,
    PacketTraced,
    PathFailed,
    RecordingEnded,
    RtcpReported,
    RtpTimedOut,
    TalkingBegan,
    TalkingEnded,
    ToneEnded,
    ToneHeard,
    no_listener,
)
from switchroom.media.plans import SILENCE_LEVEL, MonitorPlan, SeatPlan, SpyPlan, TonePlan
from switchroom.media.quality import StreamQuality
from switchroom.media.settings import MediaSettings
from switchroom.media.sound import PlaybackEnd, Sound
from switchroom.media.stream_plan import (
    Address,
    Direction,
    DtlsPlan,
    IcePlan,
    Protection,
    StreamPlan,
)

if TYPE_CHECKING:
    from switchroom.media.feeds import Feed, FeedListener, FeedPlan
    from switchroom.media.passages import Passage, PassagePlan

__all__ = [
    "SILENCE_LEVEL",
    "Address",
    "Direction",
    "DtlsPlan",
    "DtmfBegan",
    "DtmfEnded",
    "IcePlan",
    "MediaEngine",
    "MediaEvent",
    "MediaListener",
    "Mix",
    "Monitor",
    "MonitorPlan",
    "PacketTraced",
    "PathFailed",
    "PlaybackEnd",
    "Protection",
    "RecordingEnded",
    "RtcpReported",
    "RtpTimedOut",
    "SeatPlan",
    "Sound",
    "SoundLibrary",
    "SpyPlan",
    "Stream",
    "StreamPlan",
    "StreamStatistics",
    "TalkingBegan",
    "TalkingEnded",
    "ToneEnded",
    "ToneHeard",
    "TonePlan",
    "no_listener",
]


@dataclass(frozen=True, slots=True)
class StreamStatistics:
    """Counters of one stream since it was opened (RFC 3550 §6.4.1 for the last three)."""

    packets_sent: int
    packets_received: int
    octets_sent: int
    octets_received: int
    packets_dropped: (
        int  #: malformed, or from a foreign source as far as the kernel lets it through
    )
    packets_lost: int
    jitter: float  #: seconds
    round_trip: float | None  #: seconds, from RTCP; None while unknown


class Monitor(Protocol):
    """A recording of both directions, which ends with its stream."""

    def pause(self, *, paused: bool) -> None:
        """Leave out what is said from now on, or go on."""
        ...

    def mute(self, *, said: bool, heard: bool) -> None:
        """Have silence in the files instead of what the party says, or hears, from now on."""
        ...

    async def stop(self) -> float:
        """End it, and wait until its files are whole.

        Returns:
            The seconds that it wrote; 0.0 when it had ended before.
        """
        ...


class Mix(Protocol):
    """A conference: each party hears the sum of the others. Coming and going make no click."""

    @property
    def sample_rate(self) -> int:
        """Hertz, of the widest codec in it."""
        ...

    def join(self, stream: Stream, plan: SeatPlan) -> None:
        """Seat a party, or seat it otherwise; it leaves whom or what it was connected with.

        Sounds and music are heard as ever: :meth:`Stream.play` above the others,
        :meth:`Stream.play_background` instead of them. Its digits are told, and nobody hears them.
        """
        ...

    def leave(self, stream: Stream) -> None:
        """Let a party go; closing its stream does too."""
        ...

    async def play(self, sound: Sound) -> PlaybackEnd:
        """Play to all, one sound after the other; returns when it was heard."""
        ...

    def start_recording(self, path: Path, *, append: bool = False, gain: float = 1.0) -> Monitor:
        """Record what is said, without a party that is heard or counted.

        Raises:
            MediaError: The file cannot be written, or its suffix is unknown.
        """
        ...

    def close(self) -> None:
        """Let everybody go. Closing twice is harmless."""
        ...


class Stream(Protocol):
    """One party's audio: an RTP socket, or one end of a pipe between two Local channels."""

    @property
    def local_address(self) -> Address:
        """Host and port to announce in SDP; ``("", 0)`` for the end of a pipe."""
        ...

    @property
    def is_connected(self) -> bool:
        """Whether :meth:`MediaEngine.connect` gave it a party to talk to, or it is in a mix."""
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

    def play_background(self, sound: Sound, *, loop: bool = False) -> Future[PlaybackEnd]:
        """Queue a sound that is heard instead of the connected party: music, signal tones.

        One follows the other without a gap; :meth:`play` holds them up.

        Args:
            sound: What is heard.
            loop: Begin again at its end, until another one waits.

        Returns:
            Done when it ended; nobody has to wait for it.

        Raises:
            MediaError: Eight wait already.
        """
        ...

    def stop_background(self) -> None:
        """End the background's sounds, those that wait too; the connected party is heard again."""
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

    def start_monitor(self, plan: MonitorPlan) -> Monitor:
        """Record what this party says and what it hears; any number at once.

        Raises:
            MediaError: A file cannot be written, a suffix is unknown, or the stream is closed.
        """
        ...

    def set_gains(self, *, said: float = 1.0, heard: float = 1.0) -> None:
        """Make what the party says, and what it hears, louder by a factor; 0 mutes."""
        ...

    def set_echo(self, *, enabled: bool) -> None:
        """Send what this party says back to it."""
        ...

    def watch_tone(self, plan: TonePlan) -> int:
        """Report a tone each time it is there; returns the number that names it in events."""
        ...

    def unwatch_tone(self, number: int) -> None:
        """Report it no longer."""
        ...

    def clean(self, *, heard: bool, denoise: bool = False, level: float = 0.0) -> None:
        """Take noise out of one direction, and even its loudness out.

        Args:
            heard: What the party hears, not what it says.
            denoise: Whether noise is taken out.
            level: Of samples, that loudness is brought to; 0: it stays.

        Raises:
            MediaError: The library for it is not installed.
        """
        ...

    def disguise(self, *, heard: bool, inverted: bool = False, pitch: float = 1.0) -> None:
        """Make one direction hard to know, or to understand; it is as narrow as a telephone then.

        Args:
            heard: What the party hears, not what it says.
            inverted: High becomes low and low high, about half of 3,300 Hz; twice it is as before.
            pitch: Factor of its pitch, 0.1 to 4; it takes as long as before.
        """
        ...

    def set_jitter_buffer(self, delay: float | None, *, fixed: bool = False) -> None:
        """Hold back what the party says, also from whom it is connected with.

        Args:
            delay: Seconds to begin with, at most half a second; None: as the engine finds right,
                and what can be passed on as it comes is.
            fixed: Neither give way to late packets nor take back what was not needed.
        """
        ...

    def keep_digits(self, *, enabled: bool) -> None:
        """Report this party's digits without passing them on to whom it is connected with.

        Whoever asks for it passes them on himself: a bridge, that looks for feature codes first.
        """
        ...

    def detect_talking(
        self, *, enabled: bool, silence: float = 0.5, level: int = SILENCE_LEVEL
    ) -> None:
        """Report when this party begins and ends to talk.

        Args:
            enabled: False ends the reports; talking that goes on is reported as ended.
            silence: Seconds; a shorter pause ends nothing.
            level: Mean magnitude of its samples from which on a frame is talk.
        """
        ...

    def statistics(self) -> StreamStatistics:
        """Counters until now; stay readable after :meth:`close`."""
        ...

    def quality(self) -> StreamQuality:
        """What its reports tell until now; stays readable after :meth:`close`."""
        ...

    @property
    def remote_address(self) -> Address | None:
        """Where it sends to; None while that is unknown."""
        ...

    #: Called before anybody but the connected party uses its audio: a sound, a recording, a spy.
    #: Whoever has sent the audio elsewhere fetches it back then.
    on_use: Callable[[], None] | None

    @property
    def is_free(self) -> bool:
        """Whether nobody but the connected party uses its audio."""
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

    def open_feed(self, descriptor: int | None, plan: FeedPlan, listener: FeedListener) -> Feed:
        """A stream whose party is a program behind a connected socket, or a pipe.

        The descriptor is the engine's from now on, and closed with the stream; where this fails
        it stays the caller's. None: it comes by :meth:`Feed.attach`; until then there is silence.

        Raises:
            MediaError: No such codec, or the engine is closed.
        """
        ...

    def connect(self, first: Stream, second: Stream) -> None:
        """Each hears the other, digits included; straight through where the codecs agree.

        What either heard in the background ends.
        """
        ...

    def disconnect(self, first: Stream, second: Stream) -> None:
        """Undo :meth:`connect`."""
        ...

    def open_mix(self, *, highest_rate: int = 48000) -> Mix:
        """A room for any number of parties.

        Args:
            highest_rate: Hertz; nobody in it is heard wider, however wide his codec is.
        """
        ...

    def listen_in(self, spy: Stream, target: Stream, plan: SpyPlan) -> None:
        """Let ``spy`` hear ``target``'s call, and speak into it; at most one target a spy.

        It ends when either stream is closed.
        """
        ...

    def stop_listening_in(self, spy: Stream) -> None:
        """Undo :meth:`listen_in`."""
        ...

    def open_passage(self, host: str, plan: PassagePlan) -> Passage:
        """Bind a socket on ``host`` for media that are passed on as they come: video, fax.

        Raises:
            MediaError: No free port pair in the range.
        """
        ...

    def connect_passages(self, first: Passage, second: Passage) -> None:
        """Let each have what comes from the other; those it was connected with are left.

        Of video a whole picture is asked for, both ways.
        """
        ...

    def disconnect_passages(self, first: Passage, second: Passage) -> None:
        """Undo :meth:`connect_passages`."""
        ...

    def show(self, watcher: Passage, shown: Passage | None, *, picture_pause: float = 0.0) -> None:
        """Let one party see another's video, one way; any number may see the same one.

        Args:
            watcher: Gets it as one stream, whoever is shown.
            shown: None: nobody is.
            picture_pause: Seconds that a sender has between two wishes for a whole picture.
        """
        ...

    def trace_packets(self, told: Callable[[PacketTraced], None] | None) -> None:
        """Tell of each packet of audio, which costs more than the packet; None: no longer."""
        ...

    def configure(self, settings: MediaSettings) -> None:
        """Go by these from now on, in streams that are open too."""
        ...

    def tell_reports(self, *, enabled: bool) -> None:
        """Let the listeners of all streams hear :class:`RtcpReported`, or no longer."""
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
