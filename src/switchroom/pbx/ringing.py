"""What a caller hears while somebody else is dialled: a ringing tone, or a sound instead."""

from __future__ import annotations

import asyncio
import math
from array import array
from functools import lru_cache

from switchroom.base.errors import SoundNotFoundError
from switchroom.media.api import Sound
from switchroom.pbx.channel import Channel, ChannelState, HangupError
from switchroom.pbx.technology import Indication

SAMPLE_RATE = 8000
AMPLITUDE = 4000  #: of 32,768, of each frequency


@lru_cache(maxsize=1)
def _ringing_tone() -> Sound:
    """Two seconds of 440 and 480 Hz and four of silence, the tone of the zone ``us``."""
    low, high = (2 * math.pi * hertz / SAMPLE_RATE for hertz in (440, 480))
    tone = array(
        "h", (int(AMPLITUDE * (math.sin(low * n) + math.sin(high * n))) for n in range(16000))
    )
    return Sound("ringing", tone.tobytes() + bytes(2 * 4 * SAMPLE_RATE))


class Ringback:
    """Plays to one channel until it is stopped.

    Args:
        channel: Who hears it.
        sound: A prompt's name, repeated; empty for the ringing tone.
        yields: Early media of the called party takes its place.
    """

    def __init__(self, channel: Channel, *, sound: str = "", yields: bool = False) -> None:
        self._channel = channel
        self._sound = sound
        self.yields = yields
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin: by a signal, where that says it all, else by sound."""
        channel = self._channel
        if channel.state is not ChannelState.UP and not self._sound:
            await channel.indicate(Indication.RINGING)
            return
        if channel.state is not ChannelState.UP:
            await channel.indicate(Indication.PROGRESS)
        self.start_now()

    def start_now(self) -> None:
        """Begin to play."""
        if self._task is None:
            self._task = self._channel.pbx.spawn(self._play(), name=self._channel.name)

    def stop(self) -> None:
        """End it; harmless when it does not play."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
            stream = self._channel.opened_stream
            if stream is not None:
                stream.stop_background()

    async def _play(self) -> None:
        channel = self._channel
        try:
            tone = await self._find()
            stream = await channel.stream()
            stream.play_background(tone, loop=True)
        except HangupError:
            pass  # nobody hears it any more

    async def _find(self) -> Sound:
        if self._sound:
            try:
                sound = await self._channel.pbx.sounds.find(
                    self._sound, language=self._channel.language
                )
            except SoundNotFoundError:
                pass
            else:
                if sound.duration > 0:
                    return sound
        return _ringing_tone()
