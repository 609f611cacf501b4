"""Speaking values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from switchroom.agi.registry import agi_command
from switchroom.agi.wire import Answer
from switchroom.apps.prompts import play_prompts
from switchroom.base.errors import DialplanError
from switchroom.media.saying import spelling
from switchroom.media.saying.date_format import DEFAULT_FORMAT, say_moment
from switchroom.media.saying.errors import CannotSayError
from switchroom.media.saying.gender import Gender
from switchroom.media.saying.parsing import parse_number
from switchroom.media.saying.registry import language_for
from switchroom.pbx.channel import Channel

DATE, TIME = "ABdY", "IMp"


async def _say(channel: Channel, names: Iterable[str], escape: str) -> Answer:
    digit = (await play_prompts(channel, names, "AGI", interrupt=escape)).digit
    return Answer(ord(digit) if digit else 0)


@agi_command("say number", "<number> <escape digits> [<gender>]")
async def say_number(channel: Channel, number: str, escape: str, gender: str = "") -> Answer:
    """Says a number in the call's language."""
    names = language_for(channel.language).number(_number(number), Gender.of(gender))
    return await _say(channel, names, escape)


@agi_command("say digits", "<digits> <escape digits>")
async def say_digits(channel: Channel, digits: str, escape: str) -> Answer:
    """Says digits one by one."""
    return await _say(channel, spelling.digits(digits), escape)


@agi_command("say alpha", "<text> <escape digits>")
async def say_alpha(channel: Channel, text: str, escape: str) -> Answer:
    """Spells a text."""
    return await _say(channel, spelling.letters(text), escape)


@agi_command("say phonetic", "<text> <escape digits>")
async def say_phonetic(channel: Channel, text: str, escape: str) -> Answer:
    """Spells a text in the phonetic alphabet."""
    return await _say(channel, spelling.phonetic(text), escape)


@agi_command("say date", "<seconds since 1970> <escape digits>")
async def say_date(channel: Channel, when: str, escape: str) -> Answer:
    """Says the date of a moment."""
    return await _say_moment(channel, when, escape, DATE)


@agi_command("say time", "<seconds since 1970> <escape digits>")
async def say_time(channel: Channel, when: str, escape: str) -> Answer:
    """Says the time of a moment."""
    return await _say_moment(channel, when, escape, TIME)


@agi_command("say datetime", "<seconds since 1970> <escape digits> [<format> [<time zone>]]")
async def say_datetime(
    channel: Channel, when: str, escape: str, layout: str = DEFAULT_FORMAT, zone: str = ""
) -> Answer:
    """Says a moment as a format tells, in a time zone."""
    return await _say_moment(channel, when, escape, layout or DEFAULT_FORMAT, _zone(zone))


async def _say_moment(
    channel: Channel, when: str, escape: str, layout: str, zone: tzinfo | None = None
) -> Answer:
    today = datetime.fromtimestamp(channel.pbx.now(), UTC).astimezone(zone).date()
    try:
        moment = datetime.fromtimestamp(_number(when), UTC).astimezone(zone)
    except (OverflowError, ValueError, OSError) as error:
        raise DialplanError(f"{when!r} is no time") from error
    names = say_moment(language_for(channel.language), moment, layout, today=today)
    return await _say(channel, names, escape)


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError) as error:
        raise DialplanError(f"there is no time zone {name!r}") from error


def _number(text: str) -> int:
    try:
        return parse_number(text)
    except CannotSayError as error:
        raise DialplanError(f"{text!r} is no number") from error
