"""Exec(), TryExec(), ExecIf() and ExecIfTime(): applications named at run time.

Family: Flow of the dialplan
"""

from __future__ import annotations

import logging

from switchroom.base.errors import DialplanError
from switchroom.dialplan.moment import holds
from switchroom.dialplan.nesting import nested
from switchroom.dialplan.places import is_true
from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel

logger = logging.getLogger(__name__)


async def _run(channel: Channel, call: str) -> None:
    name, opening, rest = call.partition("(")
    closing = rest.rfind(")")
    data = rest[:closing] if opening and closing >= 0 else rest
    with nested(name):
        waiting = channel.pbx.dialplan.start_application(channel, name, data)
        if waiting is not None:
            await waiting


@application("Exec", goes_on=True)
async def exec_(channel: Channel, call: Rest) -> None:
    """Execute an application whose name is put together at run time.

    Args:
        channel: The channel.
        call: ``Application(arguments)``, substituted once more.

    Examples:
        Set(x=3)
        Set(application=Set)
        Exec(${application}(x=4))
        NoOp(${x})  ; => 4
    """
    await _run(channel, await channel.pbx.dialplan.substitute(channel, call))


@application("TryExec", goes_on=True)
async def try_exec(channel: Channel, call: Rest) -> None:
    """Execute an application and go on whatever becomes of it.

    Args:
        channel: The channel.
        call: ``Application(arguments)``, substituted once more.

    Variables:
        TRYSTATUS: SUCCESS, FAILED, or NOAPP where there is no such application.

    Examples:
        TryExec(Set(x=3))
        NoOp(${TRYSTATUS} ${x})  ; => SUCCESS 3
    """
    try:
        await _run(channel, await channel.pbx.dialplan.substitute(channel, call))
    except DialplanError as error:
        logger.warning("TryExec: %s", error)
        channel.set_variable("TRYSTATUS", "NOAPP" if "no application" in str(error) else "FAILED")
    else:
        channel.set_variable("TRYSTATUS", "SUCCESS")


@application("ExecIf", goes_on=True)
async def exec_if(channel: Channel, condition: Rest) -> None:
    """Execute an application where a condition holds, or another where it does not.

    Args:
        channel: The channel.
        condition: ``condition?Application(arguments)[:Application(arguments)]``.

    Examples:
        Set(hour=20)
        ExecIf($[${hour} < 18]?Set(prompt=open):Set(prompt=closed))
        NoOp(${prompt})  ; => closed
    """
    test, question, calls = condition.partition("?")
    if not question:
        raise DialplanError(f"ExecIf: expected condition?application, not {condition!r}")
    call = _side(calls, first=is_true(test))
    if call:
        await _run(channel, call)


@application("ExecIfTime", goes_on=True)
async def exec_if_time(channel: Channel, condition: Rest) -> None:
    """Execute an application at some times.

    Args:
        channel: The channel.
        condition: ``times,weekdays,mdays,months[,timezone]?Application[(arguments)]``.

    Examples:
        Set(TESTTIME()=2026-12-26 12:00:00)
        ExecIfTime(*,*,24-26,dec?Set(prompt=christmas))
        NoOp(${prompt})  ; => christmas
    """
    when, question, call = condition.partition("?")
    if not question:
        raise DialplanError(f"ExecIfTime: expected times?application, not {condition!r}")
    if holds(channel, when):
        await _run(channel, call)


def _side(calls: str, *, first: bool) -> str:
    """One side of ``a(…):b(…)``; a colon inside parentheses separates nothing."""
    depth = 0
    for position, letter in enumerate(calls):
        depth += (letter == "(") - (letter == ")")
        if letter == ":" and depth <= 0:
            return calls[:position] if first else calls[position + 1 :]
    return calls if first else ""
