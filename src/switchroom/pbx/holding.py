"""What a party hears while nobody talks to it."""

from __future__ import annotations

import contextlib

from switchroom.pbx.channel import Channel, HangupError
from switchroom.pbx.music.classes import start_music, stop_music


async def begin_hold(channel: Channel, music: str = "") -> None:
    """Let the party hear music, of a class or of its own; it may have hung up."""
    if not channel.is_hung_up:
        with contextlib.suppress(HangupError):  # meanwhile
            await start_music(channel, music)


def end_hold(channel: Channel) -> None:
    """No more music."""
    stop_music(channel)
