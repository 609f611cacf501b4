"""Whether a channel's party talks, for all who want to know at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from switchroom.media.api import SILENCE_LEVEL, MediaEvent, Stream, TalkingBegan, TalkingEnded

if TYPE_CHECKING:
    from types import TracebackType

    from switchroom.pbx.channel import Channel

PAUSE = 0.1  #: seconds that a pause lasts at least; shorter ones are between two syllables


@dataclass(frozen=True, slots=True)
class PartyTalks:
    """A channel's party began to talk (AMI: ChannelTalkingStart)."""

    channel: str
    unique_id: str


@dataclass(frozen=True, slots=True)
class PartyFellSilent:
    """It stopped (AMI: ChannelTalkingStop)."""

    channel: str
    unique_id: str
    duration: float  #: seconds that it talked


class Talking:
    """Of one channel, by ``channel.datastore(Talking)``; watches its stream while somebody asks."""

    def __init__(self) -> None:
        self._watches: list[TalkWatch] = []

    def add(self, watch: TalkWatch, stream: Stream) -> None:
        """One more wants to know."""
        self._watches.append(watch)
        self._detect(stream)

    def remove(self, watch: TalkWatch, stream: Stream) -> None:
        """One does no longer."""
        if watch in self._watches:
            self._watches.remove(watch)
            self._detect(stream)

    def _detect(self, stream: Stream) -> None:
        if not self._watches:
            stream.detect_talking(enabled=False)
            return
        pause = min(watch.pause for watch in self._watches)
        level = min(watch.level for watch in self._watches)
        stream.detect_talking(enabled=True, silence=pause, level=level)

    def hear(self, event: MediaEvent) -> None:
        """The engine reports; what is not about talking is passed over."""
        if isinstance(event, TalkingBegan | TalkingEnded):
            for watch in tuple(self._watches):
                watch.hear(event)


class TalkWatch:
    """Follows one channel's party, as a context; silent until it is heard.

    Args:
        channel: Whose party.
        pause: Seconds of silence that are one.
        level: Mean magnitude of samples from which on it is talk.
        on_talk: Called when the party begins to talk.
        on_silence: Called when it stopped, with the seconds that it talked.
    """

    def __init__(
        self,
        channel: Channel,
        *,
        pause: float = PAUSE,
        level: int = SILENCE_LEVEL,
        on_talk: Callable[[], None] | None = None,
        on_silence: Callable[[float], None] | None = None,
    ) -> None:
        self._channel = channel
        self.pause = pause
        self.level = level
        self.talks = False
        self.since = 0.0  #: on the loop's clock, when it began to talk or to be silent
        self._on_talk = on_talk
        self._on_silence = on_silence
        self._changed = asyncio.Event()
        self._stream: Stream | None = None

    async def start(self) -> None:
        """Begin to follow it."""
        self._stream = await self._channel.stream()
        self.since = asyncio.get_running_loop().time()
        self._channel.datastore(Talking).add(self, self._stream)

    def stop(self) -> None:
        """Follow it no longer."""
        if self._stream is not None:
            self._channel.datastore(Talking).remove(self, self._stream)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def hear(self, event: TalkingBegan | TalkingEnded) -> None:
        """The engine reports."""
        now = asyncio.get_running_loop().time()
        self.talks = isinstance(event, TalkingBegan)
        if isinstance(event, TalkingEnded):
            self.since = min(now, self.since + event.duration)
            if self._on_silence is not None:
                self._on_silence(event.duration)
        else:
            self.since = now
            if self._on_talk is not None:
                self._on_talk()
        self._changed.set()

    async def change(self, within: float) -> bool:
        """Wait until it begins or ends to talk; returns whether it did in time."""
        self._changed.clear()
        try:
            async with asyncio.timeout(within):
                await self._changed.wait()
        except TimeoutError:
            return False
        return True

    async def stays(self, *, talking: bool, seconds: float, until: float) -> bool:
        """Wait until it talks, or is silent, for so long in one go, counted from now.

        Args:
            talking: Which of both.
            seconds: For how long.
            until: On the loop's clock, when to give up.
        """
        loop = asyncio.get_running_loop()
        began_at = loop.time()
        while (now := loop.time()) < until:
            left = max(self.since, began_at) + seconds - now
            if self.talks is talking and left <= 0:
                return True
            await self.change(min(left, until - now) if self.talks is talking else until - now)
        return False
