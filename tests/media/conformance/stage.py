"""What the checks of media engines work with: an engine, parties for its streams, and their ears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from switchroom.media.api import (
    Address,
    DtmfEnded,
    MediaEngine,
    MediaEvent,
    PlaybackEnd,
    Sound,
    Stream,
    StreamPlan,
)

E = TypeVar("E")

PLAN = StreamPlan("PCMU", 0, telephone_event=101)
SHORT = Sound("short", bytes(2 * 800))  #: 0.1 s
LONG = Sound("long", bytes(2 * 8000 * 60))


class Ear:
    """A listener that keeps what it hears."""

    def __init__(self) -> None:
        self.events: list[MediaEvent] = []
        self._heard = asyncio.Event()

    def __call__(self, event: MediaEvent) -> None:
        self.events.append(event)
        self._heard.set()

    async def next(self, kind: type[E], count: int = 1) -> E:
        """Wait for the ``count``-th event of a kind."""
        async with asyncio.timeout(10):
            while len(found := [e for e in self.events if isinstance(e, kind)]) < count:
                self._heard.clear()
                await self._heard.wait()
        return found[count - 1]

    @property
    def digits(self) -> str:
        return "".join(e.digit for e in self.events if isinstance(e, DtmfEnded))


class Party(Protocol):
    """Who is at the other end of a stream."""

    def bind(self, address: Address) -> None:
        """The stream was opened; this is where to send."""

    async def press(self, digit: str, duration: float) -> None:
        """Hold a key."""

    async def talk(self, duration: float) -> None:
        """Begin to say something that takes that long, and nothing behind it."""

    async def digits(self, count: int) -> str:
        """Wait for so many digits."""


class Stage(Protocol):
    """An engine, and parties for its streams."""

    @property
    def engine(self) -> MediaEngine: ...

    @property
    def folder(self) -> Path:
        """For recordings."""

    def party(self) -> AbstractAsyncContextManager[tuple[Party, StreamPlan]]:
        """Somebody to talk to, and the plan that reaches him."""


class Call:
    """A stream with somebody at the other end."""

    def __init__(self, stream: Stream, party: Party, ear: Ear, plan: StreamPlan) -> None:
        self.stream = stream
        self.party = party
        self.ear = ear
        self.plan = plan


@asynccontextmanager
async def call(stage: Stage) -> AsyncIterator[Call]:
    async with stage.party() as (party, plan):
        ear = Ear()
        stream = await stage.engine.open_stream("127.0.0.1", plan, ear)
        party.bind(stream.local_address)
        yield Call(stream, party, ear, plan)
        stream.close()


@asynccontextmanager
async def playing(stream: Stream, sound: Sound) -> AsyncIterator[asyncio.Task[PlaybackEnd]]:
    """A sound that has begun to play."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(stream.play(sound))
        await asyncio.sleep(0)
        yield task
