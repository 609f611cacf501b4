"""ControlPlayback(): play a sound that the caller winds, pauses and stops.

Family: Sounds and digits
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from switchroom.base.errors import SoundNotFoundError
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.pbx.controlled_playback import Keys, Player

logger = logging.getLogger(__name__)

SKIP_MS = 3000  #: Asterisk's documented default


@dataclass(frozen=True, slots=True)
class ControlPlaybackOptions:
    """Option letters of ControlPlayback."""

    start_ms: int = option("o", "Begin so many milliseconds behind the start.", default=0)


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
        CPLAYBACKSTATUS: SUCCESS, USERSTOPPED, REMOTESTOPPED (by a manager) or ERROR.
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
    else:
        note_end(player, digit)


def note_end(player: Player, digit: str) -> None:
    """Leave in variables how a sound ended that could be controlled.

    Args:
        player: Of the sound.
        digit: The one that stopped it; nothing for none.
    """
    status = "SUCCESS"
    if player.was_stopped:
        status = "USERSTOPPED" if digit else "REMOTESTOPPED"
    offset = round(player.position * 1000) if player.was_stopped else -1
    player.channel.set_variable("CPLAYBACKSTATUS", status)
    player.channel.set_variable("CPLAYBACKOFFSET", str(offset))
    player.channel.set_variable("CPLAYBACKSTOPKEY", digit)
