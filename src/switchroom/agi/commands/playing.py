"""Sounds, music and recordings."""

from __future__ import annotations

import asyncio
import logging

from switchroom.agi.registry import agi_command
from switchroom.agi.wire import Answer
from switchroom.apps.control_playback import SKIP_MS, note_end
from switchroom.apps.prompts import play_prompts
from switchroom.base.errors import MediaError, SoundNotFoundError
from switchroom.base.text import leading_int
from switchroom.media.api import RecordingEnded
from switchroom.pbx.channel import Channel
from switchroom.pbx.controlled_playback import Keys, Player
from switchroom.pbx.music.classes import start_music, stop_music

logger = logging.getLogger(__name__)

RATE = 8000  #: samples a second in which positions are told


async def played(channel: Channel, sound: str, escape: str, offset: int = 0) -> Answer:
    """Play a sound that some keys end: the key, and where it was."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        digit = await channel.play(sound, interrupt=escape, start=max(0, offset) / RATE)
    except SoundNotFoundError as error:
        logger.warning("%s: AGI: %s", channel.name, error)
        return Answer(-1, end=0)
    end = offset + round((loop.time() - began) * RATE)
    return Answer(ord(digit) if digit else 0, end=end)


@agi_command("stream file", "<sound> <escape digits> [<sample offset>]")
async def stream_file(channel: Channel, sound: str, escape: str, offset: str = "0") -> Answer:
    """Plays a sound that some keys end."""
    return await played(channel, sound, escape, leading_int(offset) or 0)


@agi_command(
    "control stream file",
    "<sound> <escape digits> [<skip ms> [<forward> [<rewind> [<pause> [<offset ms>]]]]]",
)
async def control_stream_file(  # noqa: PLR0913  # the command's own arguments
    channel: Channel,
    sound: str,
    escape: str,
    skip: str = "",
    forward: str = "#",
    rewind: str = "*",
    pause: str = "",
    offset: str = "0",
) -> Answer:
    """Plays a sound that the caller winds, pauses and ends by keys."""
    keys = Keys(forward, rewind, escape, pause, "")
    player = Player(channel, sound, keys, (leading_int(skip) or SKIP_MS) / 1000)
    try:
        digit = await player.run(max(0, leading_int(offset) or 0) / 1000)
    except SoundNotFoundError as error:
        logger.warning("%s: AGI: %s", channel.name, error)
        channel.set_variable("CPLAYBACKSTATUS", "ERROR")
        return Answer(-1, end=0)
    note_end(player, digit)
    return Answer(ord(digit) if digit else 0, end=round(player.position * RATE))


@agi_command("set music", "<on|off> [<class>]")
async def set_music(channel: Channel, word: str, music_class: str = "") -> Answer:
    """Lets the caller hear music while the script works, or no more."""
    if word.lower() == "on":
        await start_music(channel, music_class)
    elif word.lower() == "off":
        stop_music(channel)
    return Answer(0)


@agi_command(
    "record file",
    "<file> <format> <escape digits> <milliseconds> [<offset samples>] [BEEP] [s=<seconds>]",
)
async def record_file(
    channel: Channel, name: str, suffix: str, escape: str, within: str, *more: str
) -> Answer:
    """Records the caller until a key, silence, or the end of the time; -1: any time."""
    milliseconds = leading_int(within) or -1
    silence = next((each[2:] for each in more if each.lower().startswith("s=")), "")
    if any(each.lower() == "beep" for each in more):
        await play_prompts(channel, ["beep"], "AGI")
    path = channel.pbx.directories.sounds / f"{name}.{suffix}"
    try:
        await channel.record(
            path,
            max_silence=float(leading_int(silence) or 0) or None,
            max_duration=milliseconds / 1000 if milliseconds > 0 else None,
        )
    except MediaError as error:
        logger.warning("%s: AGI: %s", channel.name, error)
        return Answer(-1, "writefile")
    ended: str | RecordingEnded | None = None
    try:
        ended = await _until(channel, escape)
    finally:
        end = round(await channel.stop_recording() * RATE)
    if isinstance(ended, str):
        return Answer(ord(ended), "dtmf", end)
    return Answer(0, "timeout", end)


async def _until(channel: Channel, escape: str) -> str | RecordingEnded:
    """The key that ended the recording, or why it ended by itself."""
    while True:
        ended = await channel.digit_or_recording_end()
        if not isinstance(ended, str):
            return ended
        if ended in escape:
            return ended
