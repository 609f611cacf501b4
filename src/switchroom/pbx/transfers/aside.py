"""A party that leaves its bridge for a moment, to key where the call shall go."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from switchroom.base.errors import SoundNotFoundError
from switchroom.pbx.borrowing import borrow
from switchroom.pbx.bridging.bridge import Departure, Left, Party
from switchroom.pbx.channel import Channel, Progress
from switchroom.pbx.channel_settings import variable_of
from switchroom.pbx.features import features_for
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.holding import begin_hold, end_hold
from switchroom.pbx.music.classes import hears_music


class Asides(set[Channel]):
    """The channels of a node that left their bridge for a moment, and are owned by a feature."""


class Aside:
    """A party beside its bridge; where one other is in it, that one waits and hears music.

    Whoever waits in :meth:`Party.stay` goes on waiting. In the end either :meth:`come_back` or
    :meth:`let_go` is called, or the party hangs up; nothing else ends what began here.

    Args:
        party: In a bridge with others.
    """

    def __init__(self, party: Party) -> None:
        bridge, others = party.bridge, party.others
        assert bridge is not None
        assert others
        self.party = party
        self.bridge = bridge
        #: Done once nobody is left in the bridge.
        self.deserted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        bridge.keeps_one = True
        bridge.detach(party)
        asides = party.channel.pbx.datastore(Asides)
        asides.add(party.channel)
        party.channel.at_end(lambda: asides.discard(party.channel))
        self._ends = [
            bridge.at_end(self._desert),
            party.channel.watch(self._hear),
            *(each.channel.watch(self._hear_other) for each in others),
        ]

    def _desert(self) -> None:
        if not self.deserted.done():
            self.deserted.set_result(None)

    def _hear(self, progress: Progress) -> None:
        if progress is Progress.REDIRECTED and self.party.bridge is None:
            self.party.go_on()

    def _hear_other(self, progress: Progress) -> None:
        if progress is Progress.HUNG_UP and len(self.bridge.parties) == 1:
            self.channel.pbx.spawn(self.hold(), name=self.channel.name)

    def _end(self) -> None:
        for end in self._ends:
            end()
        self.channel.pbx.datastore(Asides).discard(self.channel)

    @property
    def channel(self) -> Channel:
        """The party's."""
        return self.party.channel

    @property
    def is_awaited(self) -> bool:
        """Whether anybody is still in the bridge."""
        return bool(self.bridge.parties)

    async def hold(self) -> None:
        """Let one who waits alone hear music."""
        if len(self.bridge.parties) == 1:
            waiting = self.bridge.parties[0].channel
            if not hears_music(waiting):
                await begin_hold(waiting)

    async def run(self, work: Coroutine[Any, Any, None]) -> bool:
        """Run ``work`` until done, or until it, or everybody else, hangs up or is sent elsewhere.

        Returns:
            Whether both sides are still there.
        """
        await self.hold()
        task = self.channel.pbx.spawn(self._borrow(work), name=self.channel.name)
        task.add_done_callback(lambda _: work.close())  # as borrow() does, where that began
        try:
            everything = {task, self.deserted, self.party.over}
            await asyncio.wait(everything, return_when=asyncio.FIRST_COMPLETED)
        finally:
            task.cancel()
        await asyncio.wait({task})
        is_here = not (self.channel.is_hung_up or self.party.over.done())
        return is_here and self.is_awaited

    async def _borrow(self, work: Coroutine[Any, Any, None]) -> None:
        await borrow(self.channel, work)

    def come_back(self) -> None:
        """All talk again; who finds nobody is let go."""
        self._end()
        for each in self.bridge.parties:
            end_hold(each.channel)
        if self.channel.is_hung_up or self.party.over.done() or self.party.bridge is not None:
            self.bridge.settle()
            return
        if not self.is_awaited:
            self.bridge.keeps_one = False
            self.let_go()
            return
        self.bridge.attach(self.party)
        self.bridge.settle()

    def let_go(self) -> None:
        """The call is over for the party."""
        self._end()
        if self.party.bridge is None and not self.channel.is_hung_up:
            self.party.end(Left(Departure.PEER_LEFT, HangupCause.NORMAL_CLEARING))


async def play_one(channel: Channel, sound: str, *, interrupt: str = "") -> str:
    """Play a sound of ``features.conf``; returns the digit that ended it.

    A sound that there is none of is passed over.
    """
    if not sound:
        return ""
    try:
        return await channel.play(sound, interrupt=interrupt)
    except SoundNotFoundError:
        return ""


def transfer_context(channel: Channel) -> str:
    """Where what a channel keys is looked up."""
    return variable_of(channel, "TRANSFER_CONTEXT") or channel.context


async def ask_number(channel: Channel) -> str:
    """Ask where the call shall go; returns an extension that there is, or nothing."""
    settings = features_for(channel)
    dialplan, context = channel.pbx.dialplan, transfer_context(channel)
    for attempt in range(max(settings.transfer_attempts, 1)):
        sound = settings.announce_sound if attempt == 0 else settings.retry_sound
        digits = await play_one(channel, sound, interrupt="0123456789*#ABCD")
        while not digits or dialplan.could_match_more(channel, digits, context):
            digit = await channel.read_digit(settings.transfer_digit_timeout)
            if digit is None or digit == "#":
                break
            digits += digit
        if digits and dialplan.exists(channel, digits, 1, context):
            return digits
        if not digits:
            break
    await play_one(channel, settings.invalid_sound)
    return ""
