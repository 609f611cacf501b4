"""Fakes that keep what happened; the engine, the AstDB and the clock are those of ``switchroom simulate``."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from switchroom.base.errors import MediaError, SoundNotFoundError
from switchroom.config.asterisk_conf import Directories
from switchroom.dialplan.interpreter import Interpreter
from switchroom.media.api import MediaEngine, Sound, Stream, StreamPlan
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import DialplanRunner, Pbx
from switchroom.pbx.technology import Indication, Technology
from switchroom.tools.simulate.astdb import MemoryAstDb as FakeAstDb
from switchroom.tools.simulate.engine import SimulatedEngine
from switchroom.tools.simulate.media import SimulatedStream
from switchroom.tools.simulate.media import SimulatedStream as FakeStream
from switchroom.tools.simulate.virtual_loop import run_virtual

__all__ = [
    "FakeAstDb", "FakeDriver", "FakeEngine", "FakeSounds", "FakeStream", "NoDialplan", "fake_stream",
    "make_channel", "make_pbx", "run_virtual",
]  # fmt: skip


class EmptyFiles:
    """A recording leaves an empty file."""

    def begin(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")
        except OSError as error:
            raise MediaError(f"cannot record into {path}") from error

    def end(self, path: Path, duration: float) -> None:
        pass


class FakeEngine(SimulatedEngine):
    """The simulated engine; its recordings leave files."""

    def __init__(self) -> None:
        super().__init__(EmptyFiles())


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
    engine: MediaEngine | None = None,
    now: Callable[[], float] = time.time,  # noqa: TID251  # the wall clock itself
) -> Pbx:
    """A core on fakes; ``async with`` it before anything is spawned."""
    return Pbx(
        system_name="",
        engine=engine or FakeEngine(),
        sounds=sounds or FakeSounds(),
        astdb=FakeAstDb(),
        dialplan=dialplan or NoDialplan(),
        technologies=technologies or {},
        directories=directories or Directories(),
        now=now,
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
    assert isinstance(stream, SimulatedStream)
    return stream
