"""PlayTones() and StopPlayTones(): signal tones beside the dialplan.

Family: Sounds and digits
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError, MediaError
from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel
from switchroom.pbx.signal_tones import play_tones, stop_tones


@application("PlayTones")
async def start_tones(channel: Channel, arg: Rest) -> None:
    """Let the caller hear tones; the dialplan goes on at once.

    They end with StopPlayTones, with the next sound that is played, or with the call.

    Args:
        channel: The channel.
        arg: A tone of the channel's zone by its name (``dial``, ``busy``, ``ring``, ``congestion``,
            ``info`` …), or a list: ``480+620/500,0/500`` is two frequencies for half a second, then
            half a second of silence, and so on. ``!`` in front of a part plays it once, ``1000*20``
            is modulated, ``480@-10`` has a level in dBm0.

    Examples:
        PlayTones(busy)
        PlayTones(!950/330,!1400/330,!1800/330,0)
    """
    try:
        await play_tones(channel, arg)
    except MediaError as error:
        raise DialplanError(f"PlayTones: {error}") from error


@application("StopPlayTones")
def end_tones(channel: Channel) -> None:
    """End what PlayTones began.

    Examples:
        PlayTones(dial)
        Wait(3)
        StopPlayTones()
    """
    stop_tones(channel)
