"""SayUnixTime() and DateTime(): speak a moment.

Family: Speaking values
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from switchroom.apps.saying.speaking import say
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.media.saying.date_format import DEFAULT_FORMAT, say_moment
from switchroom.media.saying.errors import CannotSayError
from switchroom.media.saying.parsing import parse_number
from switchroom.media.saying.registry import language_for
from switchroom.pbx.channel import Channel

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SayUnixTimeOptions:
    """Option letters of SayUnixTime."""

    jump: bool = option("j", "A digit goes to its extension, as SAY_DTMF_INTERRUPT allows it.")


@application("SayUnixTime")
async def say_unix_time(
    channel: Channel,
    unixtime: str = "",
    timezone: str = "",
    layout: str = DEFAULT_FORMAT,
    options: SayUnixTimeOptions = SayUnixTimeOptions(),
) -> None:
    """Say a date, a time, or both.

    Answers first.

    Args:
        channel: The channel.
        unixtime: Seconds since 1970, may be negative; now when empty.
        timezone: A name such as ``Europe/Berlin``; the machine's own when empty.
        layout: Which parts to say, in this order. ``A`` weekday, ``B`` month, ``m`` its number,
            ``d`` day, ``Y`` year, ``I`` hour of the 12-hour clock, ``H`` of the 24-hour clock
            ("oh five"), ``k`` the same ("five"), ``M`` minute ("o'clock" for none), ``N`` the same
            ("hundred"), ``S`` second, ``P`` before or after noon, ``R`` hour and minute, ``T``
            with the second, ``F`` the whole date, ``Q`` the date or "today", ``q`` the same with
            weekdays and without "today"; a prompt's name in single quotes is played.
        options: Option letters.

    Variables:
        SAY_DTMF_INTERRUPT: Where it is ``true`` digits are taken as BackGround() takes them.

    Examples:
        SayUnixTime()
        ; "quarter past": only hour and minute, in Berlin
        SayUnixTime(${EPOCH},Europe/Berlin,kM)
        SayUnixTime(,,'digits/today' R,j)
    """
    await channel.answer()
    zone = _zone(timezone.strip())
    now = datetime.fromtimestamp(channel.pbx.now(), UTC).astimezone(zone)
    when = _moment(unixtime, now)
    names = say_moment(language_for(channel.language), when, layout, today=now.date())
    await say(channel, names, "SayUnixTime", may_jump=options.jump)


@application("DateTime")
async def date_time(
    channel: Channel, unixtime: str = "", timezone: str = "", layout: str = DEFAULT_FORMAT
) -> None:
    """Say a date, a time, or both: an older name of SayUnixTime().

    Args:
        channel: The channel.
        unixtime: Seconds since 1970, may be negative; now when empty.
        timezone: A name such as ``Europe/Berlin``; the machine's own when empty.
        layout: See SayUnixTime().

    Examples:
        DateTime(,Europe/Berlin,AdB)
    """
    await say_unix_time(channel, unixtime, timezone, layout)


def _zone(name: str) -> tzinfo | None:
    """The zone of a name; None, the machine's own, where there is none of it."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # not there; not a name; a folder
        logger.warning("SayUnixTime: time zone %r: %s", name, error)
    return None


def _moment(seconds: str, now: datetime) -> datetime:
    """The moment of a count of seconds since 1970, in the zone of ``now``."""
    if not seconds.strip():
        return now
    try:
        return datetime.fromtimestamp(parse_number(seconds), UTC).astimezone(now.tzinfo)
    except (CannotSayError, OverflowError, ValueError, OSError):
        logger.warning("SayUnixTime: %r is no time; saying the current one", seconds)
        return now
