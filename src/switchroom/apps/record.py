"""Record(): record the caller into a file.

Family: Sounds and digits
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from dataclasses import dataclass
from pathlib import Path

from switchroom.apps.prompts import play_prompts
from switchroom.base.errors import BadArgumentsError, MediaError
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.media.files.editing import append_file, cut_end
from switchroom.pbx.channel import ALL_DIGITS, Channel, ChannelState
from switchroom.pbx.recordings.last_record import RecordingInfo

logger = logging.getLogger(__name__)

_STATUS = {"silence": "SILENCE", "limit": "TIMEOUT", "error": "ERROR"}


@dataclass(frozen=True, slots=True)
class RecordOptions:
    """Option letters of Record."""

    append: bool = option("a", "Append to what the file has.")
    no_answer: bool = option("n", "Do not answer first.")
    operator: bool = option("o", "0 ends it too, with RECORD_STATUS OPERATOR.")
    quiet: bool = option("q", "Without the beep.")
    skip: bool = option("s", "Do nothing on a channel that is not up.")
    star: bool = option("t", "* ends it instead of #.")
    keep_silence: bool = option("u", "Keep the silence that ended it.")
    ignore_digits: bool = option("x", "No digit ends it.")
    keep_at_hangup: bool = option("k", "Keep the file when the caller hangs up.")
    any_digit: bool = option("y", "Every digit ends it.")

    @property
    def terminators(self) -> str:
        """The digits that end the recording."""
        if self.ignore_digits:
            return ""
        if self.any_digit:
            return ALL_DIGITS
        return ("*" if self.star else "#") + ("0" if self.operator else "")


@application("Record")
async def record(
    channel: Channel,
    filename: str,
    silence: float = 0.0,
    maxduration: float = 0.0,
    options: RecordOptions = RecordOptions(),
) -> None:
    """Record the caller into a file until a digit, silence, or a hangup, which drops the file.

    Answers first, and beeps.

    Args:
        channel: The channel.
        filename: Its suffix names the format; a relative one is below the folder of sounds, so
            that Playback finds it. ``%d`` stands for the first number that gives a new file.
        silence: Seconds of silence that end it; 0: silence does not.
        maxduration: Seconds of its greatest length; 0: any.
        options: Option letters.

    Variables:
        RECORDED_FILE: The name without its suffix.
        RECORD_STATUS: DTMF, SILENCE, TIMEOUT, HANGUP, SKIP, ERROR, or OPERATOR.

    Examples:
        ; until #, 3 seconds of silence, or a minute
        Record(greeting-%d.wav,3,60)
        Playback(${RECORDED_FILE})
    """
    name, dot, suffix = filename.strip().rpartition("." if "." in filename else ":")
    if not dot or not name or not suffix:
        channel.set_variable("RECORD_STATUS", "ERROR")
        raise BadArgumentsError(f"Record: {filename!r} does not end in a format, as in name.wav")
    if channel.state is not ChannelState.UP:
        if options.skip:
            channel.set_variable("RECORD_STATUS", "SKIP")
            return
        if not options.no_answer:
            await channel.answer()
    name = _numbered(channel, name, suffix)
    channel.set_variable("RECORDED_FILE", name)
    status = "HANGUP"
    try:
        if not options.quiet:
            await play_prompts(channel, ["beep"], "Record")
        status = await _record(channel, _path(channel, name, suffix), silence, maxduration, options)
    except MediaError as error:
        logger.warning("%s: Record: %s", channel.name, error)
        status = "ERROR"
    finally:
        channel.set_variable("RECORD_STATUS", status)


def _path(channel: Channel, name: str, suffix: str) -> Path:
    return channel.pbx.directories.sounds / f"{name}.{suffix}"


def _numbered(channel: Channel, name: str, suffix: str) -> str:
    """The name with ``%d`` replaced by the first number that gives a new file."""
    if "%d" not in name:
        return name
    names = (name.replace("%d", str(number)) for number in itertools.count())
    return next(each for each in names if not _path(channel, each, suffix).exists())


def _target(path: Path) -> Path:
    """Where to record what is appended to ``path``: beside it, if there is such a file."""
    return path.with_name(f".{path.stem}.more{path.suffix}") if path.exists() else path


async def _record(
    channel: Channel, path: Path, silence: float, limit: float, options: RecordOptions
) -> str:
    """Record; returns how it ended. A hangup drops the file, unless it is to be kept.

    Raises:
        MediaError: The file cannot be written, or its format is unknown.
    """
    target = _target(path) if options.append else path
    await channel.record(target, max_silence=silence or None, max_duration=limit or None)
    status = "HANGUP"
    try:
        status = await _until_ended(channel, options)
    finally:
        seconds = await channel.stop_recording()
        cut = silence if status == "SILENCE" and not options.keep_silence else 0.0
        channel.datastore(RecordingInfo).duration = max(0.0, seconds - cut)
        if status == "HANGUP" and not options.keep_at_hangup:
            target.unlink(missing_ok=True)
        else:
            if cut:
                await asyncio.to_thread(cut_end, target, cut)
            if target != path:
                await asyncio.to_thread(append_file, path, target)
    return status


async def _until_ended(channel: Channel, options: RecordOptions) -> str:
    while True:
        ended = await channel.digit_or_recording_end()
        if not isinstance(ended, str):
            return _STATUS[ended.reason]
        if ended in options.terminators:
            return "OPERATOR" if ended == "0" and options.operator else "DTMF"
