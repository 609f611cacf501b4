"""Carry a channel's fax as audio: a terminal is connected with it as a party is."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from switchroom.media.api import MediaEvent
from switchroom.media.fax.audio import AudioTerminal
from switchroom.media.fax.line import AudioLine, carry
from switchroom.media.fax.terminal import FaxPlan, FaxResult, Terminal
from switchroom.media.feeds import FeedEvent, FeedPlan, Framing
from switchroom.pbx.channel import Channel

T = TypeVar("T")

#: Seconds that audio waits, so that packets may come unevenly: a modem hears each sample once.
HELD_BACK = 0.2


def _ignore(_: MediaEvent | FeedEvent) -> None:
    """What the terminal's stream tells concerns nobody."""


async def carry_as_audio(
    channel: Channel,
    plan: FaxPlan,
    began: Callable[[Terminal], None],
    until: asyncio.Future[T] | None = None,
) -> FaxResult | None:
    """Send or receive a fax; None where something came before its end.

    When it is cancelled, as it is when the party hangs up, ``began``'s terminal has its result.

    Args:
        channel: Whose party has the other machine.
        plan: What is to be done.
        began: Called when the terminal works.
        until: Done when it is to be given up.

    Raises:
        FaxUnavailableError: The library for it is not installed.
        MediaError: The engine is closed.
    """
    engine, stream = channel.pbx.engine, await channel.stream()
    terminal = AudioTerminal(plan)
    ours, theirs = socket.socketpair()
    try:
        plan_of_feed = FeedPlan(Framing.AUDIOSOCKET, is_modem=True)
        feed = engine.open_feed(ours.fileno(), plan_of_feed, _ignore)
    except BaseException:
        ours.close()
        theirs.close()
        terminal.close()
        raise
    ours.detach()
    try:
        stream.set_jitter_buffer(HELD_BACK, fixed=True)
        engine.connect(stream, feed)
        ended = carry(AudioLine(terminal, theirs))
        began(terminal)
        return await until_over(ended, feed.close, until=until)
    finally:
        feed.close()
        stream.set_jitter_buffer(None)


async def until_over(
    ended: Future[FaxResult],
    stop: Callable[[], None],
    *,
    until: asyncio.Future[T] | None,
) -> FaxResult | None:
    """Wait for a fax, or something else; the thread has let go of it then, also when cancelled.

    Args:
        ended: Done when it has.
        stop: Makes the thread end.
        until: Done when it is to be given up; its result is None then.
    """
    waiting = asyncio.wrap_future(ended)
    others = () if until is None else (until,)
    try:
        await asyncio.wait((waiting, *others), return_when=asyncio.FIRST_COMPLETED)
        if waiting.done():
            return waiting.result()
    finally:
        stop()
        await waiting
    return None
