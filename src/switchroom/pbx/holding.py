"""What a party hears while nobody talks to it."""

from __future__ import annotations

from switchroom.base.errors import SoundNotFoundError
from switchroom.pbx.channel import Channel


async def begin_hold(channel: Channel, music: str = "") -> None:
    """Let the party hear music, where there is some; it may have hung up."""
    if channel.is_hung_up:
        return
    try:
        sound = await channel.pbx.sounds.find(f"moh/{music or 'default'}")
    except SoundNotFoundError:
        return
    stream = await channel.stream()
    if sound.duration > 0:
        stream.play_background(sound, loop=True)


def end_hold(channel: Channel) -> None:
    """No more music."""
    if channel.opened_stream is not None:
        channel.opened_stream.stop_background()
