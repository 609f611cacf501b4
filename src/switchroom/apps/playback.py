"""Playback() and BackGround(): play sounds.

Family: Sounds and digits
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from switchroom.apps.prompts import go_to_keyed, play_prompts
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import Rest, application
from switchroom.media.saying.errors import CannotSayError
from switchroom.media.saying.prefixed import is_prefixed, say_prefixed
from switchroom.media.saying.registry import language_for
from switchroom.pbx.channel import ALL_DIGITS, Channel, ChannelState

logger = logging.getLogger(__name__)


@application("Playback")
async def playback(channel: Channel, sounds: str, options: Rest = "") -> None:
    """Play sounds one after the other; digits keyed meanwhile are dropped.

    Answers first.

    Args:
        channel: The channel.
        sounds: Names joined by ``&``.
        options: Words joined by commas. ``skip``: only on a channel that is up; ``noanswer``: do
            not answer first; ``say``: the names are values to say, such as ``num:12``, ``enum:3``,
            ``digit:07``, ``char:abc``, ``phonetic:abc``, ``date:AdB:20240320``,
            ``datetime::202403201405``; ``mix``: some of them are.

    Variables:
        PLAYBACKSTATUS: SUCCESS, or FAILED where a sound was missing.

    Examples:
        Playback(hello-world&vm-goodbye)
        NoOp(${PLAYBACKSTATUS})  ; => SUCCESS
        Playback(vm-extension&num:42,mix)
        Playback(date:AdB:20240320,say)
    """
    words = {word.strip().lower() for word in options.split(",")}
    if channel.state is not ChannelState.UP:
        if "skip" in words:
            channel.set_variable("PLAYBACKSTATUS", "SUCCESS")
            return
        if "noanswer" not in words:
            await channel.answer()
    names = [sound.strip() for sound in sounds.split("&") if sound.strip()]
    is_complete = True
    if not words.isdisjoint({"say", "mix"}):
        names, is_complete = _values(channel, names, is_mixed="mix" in words)
    played = await play_prompts(channel, names, "Playback")
    is_complete = is_complete and not played.missing
    channel.set_variable("PLAYBACKSTATUS", "SUCCESS" if is_complete else "FAILED")


def _values(channel: Channel, texts: Iterable[str], *, is_mixed: bool) -> tuple[list[str], bool]:
    """The prompts of values to say, and whether all could be said."""
    language = language_for(channel.language)
    names: list[str] = []
    is_complete = True
    for text in texts:
        if is_mixed and not is_prefixed(text):
            names.append(text)
            continue
        try:
            names += say_prefixed(language, text, today=_today(channel))
        except CannotSayError as error:
            logger.warning("%s: Playback: %s", channel.name, error)
            is_complete = False
    return names, is_complete


def _today(channel: Channel) -> date:
    return datetime.fromtimestamp(channel.pbx.now(), UTC).astimezone().date()


@dataclass(frozen=True, slots=True)
class BackgroundOptions:
    """Option letters of BackGround."""

    skip: bool = option("s", "Play nothing on a channel that is not up.", word="skip")
    no_answer: bool = option("n", "Do not answer first.", word="noanswer")
    only_extensions: bool = option("m", "End only with a digit that is an extension.")
    play_through: bool = option("p", "No digit ends it.")


@application("BackGround")
async def background(
    channel: Channel,
    sounds: str,
    options: BackgroundOptions = BackgroundOptions(),
    language: str = "",
    context: str = "",
) -> None:
    """Play sounds until the caller keys an extension, and go there.

    Answers first.

    Args:
        channel: The channel.
        sounds: Names joined by ``&``.
        options: Option letters.
        language: Of the sounds, instead of the channel's.
        context: Where the digits are looked for, instead of the channel's.

    Variables:
        BACKGROUNDSTATUS: SUCCESS, or FAILED where a sound was missing.

    Examples:
        exten => s,1,BackGround(demo-congrats&demo-instruct)
         same => n,WaitExten(5)
        exten => 1,1,Dial(PJSIP/100)
        exten => 2,1,Dial(PJSIP/101)
        exten => i,1,Playback(pbx-invalid)
         same => n,Goto(s,1)
        exten => t,1,Playback(vm-goodbye)
         same => n,Hangup()
    """
    if channel.state is not ChannelState.UP:
        if options.skip:
            channel.set_variable("BACKGROUNDSTATUS", "SUCCESS")
            return
        if not options.no_answer:
            await channel.answer()
    names = [sound.strip() for sound in sounds.split("&") if sound.strip()]
    interrupt = _interrupting(channel, options, context or channel.context)
    before = channel.language
    channel.language = language or before
    try:
        played = await play_prompts(channel, names, "BackGround", interrupt=interrupt)
    finally:
        channel.language = before
    channel.set_variable("BACKGROUNDSTATUS", "FAILED" if played.missing else "SUCCESS")
    if played.digit:
        if context:
            channel.context = context
        await go_to_keyed(channel, played.digit)


def _interrupting(channel: Channel, options: BackgroundOptions, where: str) -> str:
    """The digits that end the sounds."""
    if options.play_through:
        return ""
    if not options.only_extensions:
        return ALL_DIGITS
    dialplan = channel.pbx.dialplan
    return "".join(d for d in ALL_DIGITS if dialplan.exists(channel, d, 1, where))
