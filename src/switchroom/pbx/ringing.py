"""What a caller hears while somebody else is dialled: a ringing tone, or music instead."""

from __future__ import annotations

import asyncio
import logging

from switchroom.base.errors import MediaError
from switchroom.pbx.channel import Channel, ChannelState, HangupError
from switchroom.pbx.music.classes import start_music, stop_music
from switchroom.pbx.signal_tones import play_indication, play_tones, stop_tones
from switchroom.pbx.technology import Indication

logger = logging.getLogger(__name__)


class Ringback:
    """Plays to one channel until it is stopped.

    Args:
        channel: Who hears it.
        music: A class of music; empty for a tone.
        tone: The tone's name; empty for the one of ringing, which a signal may stand for.
        yields: Early media of the called party takes its place.
    """

    def __init__(
        self, channel: Channel, *, music: str = "", tone: str = "", yields: bool = False
    ) -> None:
        self._channel = channel
        self._music = music
        self._tone = tone
        self.yields = yields
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin: by a signal, where that says it all, else by sound."""
        channel = self._channel
        if channel.state is not ChannelState.UP and not self._music and not self._tone:
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
            stop_tones(self._channel)
            stop_music(self._channel)

    async def _play(self) -> None:
        try:
            if self._music:
                await start_music(self._channel, self._music)
            elif self._tone:
                await play_tones(self._channel, self._tone)
            else:
                await play_indication(self._channel, Indication.RINGING)
        except HangupError:
            pass  # nobody hears it any more
        except MediaError as error:
            logger.warning("%s: the tone %s: %s", self._channel.name, self._tone, error)
