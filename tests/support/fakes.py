"""Fakes that keep what happened: a driver, a media engine and sounds in virtual time, an AstDB in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from switchroom.base.errors import MediaError, SoundNotFoundError
from switchroom.config.asterisk_conf import Directories
from switchroom.dialplan.interpreter import Interpreter
from switchroom.media.api import (
    Address,
    DtmfBegan,
    DtmfEnded,
    MediaListener,
    PlaybackEnd,
    RecordingEnded,
    Sound,
    Stream,
    StreamPlan,
    StreamStatistics,
    TalkingBegan,
    TalkingEnded,
)
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import DialplanRunner, Pbx
from switchroom.pbx.technology import Indication, Technology
from tests.support.virtual_loop import VirtualLoop

T = TypeVar("T")


def run_virtual(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a loop whose clock jumps."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)


class FakeStream:
    """A stream in virtual time; the test plays the party with :meth:`key` and reads :attr:`played`."""

    def __init__(self, listener: MediaListener, plan: StreamPlan | None = None) -> None:
        self.listener = listener
        self.plan = plan
        self.peer: FakeStream | None = None  #: the other end of a pipe
        self.connected: FakeStream | None = None
        self.played: list[str] = []
        self.sent_digits: list[tuple[str, float]] = []
        self.recordings: list[Path] = []
        self.echo = False
        self.closed = False
        self._playing: asyncio.Future[PlaybackEnd] | None = None
        self._recording: tuple[Path, float] | None = None
        self._recording_timers: dict[str, asyncio.TimerHandle] = {}
        self._max_silence: float | None = None
        self._detects_talking = False
        self._max_pause = 0.0
        self._talking: tuple[float, asyncio.TimerHandle] | None = None

    @property
    def local_address(self) -> Address:
        return ("", 0) if self.plan is None else ("127.0.0.1", 10000)

    def update(self, plan: StreamPlan) -> None:
        self.plan = plan

    async def play(self, sound: Sound) -> PlaybackEnd:
        if self.closed:
            return PlaybackEnd.CLOSED
        self.stop_playback()
        self.played.append(sound.name)
        playing: asyncio.Future[PlaybackEnd]
        playing = self._playing = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(sound.duration):
                return await playing
        except TimeoutError:
            return PlaybackEnd.FINISHED
        finally:
            if self._playing is playing:
                self._playing = None

    def stop_playback(self) -> None:
        self._end_playback(PlaybackEnd.STOPPED)

    def _end_playback(self, end: PlaybackEnd) -> None:
        if self._playing is not None and not self._playing.done():
            self._playing.set_result(end)

    def send_digit(self, digit: str, *, duration: float = 0.1) -> None:
        if self.closed:
            return
        if len(digit) != 1 or digit not in "0123456789*#ABCD":
            raise MediaError(f"cannot send {digit!r}")
        self.sent_digits.append((digit, duration))
        if self.peer is not None and not self.peer.closed:
            self.peer.key(digit, duration=duration)

    def key(self, digit: str, *, duration: float = 0.1) -> None:
        """The party presses a key; it is reported at once, and passed on where connected."""
        self.listener(DtmfBegan(digit))
        self.listener(DtmfEnded(digit, duration))
        if self.connected is not None:
            self.connected.send_digit(digit, duration=duration)

    def start_recording(
        self, path: Path, *, max_silence: float | None = None, max_duration: float | None = None
    ) -> None:
        if self.closed or path.suffix not in {".wav", ".ulaw", ".alaw", ".sln", ".gsm"}:
            raise MediaError(f"closed, or unknown suffix {path.suffix!r}")
        loop = asyncio.get_running_loop()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")
        except OSError as error:
            raise MediaError(f"cannot record into {path}") from error
        self.recordings.append(path)
        self._forget_recording()
        self._recording = (path, loop.time())
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
        return asyncio.get_running_loop().time() - recording[1] if recording else 0.0

    def _end_recording(self, reason: str) -> None:
        if self._recording is not None:
            path = self._recording[0]
            self.listener(RecordingEnded(path, reason, self._forget_recording()))

    async def stop_recording(self) -> float:
        return self._forget_recording()

    def set_echo(self, *, enabled: bool) -> None:
        self.echo = enabled

    def detect_talking(self, *, enabled: bool, silence: float = 0.5) -> None:
        self._detects_talking = enabled
        self._max_pause = silence
        if not enabled and self._talking is not None:
            began_at, timer = self._talking
            timer.cancel()
            self._end_talking(asyncio.get_running_loop().time() - began_at)

    def talk(self, duration: float) -> None:
        """The party talks for ``duration`` seconds and then falls silent; reported when asked for."""
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

    def statistics(self) -> StreamStatistics:
        return StreamStatistics(0, 0, 0, 0, 0, 0, 0.0, None)

    def close(self) -> None:
        if self.closed:
            return
        self.closed = True
        self._forget_recording()
        if self.connected is not None:
            self.connected.connected = None
            self.connected = None
        self._end_playback(PlaybackEnd.CLOSED)


class FakeEngine:
    """Opens fake streams; the newest is last in :attr:`streams`."""

    def __init__(self) -> None:
        self.streams: list[FakeStream] = []

    async def open_stream(self, host: str, plan: StreamPlan, listener: MediaListener) -> Stream:
        self.streams.append(FakeStream(listener, plan))
        return self.streams[-1]

    def open_pipe(self, first: MediaListener, second: MediaListener) -> tuple[Stream, Stream]:
        one, two = FakeStream(first), FakeStream(second)
        one.peer, two.peer = two, one
        self.streams += [one, two]
        return one, two

    def connect(self, first: Stream, second: Stream) -> None:
        one, two = cast("FakeStream", first), cast("FakeStream", second)
        if one.closed or two.closed:
            return
        for stream in (one, two):
            if stream.connected is not None:
                stream.connected.connected = None
        one.connected, two.connected = two, one

    def disconnect(self, first: Stream, second: Stream) -> None:
        one, two = cast("FakeStream", first), cast("FakeStream", second)
        if one.connected is two:
            one.connected = two.connected = None

    async def close(self) -> None:
        for stream in self.streams:
            stream.close()


class FakeSounds:
    """Has every sound, one second long unless told otherwise, but those in ``missing``."""

    def __init__(self, durations: Mapping[str, float] | None = None) -> None:
        self.durations = dict(durations or {})
        self.missing: set[str] = set()

    async def find(self, name: str, *, language: str = "en") -> Sound:
        if name in self.missing:
            raise SoundNotFoundError(f"no sound {name!r} for language {language!r}")
        seconds = self.durations.get(name, 1.0)
        if name.startswith("silence/"):
            seconds = float(name.removeprefix("silence/"))
        return Sound(name, bytes(2 * int(8000 * seconds)))


class FakeAstDb:
    """The AstDB in memory: no thread, so it works on the virtual loop."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {}

    def get(self, family: str, key: str) -> str | None:
        return self.rows.get(f"/{family}/{key}")

    async def put(self, family: str, key: str, value: str) -> None:
        self.rows[f"/{family}/{key}"] = value

    async def delete(self, family: str, key: str) -> bool:
        return self.rows.pop(f"/{family}/{key}", None) is not None

    async def delete_tree(self, family: str, key: str = "") -> int:
        prefix = f"/{family}/{key}" if key else f"/{family}"
        gone = [k for k in self.rows if k == prefix or k.startswith(prefix + "/")]
        for k in gone:
            del self.rows[k]
        return len(gone)

    def items(self, prefix: str = "") -> list[tuple[str, str]]:
        wanted = f"/{prefix}".rstrip("/")
        return sorted(
            (k, v) for k, v in self.rows.items() if k == wanted or k.startswith(wanted + "/")
        )

    def keys(self, family: str, prefix: str = "") -> list[str]:
        return [k for k, _ in self.items(f"{family}/{prefix}" if prefix else family)]


