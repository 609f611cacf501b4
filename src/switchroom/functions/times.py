"""STRFTIME, STRPTIME, IFTIME and TESTTIME: dates and times.

Family: Dates and times
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_float
from switchroom.dialplan.arguments import separate
from switchroom.dialplan.calendar import format_time, parse_time, zone_of
from switchroom.dialplan.moment import TEST_TIME, holds
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel


@function("STRFTIME")
def string_of_time(channel: Channel, epoch: str = "", timezone: str = "", text: Rest = "%c") -> str:
    """A time in words.

    Args:
        channel: The channel.
        epoch: Seconds since 1970; now where it is not given.
        timezone: As ``Europe/Berlin``; the machine's own where it is not given.
        text: The format, as C's strftime has it; ``%3q`` are milliseconds.

    Examples:
        Set(x=${STRFTIME(1735689600,UTC,%Y-%m-%d %H:%M)})  ; => 2025-01-01 00:00
        Set(x=${STRFTIME(1735689600,America/New_York,%A %-d %B)})  ; => Tuesday 31 December
        Set(file=call-${STRFTIME(,,%Y%m%d-%H%M%S)})
    """
    seconds = leading_float(epoch)
    try:
        moment = channel.pbx.now() if seconds is None else seconds
        return format_time(moment, zone_of(timezone), text)
    except ValueError as error:
        raise DialplanError(f"STRFTIME: {error}") from error


@function("STRPTIME")
def time_of_string(channel: Channel, text: str, timezone: str, form: Rest) -> str:
    """A time in words as seconds since 1970.

    Args:
        channel: The channel.
        text: The time.
        timezone: As ``Europe/Berlin``; the machine's own where it is empty.
        form: How it is written, as C's strptime has it.

    Examples:
        Set(x=${STRPTIME(2025-01-01 12:30,UTC,%Y-%m-%d %H:%M)})  ; => 1735734600
        ; one hour later
        Set(x=${STRFTIME($[0${x} + 3600],UTC,%H:%M)})  ; => 13:30
    """
    moment = parse_time(text, zone_of(timezone), form)
    if moment is None:
        raise DialplanError(f"STRPTIME: {text!r} is not written as {form!r}")
    return str(moment)


@function("IFTIME")
def if_time(channel: Channel, choice: Rest) -> str:
    """One of two texts, by the time.

    Args:
        channel: The channel.
        choice: ``times,weekdays,mdays,months[,timezone]?[then][:else]``.

    Examples:
        Set(TESTTIME()=2026-12-24 20:00:00)
        Set(x=${IFTIME(*,*,24-26,dec?christmas:normal)})  ; => christmas
        Set(x=${IFTIME(08:00-17:59,mon-fri,*,*?open:closed)})  ; => closed
    """
    when, question, sides = choice.partition("?")
    if not question:
        raise DialplanError(f"IFTIME: expected times?this:that, not {choice!r}")
    first, *others = separate(sides, ":", most=2) or [""]
    chosen = first if holds(channel, when) else (others[0] if others else "")
    return chosen.strip()


@function("TESTTIME", write=True)
def set_test_time(channel: Channel, value: str) -> None:
    """Let the time conditions of this channel be about another time than now.

    Args:
        channel: The channel.
        value: ``2026-12-25 12:00:00[ timezone]``; nothing: it is now again.

    Variables:
        TESTTIME: The moment that is looked at instead of now, in seconds since 1970.

    Examples:
        Set(TESTTIME()=2026-12-26 12:00:00)
        ExecIfTime(*,sat-sun,*,*?Set(prompt=closed))
        NoOp(${prompt})  ; => closed
    """
    words = value.split()
    if not words:
        channel.variables.pop(TEST_TIME, None)
        return
    try:
        moment = datetime.fromisoformat(" ".join(words[:2]))
        zone = ZoneInfo(words[2]) if len(words) > 2 else None
        channel.set_variable(TEST_TIME, f"{moment.replace(tzinfo=zone).timestamp():.6f}")
    except (ValueError, OSError, OverflowError) as error:
        raise DialplanError(f"TESTTIME: {value!r} is no date and time: {error}") from error
