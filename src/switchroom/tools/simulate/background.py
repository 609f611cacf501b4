"""What a simulated party hears instead of whom it is connected with: music, signal tones."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from switchroom.base.errors import MediaError
from switchroom.media.api import PlaybackEnd, Sound

MOST_WAITING = 8


@dataclass(slots=True)
class _Queued:
    sound: Sound
    loops: bool
    ended: asyncio.Future[PlaybackEnd]


class Background:
    """The sounds of one stream, one after the other, in virtual time.

    Args:
        on_change: Told the name of what is heard now, or None.
    """

    def __init__(self, on_change: Callable[[str | None], None]) -> None:
        self._on_change = on_change
        self._queue: deque[_Queued] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def name(self) -> str | None:
        """Of the sound that is heard now."""
        return self._queue[0].sound.name if self._queue else None

    def play(self, sound: Sound, *, loops: bool) -> asyncio.Future[PlaybackEnd]:
        """Queue one.

        Raises:
            MediaError: Too many wait.
        """
        loop = asyncio.get_running_loop()
        queued = _Queued(sound, loops, loop.create_future())
        if len(sound.samples) < 2:  # octets of one sample
            queued.ended.set_result(PlaybackEnd.FINISHED)
            return queued.ended
        if len(self._queue) == MOST_WAITING:
            raise MediaError(f"cannot queue {sound.name}: too many sounds wait")
        self._queue.append(queued)
        if len(self._queue) == 1:
            self._begin()
        elif self._timer is None:  # the one before loops: it gives way at the end of its round
            self._timer = loop.call_later(self._queue[0].sound.duration, self._finish)
        return queued.ended

    def _begin(self) -> None:
        first = self._queue[0]
        self._on_change(first.sound.name)
        if not first.loops or len(self._queue) > 1:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(first.sound.duration, self._finish)

    def _finish(self) -> None:
        self._timer = None
        _end(self._queue.popleft(), PlaybackEnd.FINISHED)
        if self._queue:
            self._begin()
        else:
            self._on_change(None)

    def stop(self, how: PlaybackEnd = PlaybackEnd.STOPPED) -> None:
        """End all."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        was_heard = bool(self._queue)
        while self._queue:
            _end(self._queue.popleft(), how)
        if was_heard:
            self._on_change(None)

    def close(self) -> None:
        """End all; nobody is told of anything any more."""
        self.stop(PlaybackEnd.CLOSED)
        self._on_change = lambda _: None


def _end(queued: _Queued, how: PlaybackEnd) -> None:
    if not queued.ended.done():
        queued.ended.set_result(how)
