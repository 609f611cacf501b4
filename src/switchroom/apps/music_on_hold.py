"""MusicOnHold() and its like.

Family: Sounds and digits
"""

from __future__ import annotations

from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.pbx.music.classes import start_music, stop_music

LONGEST = 10 * 24 * 3600.0  #: seconds that "until the caller hangs up" lasts


@application("MusicOnHold")
async def music_on_hold(channel: Channel, music_class: str = "", duration: float = 0.0) -> None:
    """Let the caller hear music; the call is not answered.

    Args:
        channel: The channel.
        music_class: Of musiconhold.conf; empty: that of ``CHANNEL(musicclass)``, or ``default``.
            Where it has no music, or does not exist, a melody is heard.
        duration: Seconds; 0: until the caller hangs up.

    Examples:
        MusicOnHold()
        MusicOnHold(jazz,30)
    """
    await start_music(channel, music_class.strip())
    try:
        await channel.sleep(duration if duration > 0 else LONGEST)
    finally:
        stop_music(channel)


@application("StartMusicOnHold")
async def start_music_on_hold(channel: Channel, music_class: str = "") -> None:
    """Let the caller hear music beside the dialplan, which goes on at once.

    A prompt that is played meanwhile holds it up; it ends with StopMusicOnHold, when the caller
    talks with somebody, or with the call.

    Args:
        channel: The channel.
        music_class: As that of MusicOnHold.

    Examples:
        StartMusicOnHold()
        System(/usr/local/bin/slow-query)
        StopMusicOnHold()
    """
    await start_music(channel, music_class.strip())


@application("StopMusicOnHold")
def stop_music_on_hold(channel: Channel) -> None:
    """End what StartMusicOnHold began.

    Examples:
        StopMusicOnHold()
    """
    stop_music(channel)
