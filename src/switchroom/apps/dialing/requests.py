"""Making the channels that Dial() dials. No application itself."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from switchroom.apps.dialing.answered import call_routine, until_gone
from switchroom.apps.dialing.callers import DialCallers
from switchroom.apps.dialing.options import BARE, DialOptions, commas
from switchroom.apps.senddtmf import send_dtmf
from switchroom.base.text import leading_int
from switchroom.pbx.borrowing import borrow
from switchroom.pbx.channel import Channel, RequestError
from switchroom.pbx.channel_settings import ChannelSettings
from switchroom.pbx.dialing import DialManners, hung_up_on_failure
from switchroom.pbx.features import inherit_features
from switchroom.pbx.hangup_cause import ALIASES, HangupCause
from switchroom.pbx.ringing import Ringback

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Requested:
    """What can be dialled."""

    channels: list[Channel] = field(default_factory=list)
    numbers: dict[Channel, str] = field(default_factory=dict)  #: what stands behind ``Technology/``
    refusals: list[HangupCause] = field(default_factory=list)  #: why others cannot be dialled


async def request_all(
    channel: Channel, destinations: str, options: DialOptions, callers: DialCallers
) -> Requested:
    """Make a channel to each destination; those that cannot be made are told to the log."""
    requested = Requested()
    with hung_up_on_failure(requested.channels):
        for destination in filter(None, map(str.strip, destinations.split("&"))):
            try:
                called = await channel.pbx.request(destination, channel)
            except RequestError as error:
                logger.warning("Dial: %s", error)
                requested.refusals.append(error.cause)
                continue
            requested.channels.append(called)
            requested.numbers[called] = destination.partition("/")[2]
            callers.present(called)
            equip(channel, called)
            if not await route(called, options.routine_there):
                requested.channels.remove(called)
    return requested


async def route(called: Channel, routine: str) -> bool:
    """Run a routine on a channel that is about to be dialled; returns whether it is still there."""
    return not routine or await borrow(called, call_routine(called, commas(routine)))


def equip(channel: Channel, called: Channel) -> None:
    """Give a channel that is dialled what it inherits."""
    called.redirecting = channel.redirecting.copy()
    called.language = channel.language
    called.account_code = called.account_code or channel.account_code
    called.inherit_variables(channel)
    inherit_features(called, channel)
    mine, its = channel.datastore(ChannelSettings), called.datastore(ChannelSettings)
    its.max_forwards = mine.max_forwards - 1
    its.peer_account = channel.account_code


def manners_of(
    channel: Channel, options: DialOptions, callers: DialCallers, silent_for: float | None
) -> DialManners:
    """What the caller hears, what those are told that are cancelled, and who may forward it."""
    ringback = None
    if options.music:
        ringback = Ringback(channel, music=options.music)
    elif options.ring or options.ring_first:
        tone = "" if options.ring in {"", BARE} else options.ring
        ringback = Ringback(channel, tone=tone, yields=options.ring_first)
    return DialManners(
        ringback,
        passes_media=not options.ring and not options.music,
        cancel_cause=_cancel_cause(options),
        forwards=not options.keep_forwards,
        tells_diversion=not callers.keeps_connected,
        forward_unlimited=options.forward_unlimited,
        present=callers.present_forward,
        on_early_media=_keying(options),
        silent_for=silent_for,
    )


def _keying(options: DialOptions) -> Callable[[Channel], Awaitable[None]] | None:
    """What keys the third part of ``D(called:calling:progress)``, if there is one."""
    digits = (*options.digits.split(":"), "", "", "")[2]
    if not digits:
        return None

    async def key(called: Channel) -> None:
        called.pbx.spawn(until_gone(send_dtmf(called, digits)), name=called.name)

    return key


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
