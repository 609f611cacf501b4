"""Listens to one channel for signal tones: who wants to know is told what they mean."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from switchroom.media.api import Stream, ToneEnded, ToneHeard, TonePlan
from switchroom.pbx.channel import Channel
from switchroom.pbx.listening.call_progress import LASTING, SIT_HERTZ, CallProgress, Pair
from switchroom.pbx.listening.tone_watching import ToneListener, ToneWatches

SHORTEST = 0.15  #: seconds of a tone


class SignalWatch:
    """From :meth:`start` to :meth:`stop`.

    Args:
        channel: The channel.
        progress: The tones that there are.
        told: Gets what each means, once that is sure.
        is_heard: Listen to what the party hears, not to what it says.
    """

    def __init__(
        self,
        channel: Channel,
        progress: CallProgress,
        told: Callable[[str], None],
        *,
        is_heard: bool = False,
    ) -> None:
        self._watches = channel.datastore(ToneWatches)
        self._progress = progress
        self._told = told
        self._is_heard = is_heard
        self._loop = asyncio.get_running_loop()
        self._numbers: list[int] = []
        self._timers: dict[Pair, asyncio.TimerHandle] = {}
        self.on_sound: Callable[[], None] | None = None  #: a tone of the zone began or ended

    def start(self, stream: Stream) -> None:
        """Listen to the channel's audio."""
        for pair in self._progress.pairs:
            self.watch(stream, pair, SHORTEST, partial(self._hear, pair))
        for hertz in (*SIT_HERTZ[0], SIT_HERTZ[1]):
            self.watch(stream, (hertz, 0.0), SHORTEST, partial(self._hear_special, hertz))

    def watch(self, stream: Stream, pair: Pair, seconds: float, told: ToneListener) -> None:
        """Listen for one tone besides."""
        plan = TonePlan(pair[0], second=pair[1], duration=seconds, is_heard=self._is_heard)
        self._numbers.append(self._watches.watch(stream, plan, told))

    def stop(self, stream: Stream) -> None:
        """Listen no longer."""
        for number in self._numbers:
            self._watches.unwatch(stream, number)
        self._numbers.clear()
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _hear(self, pair: Pair, event: ToneHeard | ToneEnded) -> None:
        if (timer := self._timers.pop(pair, None)) is not None:
            timer.cancel()
        if self.on_sound is not None:
            self.on_sound()
        if isinstance(event, ToneEnded):
            self._tell(self._progress.ended(pair, event.duration))
        else:
            lasting = self._loop.call_later(LASTING - SHORTEST, self._lasts, pair)
            self._timers[pair] = lasting

    def _lasts(self, pair: Pair) -> None:
        self._timers.pop(pair, None)
        self._tell(self._progress.lasts(pair))

    def _hear_special(self, hertz: float, event: ToneHeard | ToneEnded) -> None:
        if isinstance(event, ToneHeard):
            self._tell(self._progress.special(hertz, now=self._loop.time()))

    def _tell(self, status: str | None) -> None:
        if status is not None:
            self._told(status)
