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


class Asides(set[Channel]):
    """The channels of a node that left their bridge for a moment, and are owned by a feature."""


class Aside:
    """A party beside its bridge, in which the other one waits and hears music.

    Whoever waits in :meth:`Party.stay` goes on waiting. In the end either :meth:`come_back` or
    :meth:`let_go` is called, or the party hangs up; nothing else ends what began here.

    Args:
        party: In a bridge of two.
    """

    def __init__(self, party: Party) -> None:
        bridge, other = party.bridge, party.peer
        assert bridge is not None
        assert other is not None
        self.party = party
        self.bridge = bridge
        self.other = other
        bridge.keeps_one = True
        bridge.detach(party)
        asides = party.channel.pbx.datastore(Asides)
        asides.add(party.channel)
        party.channel.at_end(lambda: asides.discard(party.channel))
        self._unwatch = party.channel.watch(self._hear)

    def _hear(self, progress: Progress) -> None:
        if progress is Progress.REDIRECTED and self.party.bridge is None:
            self.party.go_on()

    def _end(self) -> None:
        self._unwatch()
        self.channel.pbx.datastore(Asides).discard(self.channel)

    @property
    def channel(self) -> Channel:
        """The party's."""
        return self.party.channel

    @property
    def other_waits(self) -> bool:
        """Whether the other one is still in the bridge."""
        return self.other.bridge is self.bridge

    async def run(self, work: Coroutine[Any, Any, None]) -> bool:
        """Run ``work`` until done, or until one of both hangs up or is sent elsewhere.

        Returns:
            Whether both are still there.
        """
        await begin_hold(self.other.channel)
        gone = asyncio.get_running_loop().create_future()

        def hear(progress: Progress) -> None:
            if progress in {Progress.HUNG_UP, Progress.REDIRECTED} and not gone.done():
                gone.set_result(None)

        unwatch = self.other.channel.watch(hear)
        task = self.channel.pbx.spawn(self._borrow(work), name=self.channel.name)
        task.add_done_callback(lambda _: work.close())  # as borrow() does, where that began
        try:
            if self.other_waits:
                everything = {task, gone, self.party.over}
                await asyncio.wait(everything, return_when=asyncio.FIRST_COMPLETED)
        finally:
            unwatch()
            task.cancel()
        await asyncio.wait({task})
        is_here = not (self.channel.is_hung_up or self.party.over.done())
        return is_here and self.other_waits

    async def _borrow(self, work: Coroutine[Any, Any, None]) -> None:
        await borrow(self.channel, work)

    def come_back(self) -> None:
        """Both talk again; who finds nobody is let go."""
        self._end()
        end_hold(self.other.channel)
        if self.channel.is_hung_up or self.party.over.done() or self.party.bridge is not None:
            self.bridge.settle()
            return
        if not self.other_waits:
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
