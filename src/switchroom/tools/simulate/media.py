"""Streams in virtual time: no socket, no thread, no audio, but every duration is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from switchroom.base.errors import MediaError
from switchroom.media.api import (
    SILENCE_LEVEL,
    Address,
    DtmfBegan,
    DtmfEnded,
    MediaListener,
    Monitor,
    MonitorPlan,
    PlaybackEnd,
    RecordingEnded,
    Sound,
    SpyPlan,
    StreamPlan,
    StreamStatistics,
    TalkingBegan,
    TalkingEnded,
    no_listener,
)
from switchroom.media.quality import StreamQuality
from switchroom.tools.simulate.background import Background
from switchroom.tools.simulate.mix import SimulatedMix
from switchroom.tools.simulate.tones import SimulatedTones

RECORDING_SUFFIXES = frozenset({".wav", ".ulaw", ".alaw", ".sln", ".raw", ".gsm"})
DIGITS = "0123456789*#ABCD"


class RecordingFiles(Protocol):
    """Keeps the files of recordings."""

    def begin(self, path: Path) -> None:
        """A recording into ``path`` begins.

        Raises:
            MediaError: The file cannot be written.
        """

    def end(self, path: Path, duration: float) -> None:
        """It ended after so many seconds, in which the party said nothing."""


@dataclass(slots=True)
class Hearing:
    """A sound that reaches a party, while it is heard and afterwards."""

    sound: str
    began_at: float
    ended_at: float | None = None  #: None: it still plays
    end: PlaybackEnd | None = None


class SimulatedStream(SimulatedTones):
    """A stream in virtual time. Whoever plays the party calls :meth:`key` and reads :attr:`played`.

    Args:
        listener: Hears digits and ends of recordings.
        plan: None for the end of a pipe.
        files: What a recording leaves on the disk.
    """

    def __init__(
        self,
        listener: MediaListener,
        plan: StreamPlan | None = None,
        files: RecordingFiles | None = None,
    ) -> None:
        super().__init__(listener)
        self.plan = plan
        self.peer: SimulatedStream | None = None  #: the other end of a pipe
        self.connected: SimulatedStream | None = None
        self.mix: SimulatedMix | None = None
        self.played: list[str] = []
        self.sent_digits: list[tuple[str, float]] = []
        self.recordings: list[Path] = []
        self.echo = False
        self.keeps_digits = False
        self.disguises: dict[bool, tuple[bool, float]] = {}  #: by whether it is what is heard
        self.cleaned: dict[bool, tuple[bool, float]] = {}  #: by whether it is what is heard
        self.jitter_buffer: tuple[float | None, bool] = (None, False)
        self.heard_last: list[Hearing] = []  #: the newest sound that came by, so that it comes once
        self.backgrounds: list[str] = []  #: what was heard instead of the connected party
        self.background = Background(self._on_background)
        self._background_hearing: Hearing | None = None
        self.monitors: list[SimulatedMonitor] = []
        self.gains = (1.0, 1.0)
        self.spied: tuple[SimulatedStream, SpyPlan] | None = None
        self.closed = False
        self.on_use: Callable[[], None] | None = None
        self.counted = StreamStatistics(0, 0, 0, 0, 0, 0, 0.0, None)
        self.reported = StreamQuality()
        self.on_hearing: Callable[[Hearing], None] | None = (
            None  #: the party begins to hear a sound
        )
        self.on_digit_heard: Callable[[str], None] | None = None  #: the party hears a digit
        self._files = files
        self._playing: asyncio.Future[PlaybackEnd] | None = None
        self._recording: tuple[Path, float] | None = None
        self._recording_timers: dict[str, asyncio.TimerHandle] = {}
        self._max_silence: float | None = None
        self._detects_talking = False
        self._max_pause = 0.0
        self._talking: tuple[float, asyncio.TimerHandle] | None = None

    @property
    def local_address(self) -> Address:
        """Where a real engine would listen; nobody does."""
        return ("", 0) if self.plan is None else ("127.0.0.1", 10000)

    @property
    def is_connected(self) -> bool:
        """Whether it is connected with another stream, or in a conference."""
        return self.connected is not None or self.mix is not None

    def update(self, plan: StreamPlan) -> None:
        """Go on with another plan."""
        self.plan = plan

    # what the party hears

    async def play(self, sound: Sound) -> PlaybackEnd:
        """Let as much virtual time pass as the sound lasts."""
        if self.closed:
            return PlaybackEnd.CLOSED
        self.use()
        self.stop_playback()
        self.played.append(sound.name)
        loop = asyncio.get_running_loop()
        playing: asyncio.Future[PlaybackEnd] = loop.create_future()
        self._playing = playing
        hearing = Hearing(sound.name, loop.time())
        self.reach(hearing)
        end = PlaybackEnd.STOPPED  # so it is when the wait is cancelled
        try:
            async with asyncio.timeout(sound.duration):
                end = await playing
        except TimeoutError:
            end = PlaybackEnd.FINISHED
        finally:
            hearing.ended_at, hearing.end = loop.time(), end
            if self._playing is playing:
                self._playing = None
        return end

    def reach(self, hearing: Hearing) -> None:
        """Follow a sound to who hears it: through pipes and calls, and into a conference."""
        stream: SimulatedStream | None = self
        for _ in range(32):  # a ring of pipes leads nowhere
            if stream is None or hearing in stream.heard_last:
                return
            stream.heard_last = [hearing]
            if stream.on_hearing is not None:
                stream.on_hearing(hearing)
            far = stream.peer
            if far is not None and far.mix is not None and far.mix.seats[far].talks:
                far.mix.reach(hearing, source=far)
            stream = far.connected if far is not None else None

    def part(self) -> None:
        """Whom or what it is connected with is so no longer."""
        if self.mix is not None:
            self.mix.leave(self)
        if self.connected is not None:
            self.connected.connected = None
            self.connected = None

    def stop_playback(self) -> None:
        """End the running playback, if there is one."""
        self._end_playback(PlaybackEnd.STOPPED)

    def _end_playback(self, end: PlaybackEnd) -> None:
        if self._playing is not None and not self._playing.done():
            self._playing.set_result(end)

    def play_background(self, sound: Sound, *, loop: bool = False) -> asyncio.Future[PlaybackEnd]:
        """Queue a sound that is heard instead of the connected party."""
        if self.closed:
            ended: asyncio.Future[PlaybackEnd] = asyncio.get_running_loop().create_future()
            ended.set_result(PlaybackEnd.CLOSED)
            return ended
        self.use()
        return self.background.play(sound, loops=loop)

    def stop_background(self) -> None:
        """End the background's sounds."""
        self.background.stop()

    def _on_background(self, name: str | None) -> None:
        now = asyncio.get_running_loop().time()
        if self._background_hearing is not None:
            self._background_hearing.ended_at = now
            self._background_hearing.end = PlaybackEnd.STOPPED
            self._background_hearing = None
        if name is not None:
            self.backgrounds.append(name)
            self._background_hearing = Hearing(name, now)
            self.reach(self._background_hearing)

    # digits

    def send_digit(self, digit: str, *, duration: float = 0.1) -> None:
        """A digit to the party, or through the pipe to whoever holds the other end."""
        if self.closed:
            return
        if len(digit) != 1 or digit not in DIGITS:
            raise MediaError(f"cannot send {digit!r}")
        self.sent_digits.append((digit, duration))
        if self.peer is not None and not self.peer.closed:
            self.peer.key(digit, duration=duration)
        elif self.on_digit_heard is not None:
            self.on_digit_heard(digit)

    def key(self, digit: str, *, duration: float = 0.1) -> None:
        """The party presses a key; it is reported at once, and passed on where connected."""
        self.listener(DtmfBegan(digit))
        self.listener(DtmfEnded(digit, duration))
        if self.connected is not None and not self.keeps_digits:
            self.connected.send_digit(digit, duration=duration)

    # recording

    def start_recording(
        self, path: Path, *, max_silence: float | None = None, max_duration: float | None = None
    ) -> None:
        """The party is silent from the beginning, so ``max_silence`` is when it ends by itself."""
        if self.closed or path.suffix not in RECORDING_SUFFIXES:
            raise MediaError(f"closed, or unknown suffix {path.suffix!r}")
        self.use()
        if self._files is not None:
            self._files.begin(path)
        self.recordings.append(path)
        self._forget_recording()
        self._recording = (path, asyncio.get_running_loop().time())
        self._max_silence = max_silence
        if max_duration:
            self._arm_recording("limit", max_duration)
        if max_silence and self.peer is None:  # the end of a pipe that sends nothing is not silent
            self._arm_recording("silence", max_silence)

    def _arm_recording(self, reason: str, after: float) -> None:
        if reason in self._recording_timers:
            self._recording_timers[reason].cancel()
        loop = asyncio.get_running_loop()
        self._recording_timers[reason] = loop.call_later(after, self._end_recording, reason)

    def _forget_recording(self) -> float:
        """Returns how long it ran."""
        for timer in self._recording_timers.values():
            timer.cancel()
        self._recording_timers.clear()
        recording, self._recording = self._recording, None
        if recording is None:
            return 0.0
        path, began = recording
        duration = asyncio.get_running_loop().time() - began
        if self._files is not None:
            self._files.end(path, duration)
        return duration

    def _end_recording(self, reason: str) -> None:
        if self._recording is not None:
            path = self._recording[0]
            self.listener(RecordingEnded(path, reason, self._forget_recording()))

    async def stop_recording(self) -> float:
        """End the recording; returns how long it ran."""
        return self._forget_recording()

    def start_monitor(self, plan: MonitorPlan) -> Monitor:
        """Keep what is recorded; nothing of it can be heard."""
        paths = [path for path in (plan.mixed, plan.said, plan.heard) if path is not None]
        if self.closed or not paths or any(p.suffix not in RECORDING_SUFFIXES for p in paths):
            raise MediaError("closed, no file, or an unknown suffix")
        self.use()
        monitor = SimulatedMonitor(plan, paths, self._files)
        self.monitors.append(monitor)
        return monitor

    # talking

    def detect_talking(
        self, *, enabled: bool, silence: float = 0.5, level: int = SILENCE_LEVEL
    ) -> None:
        """Report when the party begins and ends to talk; see :meth:`talk`."""
        self._detects_talking = enabled
        self._max_pause = silence
        if not enabled and self._talking is not None:
            began_at, timer = self._talking
            timer.cancel()
            self._end_talking(asyncio.get_running_loop().time() - began_at)

    def talk(self, duration: float) -> None:
        """The party talks for ``duration`` seconds, then falls silent; told when asked for."""
        loop = asyncio.get_running_loop()
        if self._recording is not None and self._max_silence:
            self._arm_recording("silence", duration + self._max_silence)
        if self._detects_talking and self._talking is None:
            self.listener(TalkingBegan())
            timer = loop.call_later(duration + self._max_pause, self._end_talking, duration)
            self._talking = (loop.time(), timer)

    def _end_talking(self, duration: float) -> None:
        self._talking = None
        if not self.closed:
            self.listener(TalkingEnded(duration))

    # the rest

    def set_gains(self, *, said: float = 1.0, heard: float = 1.0) -> None:
        """Keep how loud the party is, and what it hears."""
        self.gains = (said, heard)

    def set_echo(self, *, enabled: bool) -> None:
        """Keep whether the party hears itself."""
        self.echo = enabled

    def disguise(self, *, heard: bool, inverted: bool = False, pitch: float = 1.0) -> None:
        """Keep what was asked for."""
        self.disguises[heard] = (inverted, pitch)

    def clean(self, *, heard: bool, denoise: bool = False, level: float = 0.0) -> None:
        """Keep what is done to one direction."""
        self.cleaned[heard] = (denoise, level)

    def set_jitter_buffer(self, delay: float | None, *, fixed: bool = False) -> None:
        """Keep how long what the party says is held back."""
        self.jitter_buffer = (delay, fixed)

    def keep_digits(self, *, enabled: bool) -> None:
        """Report the party's digits without passing them on."""
        self.keeps_digits = enabled

    def statistics(self) -> StreamStatistics:
        """Nothing is sent, nothing received, unless a test says so."""
        return self.counted

    def quality(self) -> StreamQuality:
        """Nobody reports anything, unless a test says so."""
        return self.reported

    @property
    def is_free(self) -> bool:
        """Whether nobody but the connected party uses its audio."""
        return not (
            self.closed
            or self._playing is not None
            or self._recording is not None
            or self.background.name is not None
            or any(monitor.is_running for monitor in self.monitors)
            or self._detects_talking
            or self.echo
            or self.gains != (1.0, 1.0)
        )

    def use(self) -> None:
        """Somebody begins to use its audio."""
        if self.on_use is not None:
            self.on_use()

    @property
    def remote_address(self) -> Address | None:
        """As the plan has it."""
        return self.plan.remote if self.plan is not None else None

    def close(self) -> None:
        """End what runs; the stream plays and records nothing any more."""
        if self.closed:
            return
        self.closed = True
        self._forget_recording()
        for monitor in self.monitors:
            monitor.end()
        self.background.close()
        self.spied = None
        self.part()
        self._end_playback(PlaybackEnd.CLOSED)
        self.listener = no_listener


class SimulatedMonitor:
    """A recording of both directions in virtual time."""

    def __init__(self, plan: MonitorPlan, paths: list[Path], files: RecordingFiles | None) -> None:
        self.plan = plan
        self.paused = False
        self.muted = (False, False)  #: what it says, what it hears
        self.is_running = True
        self._paths = paths
        self._files = files
        self.duration = 0.0
        self._since = asyncio.get_running_loop().time()
        if files is not None:
            for path in paths:
                files.begin(path)

    def pause(self, *, paused: bool) -> None:
        """Leave out what is said from now on, or go on."""
        now = asyncio.get_running_loop().time()
        if not self.paused:
            self.duration += now - self._since
        self._since = now
        self.paused = paused

    def mute(self, *, said: bool, heard: bool) -> None:
        """Have silence instead of what the party says, or hears."""
        self.muted = (said, heard)

    def end(self) -> float:
        """Returns how long it ran, 0.0 when it had ended."""
        if not self.is_running:
            return 0.0
        self.pause(paused=True)
        self.is_running = False
        if self._files is not None:
            for path in self._paths:
                self._files.end(path, self.duration)
        return self.duration

    async def stop(self) -> float:
        """End it; returns how long it ran."""
        return self.end()
