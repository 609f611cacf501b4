"""One stream of the engine, as the control side holds it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from switchroom.base.errors import MediaError
from switchroom.media.api import (
    SILENCE_LEVEL,
    Address,
    MediaListener,
    Monitor,
    MonitorPlan,
    PacketTraced,
    PathFailed,
    PlaybackEnd,
    RecordingEnded,
    RtcpReported,
    Sound,
    StreamPlan,
    StreamStatistics,
    TonePlan,
    no_listener,
)
from switchroom.media.codecs.libraries import find_library
from switchroom.media.codecs.samples import resample
from switchroom.media.engine import _engine
from switchroom.media.engine.plan import PlanValues, find_codec, plan_values
from switchroom.media.engine.reaching import Path as PathToParty
from switchroom.media.quality import Series, StreamQuality
from switchroom.rtp.rtcp import parse_report

if TYPE_CHECKING:
    from switchroom.media.engine.engine import Engine

SAMPLE_RATE = 8000
DIGITS = "0123456789*#ABCD"
CLEANING_LIBRARY = "libspeexdsp.so.1"
LONGEST_DIGIT = 8.0  #: seconds; RFC 4733 counts them in 16 bits
_REASONS = {_engine.RECORDING_SILENCE: "silence", _engine.RECORDING_LIMIT: "limit"}


def native_gain(factor: float) -> int:
    """As the native side has it; what is louder than a hundredfold is noise alone."""
    return round(_engine.UNITY * min(max(factor, 0.0), 100.0))


class EngineStream:
    """Fulfils :class:`~switchroom.media.api.Stream`.

    Args:
        engine: Whose stream it is.
        slot: Its place in the native table, until it is closed.
        number: Names it in events; never used twice.
        local_address: Of its RTP socket.
        listener: Hears its events.
    """

    def __init__(
        self, engine: Engine, slot: int, number: int, local_address: Address,
        listener: MediaListener,
    ) -> None:  # fmt: skip
        self._engine = engine
        self.slot = slot
        self.number = number
        self._local_address = local_address
        self.listener = listener
        self.is_closed = False
        self.sample_rate = SAMPLE_RATE  #: of its codec
        self.path: PathToParty[StreamPlan, PlanValues] = PathToParty(self, plan_values)
        self._playing: dict[int, tuple[asyncio.Future[PlaybackEnd], tuple[bytes | None, ...]]] = {}
        self._recording = 0  # the number of the one that runs
        self._final: tuple[Any, ...] | None = None  #: its counters when it was closed
        self._final_quality: tuple[Any, ...] | None = None  #: what reports had told then
        self.on_use: Callable[[], None] | None = None

    @property
    def local_address(self) -> Address:
        """Host and port to announce in SDP; ``("", 0)`` for the end of a pipe."""
        return self._local_address

    @property
    def pump(self) -> _engine.Pump:
        """The native side."""
        return self._engine.pump

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Where events are heard."""
        return self._engine.loop

    @property
    def handshake_pool(self) -> Executor:
        """Where the arithmetic of handshakes is done."""
        return self._engine.handshake_pool

    @property
    def is_connected(self) -> bool:
        """Whether it is connected with another stream."""
        return not self.is_closed and self._engine.pump.is_connected(self.slot)

    def go_by(self, values: PlanValues) -> None:
        """Have the native side go by another plan."""
        self._engine.pump.update(self.slot, values)

    def fail(self, reason: str) -> None:
        """Its party cannot be reached."""
        self.listener(PathFailed(reason))

    def begin(self, plan: StreamPlan) -> None:
        """Take the plan that the sockets were opened with; what it needs besides is begun."""
        if plan.ice is not None or plan.dtls is not None:
            self.update(plan)
        else:
            self.path.began(plan)
            self.sample_rate = find_codec(plan.codec, plan.clock_rate).sample_rate

    def update(self, plan: StreamPlan) -> None:
        """Go on with another plan; the socket stays."""
        if not self.is_closed:
            # Let go when the native side has the others.
            before = self.path.contexts, self.path.report_contexts
            self.go_by(self.path.take(plan))
            del before
            self.sample_rate = find_codec(plan.codec, plan.clock_rate).sample_rate

    @property
    def is_free(self) -> bool:
        """Whether nobody but the connected party uses its audio."""
        return not self.is_closed and self._engine.pump.is_free(self.slot)

    def use(self) -> None:
        """Somebody begins to use its audio."""
        if self.on_use is not None:
            self.on_use()

    async def play(self, sound: Sound) -> PlaybackEnd:
        """Play to this party; returns when the last sample was sent. Cancelling stops it."""
        self.use()
        samples, wide, wide_rate = sound.samples, None, self.sample_rate
        if sound.sample_rate != SAMPLE_RATE:
            samples = await asyncio.to_thread(resample, samples, sound.sample_rate, SAMPLE_RATE)
        if SAMPLE_RATE not in {sound.sample_rate, wide_rate}:
            wide = await asyncio.to_thread(resample, sound.samples, sound.sample_rate, wide_rate)
        if self.is_closed:
            return PlaybackEnd.CLOSED
        if len(samples) < 2:  # octets of one sample
            return PlaybackEnd.FINISHED
        number = self._engine.next_number()
        ended: asyncio.Future[PlaybackEnd] = self._engine.loop.create_future()
        # The samples are kept alive here until the native side says that it is through with them.
        self._playing[number] = (ended, (samples, wide))
        self._engine.pump.playing.play(self.slot, samples, number, wide, wide_rate)
        try:
            return await ended
        except asyncio.CancelledError:
            if not self.is_closed:
                self._engine.pump.playing.stop(self.slot, number)
            raise

    def end_playback(self, number: int, how: PlaybackEnd) -> None:
        """The native side is through with a sound."""
        ended, _ = self._playing.pop(number, (None, ()))
        if ended is not None and not ended.done():
            ended.set_result(how)

    def stop_playback(self) -> None:
        """End the running playback at the next frame, if there is one."""
        if not self.is_closed:
            self._engine.pump.playing.stop(self.slot, 0)

    def play_background(self, sound: Sound, *, loop: bool = False) -> asyncio.Future[PlaybackEnd]:
        """Queue a sound that is heard instead of the connected party.

        Raises:
            MediaError: Eight wait already.
        """
        self.use()
        ended: asyncio.Future[PlaybackEnd] = self._engine.loop.create_future()
        samples = resample(sound.samples, sound.sample_rate, SAMPLE_RATE)
        if self.is_closed or len(samples) < 2:  # octets of one sample
            ended.set_result(PlaybackEnd.CLOSED if self.is_closed else PlaybackEnd.FINISHED)
            return ended
        number = self._engine.next_number()
        if not self._engine.pump.playing.play_background(self.slot, samples, number, loop):
            raise MediaError(f"cannot queue {sound.name}: too many sounds wait")
        self._playing[number] = (ended, (samples,))
        return ended

    def stop_background(self) -> None:
        """End the background's sounds; the connected party is heard again."""
        if not self.is_closed:
            self._engine.pump.playing.stop_background(self.slot)

    def send_digit(self, digit: str, *, duration: float = 0.1) -> None:
        """Queue one digit to this party.

        Raises:
            MediaError: It is no digit, or 64 digits wait already.
        """
        if self.is_closed:
            return
        if digit not in DIGITS or len(digit) != 1:
            raise MediaError(f"cannot send {digit!r}: it is no digit")
        self.use()
        samples = round(min(max(duration, 0), LONGEST_DIGIT) * SAMPLE_RATE)
        if not self._engine.pump.playing.send_digit(self.slot, digit, samples):
            raise MediaError(f"cannot send digit {digit!r}: too many wait")

    def start_recording(
        self, path: Path, *, max_silence: float | None = None, max_duration: float | None = None
    ) -> None:
        """Record what this party says into a new file; the suffix names the format.

        Raises:
            MediaError: The file cannot be written, the suffix is unknown, or the stream is closed.
        """
        if self.is_closed:
            raise MediaError(f"cannot record into {path}: the stream is closed")
        self.use()
        self._engine.recorder.start(self.slot, path)
        self._recording = self._engine.next_number()
        self._engine.pump.recording.start(
            self.slot,
            self._recording,
            round((max_silence or 0) * SAMPLE_RATE),
            round((max_duration or 0) * SAMPLE_RATE),
        )

    async def stop_recording(self) -> float:
        """End the recording; returns the seconds in the file, 0.0 when none was running."""
        if self.is_closed:
            return 0.0
        self._recording = 0
        return await asyncio.wrap_future(self._engine.recorder.finish(self.slot))

    def end_recording(self, number: int, reason: int) -> None:
        """A recording stopped by itself: tell it when the file is whole."""
        path = self._engine.recorder.path_of(self.slot)
        if path is None or number != self._recording:
            return  # another one took its place, or it was stopped meanwhile
        word = _REASONS.get(reason, "error")
        finished = asyncio.wrap_future(self._engine.recorder.finish(self.slot))
        finished.add_done_callback(
            lambda done: self.listener(RecordingEnded(path, word, done.result()))
        )

    def start_monitor(self, plan: MonitorPlan) -> Monitor:
        """Record what this party says and what it hears.

        Raises:
            MediaError: A file cannot be written, a suffix is unknown, or the stream is closed.
        """
        if self.is_closed:
            raise MediaError("cannot record: the stream is closed")
        self.use()
        return self._engine.recorder.monitor(self.slot, plan)

    def set_gains(self, *, said: float = 1.0, heard: float = 1.0) -> None:
        """Make what the party says, and what it hears, louder by a factor."""
        self.use()
        if not self.is_closed:
            self._engine.pump.set_gains(self.slot, native_gain(said), native_gain(heard))

    def set_echo(self, *, enabled: bool) -> None:
        """Send what this party says back to it."""
        self.use()
        if not self.is_closed:
            self._engine.pump.set_echo(self.slot, enabled)

    def watch_tone(self, plan: TonePlan) -> int:
        """Report a tone each time it is there; returns the number that names it in events."""
        number = self._engine.next_number()
        if not self.is_closed:
            self.use()
            self._engine.pump.detecting.watch_tone(
                self.slot, number, plan.hertz, plan.second, 10 ** (plan.decibels / 10),
                round(plan.duration * SAMPLE_RATE), plan.is_heard,
            )  # fmt: skip
        return number

    def unwatch_tone(self, number: int) -> None:
        """Report it no longer."""
        if not self.is_closed:
            self._engine.pump.detecting.unwatch_tone(self.slot, number)

    def clean(self, *, heard: bool, denoise: bool = False, level: float = 0.0) -> None:
        """Take noise out of one direction, and even its loudness out.

        Raises:
            MediaError: The library for it is not installed.
        """
        if self.is_closed:
            return
        if denoise or level:
            self.use()
            path = find_library(CLEANING_LIBRARY)
            if path is None or not _engine.load_cleaning(path):
                raise MediaError(f"cannot clean audio: {CLEANING_LIBRARY} is not installed")
        direction = _engine.CLEAN_HEARD if heard else _engine.CLEAN_SAID
        self._engine.pump.detecting.clean(self.slot, direction, denoise, level)

    def disguise(self, *, heard: bool, inverted: bool = False, pitch: float = 1.0) -> None:
        """Turn the band of one direction upside down, or change its pitch."""
        if self.is_closed:
            return
        if inverted or pitch != 1:
            self.use()
        direction = _engine.CLEAN_HEARD if heard else _engine.CLEAN_SAID
        self._engine.pump.detecting.disguise(self.slot, direction, inverted, pitch)

    def set_jitter_buffer(self, delay: float | None, *, fixed: bool = False) -> None:
        """Hold back what the party says, also from whom it is connected with."""
        if delay is not None:
            self.use()
        how = _engine.BUFFER_FIXED if fixed else _engine.BUFFER_ADAPTIVE
        if not self.is_closed:
            samples = round((delay or 0) * SAMPLE_RATE)
            self._engine.pump.quality.buffer(
                self.slot, _engine.BUFFER_AUTO if delay is None else how, samples
            )

    def keep_digits(self, *, enabled: bool) -> None:
        """Report this party's digits without passing them on."""
        if not self.is_closed:
            self._engine.pump.playing.keep_digits(self.slot, enabled)

    def detect_talking(
        self, *, enabled: bool, silence: float = 0.5, level: int = SILENCE_LEVEL
    ) -> None:
        """Report when this party begins and ends to talk."""
        self.use()
        if not self.is_closed:
            pause = round(max(silence, 0) * SAMPLE_RATE)
            self._engine.pump.detecting.detect_talking(self.slot, enabled, pause, level)

    def statistics(self) -> StreamStatistics:
        """Counters until now; stay readable after :meth:`close`."""
        values = self._final or self._engine.pump.statistics(self.slot)
        return StreamStatistics(*values)

    def quality(self) -> StreamQuality:
        """What its reports tell until now; stays readable after :meth:`close`."""
        values = self._final_quality or self._engine.pump.quality.of(self.slot)
        ours, theirs, lost, series = values
        return StreamQuality(ours, theirs, lost, *(Series(*each) for each in series))

    @property
    def remote_address(self) -> Address | None:
        """Where it sends to; None while that is unknown."""
        return None if self.is_closed else self._engine.pump.reaching.target(self.slot)

    def tell_packet(self, what: int, size: int, *, is_sent: bool) -> None:
        """A packet went, or came, and somebody writes a log of them."""
        address, tracer = self.remote_address, self._engine.tracer
        if address is not None and tracer is not None:
            kind, octets = size >> 16, size & 0xFFFF
            tracer(PacketTraced(is_sent, address, kind, what & 0xFFFF, what >> 16, octets))

    def tell_report(self, *, is_sent: bool) -> None:
        """A report went, or came."""
        report = parse_report(self._engine.pump.quality.report(self.slot, is_sent))
        address = self.remote_address
        if report is not None and address is not None:
            self.listener(RtcpReported(is_sent, report, address))

    def close(self) -> None:
        """Release socket and buffers; running waits end. Closing twice is harmless."""
        if self.is_closed:
            return
        self._engine.recorder.finish_all(self.slot)
        self._final = self._engine.pump.statistics(self.slot)
        self._final_quality = self._engine.pump.quality.of(self.slot)
        self.is_closed = True
        self.path.close()
        self._engine.pump.close(self.slot)
        self._engine.forget(self)
        self.on_use = None
        self.listener = no_listener  # a channel's method: the two would hold each other
        for ended, _ in self._playing.values():
            if not ended.done():
                ended.set_result(PlaybackEnd.CLOSED)
        self._playing.clear()
