"""The conformance suite, passed by the engine on real sockets and by the fake in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from switchroom.media.api import Address, StreamPlan
from switchroom.media.engine.engine import Engine
from tests.media.conformance import CHECKS
from tests.media.conformance.stage import PLAN, Party, Stage
from tests.media.rtp_party import EVENT_TYPE, EVENTS, RtpParty, rtp_party, tone
from tests.support.fakes import FakeEngine, FakeStream, run_virtual

Check = Callable[[Stage], Awaitable[None]]
each_check = pytest.mark.parametrize(
    "check", CHECKS, ids=[check.__name__.removeprefix("check_") for check in CHECKS]
)


class FakeParty:
    """Acts through the fake's own methods; the stage's newest stream is its."""

    def __init__(self, engine: FakeEngine) -> None:
        self._stream: FakeStream | None = None
        self._engine = engine

    def bind(self, address: Address) -> None:
        self._stream = self._engine.streams[-1]

    @property
    def stream(self) -> FakeStream:
        assert self._stream is not None
        return self._stream

    async def press(self, digit: str, duration: float) -> None:
        self.stream.key(digit, duration=duration)

    async def talk(self, duration: float) -> None:
        self.stream.talk(duration)

    async def digits(self, count: int) -> str:
        assert len(self.stream.sent_digits) == count
        return "".join(digit for digit, _ in self.stream.sent_digits)


class FakeStage:
    def __init__(self, folder: Path) -> None:
        self.engine = FakeEngine()
        self.folder = folder

    @asynccontextmanager
    async def party(self) -> AsyncIterator[tuple[Party, StreamPlan]]:
        yield FakeParty(self.engine), PLAN


class EngineParty:
    """Acts by packets."""

    def __init__(self, rtp: RtpParty) -> None:
        self._rtp = rtp

    def bind(self, address: Address) -> None:
        self._rtp.remote = address

    async def press(self, digit: str, duration: float) -> None:
        self._rtp.press(digit, duration)

    async def talk(self, duration: float) -> None:
        self._rtp.burst(tone(440, duration) + bytes(1600))

    async def digits(self, count: int) -> str:
        def ended() -> list[int]:
            packets = {p.timestamp: p.payload for p in self._rtp.packets(EVENT_TYPE)}
            return [payload[0] for payload in packets.values() if payload[1] & 0x80]

        await self._rtp.until(lambda: len(ended()) >= count)
        return "".join(EVENTS[code] for code in ended())


class EngineStage:
    def __init__(self, folder: Path) -> None:
        self.engine = Engine(first_port=30000, last_port=31999)
        self.folder = folder

    @asynccontextmanager
    async def party(self) -> AsyncIterator[tuple[Party, StreamPlan]]:
        async with rtp_party() as rtp:
            yield (
                EngineParty(rtp),
                StreamPlan("PCMU", 0, remote=rtp.address, telephone_event=EVENT_TYPE),
            )


@each_check
def test_the_fake_conforms(check: Check, tmp_path: Path) -> None:
    async def main() -> None:
        stage = FakeStage(tmp_path)
        await check(stage)
        await stage.engine.close()

    run_virtual(main())


@each_check
def test_the_engine_conforms(check: Check, tmp_path: Path) -> None:
    async def main() -> None:
        stage = EngineStage(tmp_path)
        try:
            await check(stage)
        finally:
            await stage.engine.close()

    asyncio.run(main())
