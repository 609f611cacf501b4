"""What the control side may ask of a media engine, and what it hears back.

Coarse commands in, coarse events out: no packet and no audio frame crosses this interface, so an
engine may be threads, a process or native code. Implementations: :mod:`switchroom.media.engine`
(real sockets) and :mod:`switchroom.tools.simulate.engine` (virtual time); both pass
``tests/media/conformance.py``.
"""

from __future__ import annotations

from asyncio import Future
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from switchroom.media.quality import StreamQuality
from switchroom.media.settings import MediaSettings
from switchroom.rtp.rtcp import Report
from switchroom.sdp.dtls import Fingerprint
from switchroom.sdp.opus import OpusTerms

if TYPE_CHECKING:  # loading OpenSSL is for nodes that shake hands
    from switchroom.media.dtls.identity import DtlsIdentity

if TYPE_CHECKING:
    from switchroom.media.feeds import Feed, FeedListener, FeedPlan
    from switchroom.media.passages import Passage, PassagePlan

Address = tuple[str, int]

SILENCE_LEVEL = 256  #: mean magnitude below which a frame is silent; a tone of -35 dBm0


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
    rtcp_mux: bool = False  #: RTCP goes over the port of RTP (RFC 5761)
    protection: Protection | None = None  #: None: plain RTP; otherwise nothing goes in the clear
    dtls: DtlsPlan | None = None  #: instead of ``protection``; nothing goes in the clear either
    ice: IcePlan | None = None
    #: Seconds that checks and handshakes may take; until then what is played waits, so that its
    #: beginning is heard. None: nobody waits for them, as before a call is answered.
    reach_timeout: float | None = None
    clock_rate: int = 8000  #: hertz, of the codec's timestamps
    event_clock_rate: int = 8000  #: hertz, of the durations in RFC 4733 events


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
    packets_dropped: (
        int  #: malformed, or from a foreign source as far as the kernel lets it through
    )
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
class TonePlan:
    """A tone that somebody waits for."""

    hertz: float
    second: float = 0.0  #: hertz of a tone that must be there too; 0: none
    duration: float = 0.5  #: seconds until it is told
    decibels: float = 16.0  #: that it must be louder than all else
    is_heard: bool = False  #: in what the party hears, not in what it says


@dataclass(frozen=True, slots=True)
class ToneHeard:
    """A tone that :meth:`Stream.watch_tone` names has lasted long enough; told once."""

    number: int


@dataclass(frozen=True, slots=True)
class ToneEnded:
    """It is over."""

    number: int
    duration: float  #: seconds


@dataclass(frozen=True, slots=True)
class PacketTraced:
    """A packet of audio was sent, or came; for :meth:`MediaEngine.trace_packets`."""

    is_sent: bool
    address: Address  #: where it went, or came from
    payload_type: int
    sequence: int
    timestamp: int
    octets: int


@dataclass(frozen=True, slots=True)
class RtcpReported:
    """A report was sent, or came; told while :meth:`MediaEngine.tell_reports` asks for it."""

    is_sent: bool
    report: Report
    address: Address  #: where it went, or came from


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


@dataclass(frozen=True, slots=True)
class PathFailed:
    """Audio will never flow: no check or no handshake came in time, or it led to nobody we want."""

    reason: str


MediaEvent = (
    DtmfBegan
    | DtmfEnded
    | RtpTimedOut
    | RtcpReported
    | RecordingEnded
    | TalkingBegan
    | TalkingEnded
    | ToneHeard
    | ToneEnded
    | PathFailed
)
MediaListener = Callable[[MediaEvent], None]


def no_listener(_: MediaEvent) -> None:
    """Whom a closed stream tells: nobody."""


class PlaybackEnd(StrEnum):
    """Why a playback ended."""

    FINISHED = "finished"
    STOPPED = "stopped"  #: by :meth:`Stream.stop_playback`, or another sound took its place
    CLOSED = "closed"  #: the stream was closed


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


class Monitor(Protocol):
    """A recording of both directions, which ends with its stream."""

    def pause(self, *, paused: bool) -> None:
        """Leave out what is said from now on, or go on."""
        ...

    async def stop(self) -> float:
        """End it, and wait until its files are whole.

        Returns:
            The seconds that it wrote; 0.0 when it had ended before.
        """
        ...


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
