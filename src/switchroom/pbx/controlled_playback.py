"""A sound that somebody winds, pauses and stops while it plays: its listener, or a manager."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from switchroom.pbx.channel import Channel

LONGEST_PAUSE = 3600.0  #: seconds; then it goes on by itself


class Control(StrEnum):
    """What can be done with a sound that plays; the values are AMI's."""

    STOP = "stop"
    FORWARD = "forward"
    REWIND = "reverse"
    PAUSE = "pause"  #: once more goes on
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Keys:
    """Which digits do what; each a set of digits, empty for none."""

    forward: str
    rewind: str
    stop: str
    pause: str
    restart: str

    @property
    def all(self) -> str:
        """Every digit that does something."""
        return self.forward + self.rewind + self.stop + self.pause + self.restart

    def control(self, digit: str) -> Control | None:
        """What a digit does; where it is named for several: the first of these."""
        named = (
            (self.pause, Control.PAUSE),
            (self.stop, Control.STOP),
            (self.restart, Control.RESTART),
            (self.forward, Control.FORWARD),
            (self.rewind, Control.REWIND),
        )
        return next((control for digits, control in named if digit and digit in digits), None)


class _Played:
    """Of a channel: what plays there now."""

    def __init__(self) -> None:
        self.player: Player | None = None


def player_of(channel: Channel) -> Player | None:
    """The sound that plays to a channel, where it can be controlled."""
    return channel.datastore(_Played).player


class Player:
    """One sound under control.

    Args:
        channel: Who hears it.
        sound: Its name.
        keys: What the listener's digits do.
        skip: Seconds that it is wound at a time.
    """

    def __init__(self, channel: Channel, sound: str, keys: Keys, skip: float) -> None:
        self.channel = channel
        self.sound = sound
        self.keys = keys
        self.position = 0.0  #: seconds behind the start, where it stands
        self.was_stopped = False  #: by a digit, or from afar
        self._skip = skip
        self._digit = ""
        self._from_afar: deque[Control] = deque()
        self._pause_limit: asyncio.Timeout | None = None

    def control(self, control: Control) -> None:
        """Do something with it, from afar."""
        self._from_afar.append(control)
        if self._pause_limit is not None:
            self._pause_limit.reschedule(asyncio.get_running_loop().time())
            self._pause_limit = None
        elif (stream := self.channel.opened_stream) is not None:
            stream.stop_playback()

    async def run(self, start: float) -> str:
        """Play from ``start`` on; returns the digit that stopped it, empty at its end.

        Raises:
            SoundNotFoundError: There is no such sound.
        """
        self.position = start
        with self._is_known():
            while (control := await self._play()) is not None:
                if control is Control.PAUSE:
                    control = await self._pause()
                if control is Control.STOP:
                    self.was_stopped = True
                    return self._digit
                self._wind(control)
        return ""

    @contextmanager
    def _is_known(self) -> Iterator[None]:
        played = self.channel.datastore(_Played)
        before, played.player = played.player, self
        try:
            yield
        finally:
            played.player = before

    async def _play(self) -> Control | None:
        """Play on; returns what somebody wants, None at the end."""
        if not self._from_afar:
            loop = asyncio.get_running_loop()
            began = loop.time()
            self._digit = await self.channel.play(
                self.sound, interrupt=self.keys.all, start=self.position
            )
            self.position += loop.time() - began
        return self._wanted()

    async def _pause(self) -> Control | None:
        """Wait until somebody wants something else; to pause once more only ends the pause."""
        self._digit = ""
        try:
            async with asyncio.timeout(LONGEST_PAUSE) as self._pause_limit:
                while not self._from_afar and self.keys.control(self._digit) is None:
                    self._digit = await self.channel.read_digit(LONGEST_PAUSE) or ""
        except TimeoutError:
            self._digit = ""
        finally:
            self._pause_limit = None
        wanted = self._wanted()
        return None if wanted is Control.PAUSE else wanted

    def _wanted(self) -> Control | None:
        if self._from_afar:
            self._digit = ""
            return self._from_afar.popleft()
        return self.keys.control(self._digit)

    def _wind(self, control: Control | None) -> None:
        if control is Control.RESTART:
            self.position = 0.0
        elif control is Control.FORWARD:
            self.position += self._skip
        elif control is Control.REWIND:
            self.position = max(0.0, self.position - self._skip)