class FakeDriver:
    """A channel driver that keeps what it was told; its stream is a fake one."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.channel: Channel | None = None

    async def answer(self) -> None:
        self.told.append("answer")

    async def indicate(self, indication: Indication) -> None:
        self.told.append(indication.name.lower())

    async def dial(self) -> None:
        self.told.append("dial")

    async def open_stream(self) -> Stream:
        assert self.channel is not None
        plan = StreamPlan("PCMU", 0, telephone_event=101)
        return await self.channel.pbx.engine.open_stream(
            "127.0.0.1", plan, self.channel.on_media_event
        )

    async def send_digit(self, digit: str, *, duration: float) -> None:
        assert self.channel is not None
        (await self.channel.stream()).send_digit(digit, duration=duration)

    def hangup(self, cause: HangupCause) -> None:
        self.told.append(f"hangup {cause.name}")


class NoDialplan(Interpreter):
    """A runner for tests that never run one: it has no extension, application or function."""

    def __init__(self) -> None:
        super().__init__({}, {})

    async def run(self, channel: Channel) -> None:
        raise AssertionError("no dialplan here")

    async def execute(self, channel: Channel, application: str, data: str) -> None:
        raise AssertionError("no dialplan here")

    def has_extension(self, context: str, extension: str, caller: str = "") -> bool:
        return False


def make_pbx(
    dialplan: DialplanRunner | None = None,
    *,
    sounds: FakeSounds | None = None,
    technologies: Mapping[str, Technology] | None = None,
    directories: Directories | None = None,
) -> Pbx:
    """A core on fakes; ``async with`` it before anything is spawned."""
    return Pbx(
        system_name="",
        engine=FakeEngine(),
        sounds=sounds or FakeSounds(),
        astdb=cast("Any", FakeAstDb()),
        dialplan=dialplan or NoDialplan(),
        technologies=technologies or {},
        directories=directories or Directories(),
    )


def make_channel(
    pbx: Pbx, *, name: str = "Fake/1-00000000", context: str = "default", extension: str = "s"
) -> Channel:
    """An incoming channel on a :class:`FakeDriver` (``channel.driver.told`` keeps what happened)."""
    driver = FakeDriver()
    channel = Channel(
        pbx,
        name=name,
        driver=driver,
        context=context,
        extension=extension,
        state=ChannelState.RING,
    )
    driver.channel = channel
    return channel


def fake_stream(channel: Channel) -> FakeStream:
    """The channel's fake stream, once it was opened."""
    stream = channel._stream
    assert isinstance(stream, FakeStream)
    return stream
