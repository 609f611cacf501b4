"""Broadcast(): speak into many calls at once, or hear all of them.

Family: Calls
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from switchroom.base.errors import BadArgumentsError
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.media.api import MediaEvent, Mix, SeatPlan, SpyPlan, Stream
from switchroom.pbx.channel import Channel, ChannelState, Progress
from switchroom.pbx.channel_search import find_channel

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BroadcastOptions:
    """Option letters of Broadcast."""

    barge: bool = option("b", "Whom the channels talk with hear it too.")
    long_queue: bool = option("l", "Accepted because dialplans have it.")
    said_alone: bool = option("o", "With s: hear what the channels say, not what they hear.")
    reverse: bool = option("r", "Accepted because dialplans have it.")
    receives: bool = option("s", "Hear the channels, all together.")
    speaks: bool = option("w", "Be heard by them; so it is without s.")


@application("Broadcast")
async def broadcast(channel: Channel, options: BroadcastOptions, *channels: str) -> None:
    """Let other channels' parties hear this one, until all of them, or this one, have hung up.

    Answers first.

    Args:
        channel: The channel.
        options: Option letters.
        channels: The other channels' names.

    Examples:
        ; all phones of a group that are in a call, whom they talk with too
        Broadcast(wb,PJSIP/100-00000001,PJSIP/101-00000002)
    """
    found = [find_channel(channel.pbx, name) for name in channels]
    targets = {each for each in found if each is not None and each is not channel}
    if not targets:
        raise BadArgumentsError("Broadcast: none of these channels is there")
    if channel.state is not ChannelState.UP:
        await channel.answer()
    work = _Broadcast(channel, options)
    try:
        for target in targets:
            await work.reach(target)
        await work.until_over()
    finally:
        work.end()


class _Broadcast:
    """One channel that many hear, or that hears many.

    Each other one is listened in on by a pipe whose other end is seated in a mix with this one: a
    stream listens in on one other alone.
    """

    def __init__(self, channel: Channel, options: BroadcastOptions) -> None:
        self._channel = channel
        self._options = options
        self._speaks = options.speaks or not options.receives
        self._mix: Mix | None = None
        self._ends: dict[Channel, Callable[[], None]] = {}
        self._changed = asyncio.Event()

    async def reach(self, target: Channel) -> None:
        """One more; harmless where it has hung up."""
        stream, heard = await self._channel.stream(), target.opened_stream
        if heard is None or target.is_hung_up:
            logger.info("%s: Broadcast: %s is in no call", self._channel.name, target.name)
            return
        engine, options = self._channel.pbx.engine, self._options
        if self._mix is None:
            self._mix = engine.open_mix()
            self._mix.join(stream, SeatPlan(talks=self._speaks, hears=options.receives))
        seated, listening = engine.open_pipe(_ignore, _ignore)
        self._mix.join(seated, SeatPlan(talks=options.receives, hears=self._speaks))
        plan = SpyPlan(
            hears_said=options.receives,
            hears_heard=options.receives and not options.said_alone,
            whispers=self._speaks and not options.barge,
            barges=self._speaks and options.barge,
        )
        engine.listen_in(listening, heard, plan)
        unwatch = target.watch(lambda progress: self._hear(target, progress))
        self._ends[target] = lambda: self._let_go(unwatch, seated, listening)

    def _let_go(self, unwatch: Callable[[], None], seated: Stream, listening: Stream) -> None:
        unwatch()
        self._channel.pbx.engine.stop_listening_in(listening)
        if self._mix is not None:
            self._mix.leave(seated)
        seated.close()
        listening.close()

    def _hear(self, target: Channel, progress: Progress) -> None:
        if progress is Progress.HUNG_UP:
            self._ends.pop(target)()
            self._changed.set()

    async def until_over(self) -> None:
        """Wait until all have hung up."""
        while self._ends:
            self._changed.clear()
            await self._changed.wait()

    def end(self) -> None:
        """Nobody is reached any more."""
        for end in self._ends.values():
            end()
        self._ends.clear()
        if self._mix is not None:
            self._mix.close()


def _ignore(_: MediaEvent) -> None:
    """What the pipes tell concerns nobody."""
