"""SayDigits(), SayAlpha(), SayAlphaCase(), SayPhonetic(): speak texts character by character.

Family: Speaking values
"""

from __future__ import annotations

from switchroom.apps.saying.speaking import say
from switchroom.base.errors import DialplanError
from switchroom.dialplan.registry import Rest, application
from switchroom.media.saying import spelling
from switchroom.pbx.channel import Channel


@application("SayDigits")
async def say_digits(channel: Channel, digits: Rest = "") -> None:
    """Say digits one by one.

    Does not answer.

    Args:
        channel: The channel.
        digits: 0 to 9, ``*``, ``#`` and ``-``; anything else is passed over.

    Variables:
        SAY_DTMF_INTERRUPT: Where it is ``true`` digits are taken as BackGround() takes them.

    Examples:
        SayDigits(0815)
    """
    await say(channel, spelling.digits(digits), "SayDigits")


@application("SayAlpha")
async def say_alpha(channel: Channel, string: Rest = "") -> None:
    """Spell a text: letters, digits and signs by their names.

    Does not answer.

    Args:
        channel: The channel.
        string: What to spell; characters outside of ASCII are passed over.

    Variables:
        SAY_DTMF_INTERRUPT: Where it is ``true`` digits are taken as BackGround() takes them.

    Examples:
        SayAlpha(ACME-7)
    """
    await say(channel, spelling.letters(string), "SayAlpha")


@application("SayAlphaCase", goes_on=True)
async def say_alpha_case(channel: Channel, case: str, string: Rest) -> None:
    """Spell a text, telling capitals from small letters.

    Does not answer.

    Args:
        channel: The channel.
        case: ``a``: tell the case of all letters, ``u``: of capitals, ``l``: of small ones,
            ``n``: of none.
        string: What to spell; characters outside of ASCII are passed over.

    Variables:
        SAY_DTMF_INTERRUPT: Where it is ``true`` digits are taken as BackGround() takes them.

    Examples:
        SayAlphaCase(u,aBc)
    """
    try:
        told = spelling.Case(case.strip()[:1].lower())
    except ValueError as error:
        raise DialplanError(f"SayAlphaCase: {case!r} is none of a, l, n, u") from error
    await say(channel, spelling.letters(string, told), "SayAlphaCase")


@application("SayPhonetic")
async def say_phonetic(channel: Channel, string: Rest = "") -> None:
    """Spell a text in the phonetic alphabet: alpha, bravo.

    Does not answer.

    Args:
        channel: The channel.
        string: What to spell; characters outside of ASCII are passed over.

    Variables:
        SAY_DTMF_INTERRUPT: Where it is ``true`` digits are taken as BackGround() takes them.

    Examples:
        SayPhonetic(ACME)
    """
    await say(channel, spelling.phonetic(string), "SayPhonetic")
