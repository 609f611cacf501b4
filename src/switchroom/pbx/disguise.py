"""A channel's voice with another pitch, or scrambled."""

from __future__ import annotations

from switchroom.pbx.channel import Channel
from switchroom.pbx.cleaning import HEARD, SAID

BOTH = frozenset({SAID, HEARD})


class Disguise:
    """Of one channel, by direction; ``channel.datastore(Disguise)``."""

    def __init__(self) -> None:
        self.inverted: set[str] = set()
        self.pitches = {SAID: 1.0, HEARD: 1.0}

    async def apply(self, channel: Channel) -> None:
        """Let the engine do so."""
        stream = await channel.stream()
        for way, pitch in self.pitches.items():
            stream.disguise(heard=way == HEARD, inverted=way in self.inverted, pitch=pitch)
