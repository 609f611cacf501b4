"""Playback() and BackGround(): play sounds."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from switchroom.base.errors import SoundNotFoundError
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import ALL_DIGITS, Channel, ChannelState

logger = logging.getLogger(__name__)


@application("Playback")
async def playback(channel: Channel, sounds: str, options: str = "") -> None:
    """Play sounds one after the other; digits keyed meanwhile are dropped.

    Answers first. Sets PLAYBACKSTATUS: SUCCESS, or FAILED where a sound was missing.

    Args:
        channel: The channel.
        sounds: Names joined by ``&``.
        options: ``skip``: only on a channel that is up; ``noanswer``: do not answer first.
    """
    words = {word.strip() for word in options.split(",")}
    if channel.state is not ChannelState.UP:
        if "skip" in words:
            channel.set_variable("PLAYBACKSTATUS", "SUCCESS")
            return
        if "noanswer" not in words:
            await channel.answer()
    missing = False
    for sound in filter(None, sounds.split("&")):
        try:
            await channel.play(sound.strip())
        except SoundNotFoundError as error:
            logger.warning("%s: Playback: %s", channel.name, error)
            missing = True
    channel.set_variable("PLAYBACKSTATUS", "FAILED" if missing else "SUCCESS")


@dataclass(frozen=True, slots=True)
class BackgroundOptions:
    """Option letters of BackGround."""

    skip: bool = option("s", "Play nothing on a channel that is not up.")
    no_answer: bool = option("n", "Do not answer first.")
    only_extensions: bool = option("m", "End only with a digit that is an extension.")


@application("BackGround")
async def background(
    channel: Channel,
    sounds: str,
    options: BackgroundOptions = BackgroundOptions(),
    language: str = "",
    context: str = "",
) -> None:
    """Play sounds until the caller keys an extension, and go there.

    Args:
        channel: The channel.
        sounds: Names joined by ``&``.
        options: Option letters.
        language: Of the sounds, instead of the channel's.
        context: Where the digits are looked for, instead of the channel's.
    """
    if channel.state is not ChannelState.UP:
        if options.skip:
            return
        if not options.no_answer:
            await channel.answer()
    before = channel.language
    channel.language = language or before
    try:
        digit = await _play_until_keyed(channel, sounds, options, context)
    finally:
        channel.language = before
    if digit:
        if context:
            channel.context = context
        dialplan = channel.pbx.dialplan
        number = await dialplan.collect(channel, digit, channel.digit_timeout)
        dialplan.go_to_collected(channel, number)


async def _play_until_keyed(
    channel: Channel, sounds: str, options: BackgroundOptions, context: str
) -> str:
    where = context or channel.context
    dialplan = channel.pbx.dialplan
    interrupt = ALL_DIGITS
    if options.only_extensions:
        interrupt = "".join(d for d in ALL_DIGITS if dialplan.exists(channel, d, 1, where))
    for sound in filter(None, sounds.split("&")):
        try:
            if digit := await channel.play(sound.strip(), interrupt=interrupt):
                return digit
        except SoundNotFoundError as error:
            logger.warning("%s: BackGround: %s", channel.name, error)
    return ""
