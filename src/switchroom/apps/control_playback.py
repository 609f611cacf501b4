"""ControlPlayback(): play a sound that the caller winds, pauses and stops.

Family: Sounds and digits
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from switchroom.base.errors import SoundNotFoundError
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel

logger = logging.getLogger(__name__)

SKIP_MS = 3000  #: Asterisk's documented default
LONGEST_PAUSE = 3600.0  #: seconds; then it goes on by itself


@dataclass(frozen=True, slots=True)
class ControlPlaybackOptions:
    """Option letters of ControlPlayback."""

    start_ms: int = option("o", "Begin so many milliseconds behind the start.", default=0)


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


@application("ControlPlayback")
async def control_playback(  # noqa: PLR0913  # the dialplan's own arguments
    channel: Channel,
    filename: str,
    skipms: int = SKIP_MS,
    forward: str = "#",
    rewind: str = "*",
    stop: str = "",
    pause: str = "",
    restart: str = "",
    options: ControlPlaybackOptions = ControlPlaybackOptions(),
) -> None:
    """Play a sound that the caller may wind, pause and stop by digits.

    Answers first.

    Args:
        channel: The channel.
        filename: The sound.
        skipms: Milliseconds that one key winds.
        forward: Digits that wind forward.
        rewind: Digits that wind back.
        stop: Digits that stop.
        pause: Digits that pause; once more goes on.
        restart: Digits that begin anew.
        options: Option letters.

    Variables:
        CPLAYBACKSTATUS: SUCCESS, USERSTOPPED or ERROR.
        CPLAYBACKOFFSET: The milliseconds where it was stopped, -1 for its end.
        CPLAYBACKSTOPKEY: The digit that stopped it.

    Examples:
        ; 5 seconds a key: # forward, * back, 0 stops, 8 pauses
        ControlPlayback(demo-instruct,5000,#,*,0,8)
        NoOp(${CPLAYBACKSTATUS} at ${CPLAYBACKOFFSET})
    """
    await channel.answer()
    player = Player(channel, filename, Keys(forward, rewind, stop, pause, restart), skipms / 1000)
    try:
        digit = await player.run(max(0, options.start_ms) / 1000)
    except SoundNotFoundError as error:
        logger.warning("%s: ControlPlayback: %s", channel.name, error)
        channel.set_variable("CPLAYBACKSTATUS", "ERROR")
        return
    offset = round(player.position * 1000) if digit else -1
    channel.set_variable("CPLAYBACKSTATUS", "USERSTOPPED" if digit else "SUCCESS")
    channel.set_variable("CPLAYBACKOFFSET", str(offset))
    channel.set_variable("CPLAYBACKSTOPKEY", digit)


class Player:
    """One sound under the caller's control.

    Args:
        channel: Who hears it.
        sound: Its name.
        keys: What the digits do.
        skip: Seconds that one key winds.
    """

    def __init__(self, channel: Channel, sound: str, keys: Keys, skip: float) -> None:
        self.channel = channel
        self.sound = sound
        self.keys = keys
        self.position = 0.0  #: seconds behind the start, where it stands
        self._skip = skip

    async def run(self, start: float) -> str:
        """Play from ``start`` on; returns the digit that stopped it, empty at its end.

        Raises:
            SoundNotFoundError: There is no such sound.
        """
        self.position = start
        now: Callable[[], float] = asyncio.get_running_loop().time
        while True:
            began = now()
            digit = await self.channel.play(
                self.sound, interrupt=self.keys.all, start=self.position
            )
            self.position += now() - began
            if not digit:
                return ""
            if digit in self.keys.pause:
                digit = await self._pause()
            if digit and digit in self.keys.stop:
                return digit
            self._wind(digit)

    async def _pause(self) -> str:
        """Wait for a digit that does something; the pause key itself only ends the pause."""
        while (digit := await self.channel.read_digit(LONGEST_PAUSE)) is not None:
            if digit in self.keys.pause:
                return ""
            if digit in self.keys.all:
                return digit
        return ""

    def _wind(self, digit: str) -> None:
        if not digit:
            return
        if digit in self.keys.restart:
            self.position = 0.0
        elif digit in self.keys.forward:
            self.position += self._skip
        elif digit in self.keys.rewind:
            self.position = max(0.0, self.position - self._skip)
