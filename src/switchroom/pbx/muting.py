"""Channels whose party is not heard, or hears nothing."""

from __future__ import annotations

from switchroom.pbx.channel import Channel


class Mutes:
    """What of a channel's audio is silent, by ``channel.datastore(Mutes)``."""

    def __init__(self) -> None:
        self.said = self.heard = False


async def set_muted(
    channel: Channel, *, muted: bool, said: bool = False, heard: bool = False
) -> None:
    """Mute, or let be heard again.

    Args:
        channel: Whose party.
        muted: Which of both.
        said: What the party says.
        heard: What it hears.
    """
    mutes = channel.datastore(Mutes)
    if said:
        mutes.said = muted
    if heard:
        mutes.heard = muted
    stream = await channel.stream()
    stream.set_gains(said=0.0 if mutes.said else 1.0, heard=0.0 if mutes.heard else 1.0)
