"""What a channel says and hears, made even and clean."""

from __future__ import annotations

from switchroom.pbx.channel import Channel

SAID, HEARD = "rx", "tx"  #: the directions, as the dialplan calls them


class Cleaning:
    """Of one channel, by direction; ``channel.datastore(Cleaning)``."""

    def __init__(self) -> None:
        self.denoises = {SAID: False, HEARD: False}
        self.levels = {SAID: 0.0, HEARD: 0.0}

    async def apply(self, channel: Channel, way: str) -> None:
        """Let the engine do so.

        Raises:
            MediaError: The library for it is not installed.
        """
        stream = await channel.stream()
        stream.clean(heard=way == HEARD, denoise=self.denoises[way], level=self.levels[way])
