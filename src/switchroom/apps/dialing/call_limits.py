"""Ending a call that lasts too long, and warning before. No application itself."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass

from switchroom.apps.prompts import play_prompts
from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.config.language.values import is_true
from switchroom.dialplan.substitution import variable
from switchroom.media.saying.registry import language_for
from switchroom.pbx.bridging.bridge import Departure, Left, Party
from switchroom.pbx.channel import Channel, HangupError
from switchroom.pbx.hangup_cause import HangupCause

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CallLimits:
    """How long two may talk, and who hears what about it."""

    seconds: float
    first_warning: float = 0.0  #: seconds before the end; 0: none
    repeat: float = 0.0  #: seconds between warnings; 0: only one
    caller_hears: bool = True
    called_hears: bool = False
    connect_file: str = ""
    warning_file: str = ""
    timeout_file: str = ""

    def warnings(self) -> Iterator[float]:
        """Seconds that are left when a warning is heard, in turn."""
        left = self.first_warning
        while 0 < left < self.seconds:
            yield left
            if self.repeat <= 0:
                return
            left -= self.repeat


def read_limits(channel: Channel, text: str, seconds: float) -> CallLimits | None:
    """The limits of ``L(text)`` and ``S(seconds)``; None where there is none.

    Raises:
        DialplanError: The limit is no number of milliseconds.
    """
    if not text:
        return CallLimits(seconds) if seconds > 0 else None
    numbers = [leading_int(part) or 0 for part in text.split(":")[:3]]
    limit, warning, repeat = (*numbers, 0, 0)[:3]
    if limit <= 0:
        raise DialplanError(f"Dial: L({text}) begins with no number of milliseconds")
    is_first = seconds <= 0 or limit / 1000 <= seconds
    said = variable(channel, "LIMIT_PLAYAUDIO_CALLER") or "yes"
    to_called = is_true(variable(channel, "LIMIT_PLAYAUDIO_CALLEE"))
    return CallLimits(
        limit / 1000 if is_first else seconds,
        warning / 1000,
        repeat / 1000,
        caller_hears=is_true(said) or not to_called,
        called_hears=to_called,
        connect_file=variable(channel, "LIMIT_CONNECT_FILE"),
        warning_file=variable(channel, "LIMIT_WARNING_FILE"),
        timeout_file=variable(channel, "LIMIT_TIMEOUT_FILE"),
    )


async def watch_limits(limits: CallLimits, caller: Party, called: Party) -> None:
    """Warn in time and end the bridge; runs beside the conversation until it is cancelled."""
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + limits.seconds
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout_at(ends_at):  # a warning does not make it longer
            if limits.connect_file:
                await _tell(limits, caller, called, [limits.connect_file])
            for left in limits.warnings():
                await asyncio.sleep(ends_at - left - loop.time())
                await _warn(limits, caller, called, left)
            await asyncio.sleep(ends_at - loop.time())
    if limits.timeout_file:
        await _tell(limits, caller, called, [limits.timeout_file])
    if caller.bridge is not None and caller.bridge is called.bridge:
        caller.bridge.end(Left(Departure.ENDED, HangupCause.NORMAL_CLEARING))


async def _warn(limits: CallLimits, caller: Party, called: Party, left: float) -> None:
    if limits.warning_file not in {"", "timeleft"}:
        await _tell(limits, caller, called, [limits.warning_file])
        return
    await _tell(limits, caller, called, time_left(caller.channel.language, left))


def time_left(language: str, seconds: float) -> list[str]:
    """The names of what says that so much is left."""
    said = language_for(language)
    minutes, rest = divmod(round(seconds), 60)
    names = ["vm-youhave"]
    if minutes:
        names += [*said.number(minutes), "queue-minutes"]
    if rest:
        names += [*said.number(rest), "queue-seconds"]
    return names


async def _tell(limits: CallLimits, caller: Party, called: Party, names: list[str]) -> None:
    """Play to whoever shall hear it; the sounds end with the bridge, as whoever waits here does."""
    hearers = [
        party.channel
        for party, hears in ((caller, limits.caller_hears), (called, limits.called_hears))
        if hears and party.bridge is not None
    ]
    async with asyncio.TaskGroup() as group:
        for channel in hearers:
            group.create_task(_play(channel, names))


async def _play(channel: Channel, names: list[str]) -> None:
    try:
        await play_prompts(channel, names, "Dial")
    except HangupError:
        logger.debug("%s left while it was told of its limit", channel.name)
