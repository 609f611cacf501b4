"""Making the channels that Dial() dials. No application itself."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from switchroom.apps.dial_answered import call_routine
from switchroom.apps.dial_options import BARE, DialOptions, commas
from switchroom.base.text import leading_int
from switchroom.pbx.borrowing import borrow
from switchroom.pbx.channel import Channel, RequestError
from switchroom.pbx.dialing import DialManners
from switchroom.pbx.hangup_cause import ALIASES, HangupCause
from switchroom.pbx.ringing import Ringback

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Requested:
    """What can be dialled."""

    channels: list[Channel] = field(default_factory=list)
    numbers: dict[Channel, str] = field(default_factory=dict)  #: what stands behind ``Technology/``
    cause: HangupCause = HangupCause.NOT_DEFINED  #: why the last that cannot be dialled cannot


async def request_all(channel: Channel, destinations: str, options: DialOptions) -> Requested:
    """Make a channel to each destination; those that cannot be made are told to the log."""
    requested = Requested()
    for destination in filter(None, map(str.strip, destinations.split("&"))):
        try:
            called = await channel.pbx.request(destination, channel)
        except RequestError as error:
            logger.warning("Dial: %s", error)
            requested.cause = error.cause
            continue
        _introduce(channel, called, options)
        if options.routine_there:
            routine = call_routine(called, commas(options.routine_there))
            if not await borrow(called, routine):
                continue
        requested.channels.append(called)
        requested.numbers[called] = destination.partition("/")[2]
    return requested


def _introduce(channel: Channel, called: Channel, options: DialOptions) -> None:
    """Tell a channel who calls, and give it what it inherits."""
    caller = channel.caller.copy()
    if options.forced_caller:
        is_bare = options.forced_caller == BARE
        caller.name = caller.name if is_bare else ""
        caller.number = channel.extension if is_bare else options.forced_caller
    if options.caller_number not in {"", BARE}:
        caller.number = options.caller_number
    if options.tag:
        caller.tag = options.tag
    called.caller = caller
    called.connected = caller.copy()
    called.redirecting = channel.redirecting
    called.language = channel.language
    called.inherit_variables(channel)


def manners_of(channel: Channel, options: DialOptions) -> DialManners:
    """What the caller hears, and what those are told that are cancelled."""
    ringback = None
    if options.music:
        ringback = Ringback(channel, music=options.music)
    elif options.ring or options.ring_first:
        ringback = Ringback(channel, yields=options.ring_first)
    return DialManners(
        ringback,
        passes_media=not options.ring and not options.music,
        cancel_cause=_cancel_cause(options),
    )


def _cancel_cause(options: DialOptions) -> HangupCause:
    text = options.cancel_cause.strip().upper()
    if not text:
        return HangupCause.ANSWERED_ELSEWHERE if options.elsewhere else HangupCause.NORMAL_CLEARING
    if text == "NONE":
        return HangupCause.NOT_DEFINED
    if text in ALIASES:
        return ALIASES[text]
    if text in HangupCause.__members__:
        return HangupCause[text]
    try:
        return HangupCause(leading_int(text) or 0)
    except ValueError:
        logger.warning("Dial: Q(%s) is no cause", options.cancel_cause)
        return HangupCause.NORMAL_CLEARING
