"""What Dial() does between an answer and the conversation. No application itself."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from switchroom.apps.dialing.options import BARE, DialOptions, commas, routine_text
from switchroom.apps.dialing.screening import Verdict, screen
from switchroom.apps.macro import macro
from switchroom.apps.prompts import play_prompts
from switchroom.apps.senddtmf import send_dtmf
from switchroom.base.errors import DialplanError
from switchroom.dialplan.places import parse_place
from switchroom.dialplan.routines import parse_routine
from switchroom.pbx.borrowing import borrow
from switchroom.pbx.channel import Channel, HangupError
from switchroom.pbx.channel_settings import ChannelSettings
from switchroom.pbx.dialing import DialStatus

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Decision:
    """That there is no conversation."""

    status: DialStatus = DialStatus.ANSWER
    caller_goes_on: bool = True
    called_stays: bool = False  #: the called channel is somebody else's now
    ended: str = DialStatus.ANSWER  #: what became of the called channel, for who listens to events


async def prepare_called(
    channel: Channel, called: Channel, options: DialOptions
) -> Decision | None:
    """Do what the options want done before the two talk.

    Returns:
        None where they shall talk.
    """
    if options.screen or options.privacy:
        verdict = await screen(channel, called, options)
        if verdict is not Verdict.ACCEPTED:
            status = _STATUS_OF_VERDICT[verdict]
            return Decision(status, ended=status)
    if options.announce:
        await _announce(channel, called, options.announce)
    if options.both_go_on:
        return await _send_both(channel, called, options.both_go_on)
    result = await _run_routines(called, options)
    if result:
        return _obey(channel, result)
    if options.digits and not called.is_hung_up:
        await _key(channel, called, options.digits)
    if called.is_hung_up:
        return Decision(caller_goes_on=options.go_on)
    return None


_STATUS_OF_VERDICT = {
    Verdict.REFUSED: DialStatus.NOANSWER,
    Verdict.TORTURE: DialStatus.TORTURE,
    Verdict.DO_NOT_CALL: DialStatus.DONTCALL,
}


async def _announce(channel: Channel, called: Channel, text: str) -> None:
    to_called, _, to_caller = text.partition(":")

    async def tell_caller() -> None:
        if to_caller:
            await play_prompts(channel, to_caller.split("&"), "Dial")

    async def tell_called() -> None:
        await play_prompts(called, filter(None, to_called.split("&")), "Dial")

    async with asyncio.TaskGroup() as group:
        group.create_task(until_gone(tell_caller()))
        await borrow(called, tell_called())


async def until_gone(work: Coroutine[Any, Any, None]) -> None:
    """Work beside others on a channel whose hangup ends the work, and nothing else."""
    with contextlib.suppress(HangupError):
        await work


async def _send_both(channel: Channel, called: Channel, text: str) -> Decision:
    context, extension, priority = parse_place(channel, commas(text))
    channel.goto(context, extension, priority)
    await channel.answer()
    channel.pbx.go_on(called, context, extension, priority + 1)
    return Decision(called_stays=True)


async def _run_routines(called: Channel, options: DialOptions) -> str:
    """What the macro and the routine of the called channel want to happen; often nothing."""
    if options.macro:
        name, *arguments = commas(options.macro).split(",")
        if not await borrow(called, macro(called, name, *arguments)):
            return ""
        if result := called.variables.get("MACRO_RESULT", ""):
            return result
    if options.routine_answered:
        await borrow(called, call_routine(called, routine_text(options.routine_answered)))
        return "" if called.is_hung_up else called.variables.get("GOSUB_RESULT", "")
    return ""


async def call_routine(channel: Channel, text: str) -> None:
    """Run a routine on a channel; what goes wrong is told to the log and ends nothing."""
    try:
        routine = parse_routine(channel, text)
        await channel.pbx.dialplan.call_routine(channel, routine.place, routine.arguments)
    except DialplanError as error:
        logger.warning("%s: %s", channel.name, error)


def _obey(channel: Channel, result: str) -> Decision | None:
    word, _, place = result.partition(":")
    word = word.strip().upper()
    match word:
        case "ABORT":
            return Decision(caller_goes_on=False, ended=word)
        case "CONGESTION":
            return Decision(DialStatus.CONGESTION, ended=word)
        case "BUSY":
            return Decision(DialStatus.BUSY, ended=word)
        case "CONTINUE":
            return Decision(ended=word)
        case "GOTO":
            try:
                channel.goto(*parse_place(channel, commas(place)))
            except DialplanError as error:
                logger.warning("%s: %s", channel.name, error)
            return Decision(ended=word)
        case _:
            return None


async def _key(channel: Channel, called: Channel, text: str) -> None:
    to_called, _, rest = text.partition(":")
    to_caller = rest.partition(":")[0]

    async def key_called() -> None:
        await send_dtmf(called, to_called)

    async with asyncio.TaskGroup() as group:
        if to_caller:
            group.create_task(until_gone(send_dtmf(channel, to_caller)))
        await borrow(called, key_called())


def take_after_bridge(channel: Channel) -> tuple[str, str, int] | None:
    """Where the dialplan wants a channel to go on after this conversation, told once."""
    settings = channel.datastore(ChannelSettings)
    text, settings.after_bridge = settings.after_bridge, ""
    if not text or channel.is_hung_up:
        return None
    try:
        return parse_place(channel, commas(text))
    except DialplanError as error:
        logger.warning("%s: after_bridge_goto: %s", channel.name, error)
        return None


def after_called(options: DialOptions, channel: Channel) -> tuple[str, str, int] | None:
    """Where the called party goes on when the caller has hung up (option ``F``)."""
    if not options.called_goes_on:
        return None
    if options.called_goes_on == BARE:
        return channel.context, channel.extension, channel.priority + 1
    try:
        return parse_place(channel, commas(options.called_goes_on))
    except DialplanError as error:
        logger.warning("%s: %s", channel.name, error)
        return None
