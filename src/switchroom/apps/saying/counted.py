"""SayCountedNoun(), SayCountedAdj(): speak a word in the form that goes with a number.

Family: Speaking values
"""

from __future__ import annotations

import logging

from switchroom.apps.prompts import play_prompts
from switchroom.base.errors import SoundNotFoundError
from switchroom.dialplan.registry import application
from switchroom.media.saying.gender import Gender
from switchroom.media.saying.parsing import parse_number
from switchroom.media.saying.registry import language_for
from switchroom.pbx.channel import Channel

logger = logging.getLogger(__name__)


@application("SayCountedNoun")
async def say_counted_noun(channel: Channel, number: str, filename: str) -> None:
    """Say a noun in the form that goes with a number, but not the number itself.

    Does not answer.

    Args:
        channel: The channel.
        number: How many there are.
        filename: The noun's prompt. In English ``s`` is appended for more than one; in a Slavic
            language ``x1`` for few and ``x2`` for many.

    Examples:
        Set(n=3)
        SayNumber(${n})
        SayCountedNoun(${n},vm-message)
    """
    count = parse_number(number)
    name = language_for(channel.language).counted_noun(count, filename.strip())
    await play_prompts(channel, [name], "SayCountedNoun")


@application("SayCountedAdj")
async def say_counted_adjective(
    channel: Channel, number: str, filename: str, gender: str = ""
) -> None:
    """Say an adjective in the form that goes with a number of things, but not the number itself.

    Does not answer.

    Args:
        channel: The channel.
        number: How many there are.
        filename: The adjective's prompt. In English nothing is appended; in a Slavic language the
            gender's letter for one, ``x`` for more.
        gender: Of the noun: ``m``, ``f``, ``n`` or ``c``.

    Examples:
        SayNumber(3)
        SayCountedAdj(3,vm-INBOX)
    """
    count = parse_number(number)
    language = language_for(channel.language)
    *preferred, last = language.counted_adjective(count, filename.strip(), Gender.of(gender))
    for name in preferred:
        try:
            await channel.play(name)
        except SoundNotFoundError as error:
            logger.debug("%s: SayCountedAdj: %s", channel.name, error)
        else:
            return
    await play_prompts(channel, [last], "SayCountedAdj")
