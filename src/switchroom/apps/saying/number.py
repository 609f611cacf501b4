"""SayNumber(), SayOrdinal(), SayMoney(): speak values.

Family: Speaking values
"""

from __future__ import annotations

from switchroom.apps.saying.speaking import say
from switchroom.dialplan.registry import application
from switchroom.media.saying.gender import Gender
from switchroom.media.saying.parsing import parse_amount, parse_number
from switchroom.media.saying.registry import language_for
from switchroom.pbx.channel import Channel


@application("SayNumber")
async def say_number(channel: Channel, digits: str, gender: str = "") -> None:
    """Say a whole number in the channel's language.

    Does not answer.

    Args:
        channel: The channel.
        digits: The number; it may be negative. What is none, or too large, is told to the log.
        gender: Of what is counted: ``f`` feminine, ``m`` masculine, ``n`` neuter, ``c`` common,
            ``p`` plural.

    Variables:
        SAY_DTMF_INTERRUPT: Where it is ``true`` digits are taken as BackGround() takes them.

    Examples:
        SayNumber(42)
        Set(CHANNEL(language)=fr)
        SayNumber(1,f)
    """
    number = parse_number(digits)
    names = language_for(channel.language).number(number, Gender.of(gender))
    await say(channel, names, "SayNumber")


@application("SayOrdinal")
async def say_ordinal(channel: Channel, digits: str, gender: str = "") -> None:
    """Say a whole number as a rank: first, forty-second.

    Does not answer.

    Args:
        channel: The channel.
        digits: The number. What is none, or too large, is told to the log.
        gender: Of what is ranked, see SayNumber().

    Variables:
        SAY_DTMF_INTERRUPT: Where it is ``true`` digits are taken as BackGround() takes them.

    Examples:
        SayOrdinal(3)
    """
    number = parse_number(digits)
    names = language_for(channel.language).ordinal(number, Gender.of(gender))
    await say(channel, names, "SayOrdinal")


@application("SayMoney")
async def say_money(channel: Channel, dollars: str) -> None:
    """Say an amount in dollars and cents.

    Does not answer.

    Args:
        channel: The channel.
        dollars: A decimal number; fractions of a cent are left out. What is none, or too large, is
            told to the log.

    Variables:
        SAY_DTMF_INTERRUPT: Where it is ``true`` digits are taken as BackGround() takes them.

    Examples:
        SayMoney(12.50)
    """
    amount = parse_amount(dollars)
    await say(channel, language_for(channel.language).money(amount), "SayMoney")
