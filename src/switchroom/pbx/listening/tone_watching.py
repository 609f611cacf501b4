"""Tones that somebody waits for on a channel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_float
from switchroom.media.api import MediaEvent, Stream, ToneEnded, ToneHeard, TonePlan
from switchroom.pbx.listening.talking import Talking

if TYPE_CHECKING:
    from switchroom.pbx.channel import Channel

HIGHEST = 3900  #: hertz that a telephone carries

ToneListener = Callable[[ToneHeard | ToneEnded], None]


def parse_frequency(text: str, owner: str) -> float:
    """Hertz.

    Raises:
        DialplanError: It is no frequency that a telephone carries.
    """
    hertz = leading_float(text)
    if hertz is None or not 0 < hertz <= HIGHEST:
        raise DialplanError(f"{owner}: {text!r} is no frequency between 1 and {HIGHEST} Hz")
    return hertz


@dataclass(frozen=True, slots=True)
class ToneDetected:
    """A tone that somebody listens for came on a channel (``TONE_DETECT``)."""

    channel: str
    unique_id: str


class ToneWatches:
    """Of one channel, by ``channel.datastore(ToneWatches)``."""

    def __init__(self) -> None:
        self._listeners: dict[int, ToneListener] = {}

    def watch(self, stream: Stream, plan: TonePlan, told: ToneListener) -> int:
        """Call ``told`` each time; returns the number that :meth:`unwatch` takes."""
        number = stream.watch_tone(plan)
        self._listeners[number] = told
        return number

    def unwatch(self, stream: Stream, number: int) -> None:
        """Call nobody any more."""
        if self._listeners.pop(number, None) is not None:
            stream.unwatch_tone(number)

    def hear(self, event: MediaEvent) -> None:
        """The engine reports; what is not about tones is passed over."""
        if isinstance(event, ToneHeard | ToneEnded):
            told = self._listeners.get(event.number)
            if told is not None:
                told(event)


def hear_party(channel: Channel, event: MediaEvent) -> None:
    """What the engine reports of what a channel's party does, to who follows it."""
    if isinstance(event, ToneHeard | ToneEnded):
        channel.datastore(ToneWatches).hear(event)
    else:
        channel.datastore(Talking).hear(event)


async def wait_for_tone(
    channel: Channel, plan: TonePlan, *, times: int = 1, within: float | None = None
) -> bool:
    """Wait until a tone was there so often; returns whether it was in time."""
    stream = await channel.stream()
    watches = channel.datastore(ToneWatches)
    enough = asyncio.Event()
    count = 0

    def told(event: ToneHeard | ToneEnded) -> None:
        nonlocal count
        count += isinstance(event, ToneHeard)
        if count >= times:
            enough.set()

    number = watches.watch(stream, plan, told)
    try:
        async with asyncio.timeout(within):
            await enough.wait()
    except TimeoutError:
        return False
    finally:
        watches.unwatch(stream, number)
    return True
