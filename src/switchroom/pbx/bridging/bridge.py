"""Bridges: channels that hear each other, and what becomes of them when one goes.

A channel is a :class:`Party` in at most one bridge. Either its own task waits in
:meth:`Party.stay`, or nobody does (a dialled channel) and ``afterwards`` says what becomes of it.
Features move parties between bridges; whoever waits goes on waiting, now in the other bridge.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

from switchroom.pbx.bridging.audio import BridgeAudio
from switchroom.pbx.bridging.passages import BridgePassages
from switchroom.pbx.channel import Channel, HangupError, Progress
from switchroom.pbx.connected_line import joined
from switchroom.pbx.events import (
    BridgeCreated,
    BridgeDestroyed,
    ChannelEnteredBridge,
    ChannelLeftBridge,
    LocalBeingLeftOut,
    LocalLeftOut,
)
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.linked_call import unite

if TYPE_CHECKING:
    from switchroom.media.api import Stream
    from switchroom.pbx.pbx import Pbx

logger = logging.getLogger(__name__)

_LEFT_OUT = itertools.count()  #: numbers of Local channels that were left out


class Departure(Enum):
    """Why a party is in its bridge no longer."""

    PEER_LEFT = auto()  #: it was left alone
    ENDED = auto()  #: somebody ended the bridge: a time limit, a key
    REPLACED = auto()  #: others hear each other without it now


@dataclass(frozen=True, slots=True)
class Left:
    """How a bridge ended for one party."""

    why: Departure
    cause: HangupCause = HangupCause.NORMAL_CLEARING  #: of whoever hung up first
    by: Channel | None = None  #: whose key ended it


class KeyListener(Protocol):
    """Looks at the keys of one party before the others hear them: feature codes."""

    def key(self, party: Party, digit: str, duration: float) -> None:
        """Take a key; pass it on with :meth:`Party.pass_digit`, now or later, or not at all."""


class Party:
    """One channel's place in a bridge.

    Args:
        channel: The channel; its audio is opened when it joins.
        afterwards: What becomes of the channel when the bridge ends for it. None: its own task
            waits in :meth:`stay`, and decides.
        keys: Looks for feature codes.
    """

    def __init__(
        self,
        channel: Channel,
        *,
        afterwards: Callable[[Channel, Left], None] | None = None,
        keys: KeyListener | None = None,
    ) -> None:
        self.channel = channel
        self.bridge: Bridge | None = None
        self.keys = keys
        self.afterwards = afterwards
        self.stream: Stream | None = None
        loop = asyncio.get_running_loop()
        self._left: asyncio.Future[Left] = loop.create_future()
        #: Done once this party can come into no bridge any more: it was ended, or sent elsewhere.
        self.over: asyncio.Future[None] = loop.create_future()
        self._unwatch: Callable[[], None] | None = None

    @property
    def has_task(self) -> bool:
        """Whether a task of the channel's own waits here."""
        return self.afterwards is None

    @property
    def peer(self) -> Party | None:
        """The other party, where there are two."""
        if self.bridge is None or len(self.bridge.parties) != 2:
            return None
        first, second = self.bridge.parties
        return second if first is self else first

    @property
    def others(self) -> list[Party]:
        """All but this one."""
        return [each for each in self.bridge.parties if each is not self] if self.bridge else []

    async def stay(self) -> Left:
        """Wait until the bridge ends for this party; leave it when cancelled."""
        try:
            return await self._left
        finally:
            self._set_over()
            if self.bridge is not None:
                self.bridge.leave(self)

    def end(self, left: Left) -> None:
        """The bridge is over for this party, which is in none now."""
        if self.over.done():
            return
        self._set_over()
        if self.afterwards is None:
            if not self._left.done():
                self._left.set_result(left)
        elif not self.channel.is_hung_up:
            self.afterwards(self.channel, left)

    def go_on(self) -> None:
        """Somebody sent the channel to a place, and no task of its own takes it there."""
        channel = self.channel
        self._set_over()
        if self.bridge is not None:
            self.bridge.leave(self)
        channel.pbx.go_on(channel, channel.context, channel.extension, channel.priority)

    def _set_over(self) -> None:
        if not self.over.done():
            self.over.set_result(None)

    def pass_digit(self, digit: str, duration: float) -> None:
        """Let the others have a key of this one."""
        for each in self.others:
            channel = each.channel
            if not channel.is_hung_up:
                channel.pbx.spawn(_send_digit(channel, digit, duration), name=channel.name)

    # what a bridge does with it

    async def open(self) -> None:
        """Open the audio.

        Raises:
            HangupError: The channel has hung up.
        """
        self.stream = await self.channel.stream()
        if self.channel.is_hung_up:
            raise HangupError(self.channel.name)

    def enter(self, bridge: Bridge) -> None:
        """The bridge takes it in."""
        channel = self.channel
        self.bridge = bridge
        channel.datastore(_Place).party = self
        self._unwatch = channel.watch(self._hear)
        channel.on_key = self._key
        if self.stream is not None:
            self.stream.keep_digits(enabled=True)

    def leave(self) -> None:
        """The bridge lets it go."""
        self.bridge = None
        self.channel.datastore(_Place).party = None
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None
        self.channel.on_key = None
        if self.stream is not None:
            self.stream.keep_digits(enabled=False)

    def _key(self, digit: str, duration: float) -> None:
        if self.keys is not None:
            self.keys.key(self, digit, duration)
        else:
            self.pass_digit(digit, duration)

    def _hear(self, progress: Progress) -> None:
        if self.bridge is None:
            return
        if progress is Progress.HUNG_UP:
            cleared = HangupCause.NORMAL_CLEARING
            self.channel.hangup_cause = self.channel.hangup_cause or cleared
            self.bridge.leave(self)
        elif progress is Progress.REDIRECTED:
            self.go_on()


async def _send_digit(channel: Channel, digit: str, duration: float) -> None:
    if not channel.is_hung_up:
        await channel.send_digit(digit, duration=duration)


class _Place:
    """Of one channel."""

    def __init__(self) -> None:
        self.party: Party | None = None


class Bridges(dict[str, "Bridge"]):
    """Those of a node, by their ids."""


def party_of(channel: Channel) -> Party | None:
    """The channel's place in the bridge it is in."""
    return channel.datastore(_Place).party


class Bridge:
    """Parties that hear each other, or one that waits for another.

    Args:
        pbx: The core.
        keeps_one: It does not end when one party is left alone: somebody is fetched, or parked.
    """

    def __init__(self, pbx: Pbx, *, keeps_one: bool = False) -> None:
        self.pbx = pbx
        self.keeps_one = keeps_one
        self.parties: list[Party] = []
        self.id = str(uuid.uuid4())
        self.kind = "basic"  #: what others are told of it, as the original calls it
        self.creator = self.name = ""
        self.created_at = pbx.now()
        self._audio = BridgeAudio(pbx.engine)
        self._others = BridgePassages()
        self._is_ending = False
        self._at_end: list[Callable[[], object]] = []

    @property
    def technology(self) -> str:
        """How its parties hear each other, as the original calls it."""
        if self._audio.is_mixed:
            return "softmix"
        return "holding_bridge" if self.keeps_one else "simple_bridge"

    async def join(self, *parties: Party) -> None:
        """Open their audio and take them in.

        Raises:
            HangupError: One of them has hung up.
        """
        for party in parties:
            await party.open()
        for party in parties:
            if party.channel.is_hung_up:
                raise HangupError(party.channel.name)
        for party in parties:
            self.attach(party)

    def attach(self, party: Party) -> None:
        """Take in a party whose audio is open."""
        assert party.bridge is None, f"{party.channel.name} is in a bridge already"
        events = self.pbx.events
        if not self.parties:
            self._begin()
        self.parties.append(party)
        unite([each.channel for each in self.parties])
        party.enter(self)
        if events.wants(ChannelEnteredBridge):
            events.publish(ChannelEnteredBridge(party.channel.name, self.id))
        self._connect()

    def detach(self, party: Party) -> None:
        """Let a party go to another bridge; nobody is told that this one is over."""
        if party.stream is not None:
            self._audio.leave(party.stream)
        self._others.part()
        self.parties.remove(party)
        party.leave()
        events = self.pbx.events
        if events.wants(ChannelLeftBridge):
            events.publish(ChannelLeftBridge(party.channel.name, self.id))
        if not self.parties:
            self._finish()
        elif not self._is_ending:
            self._connect()

    def _begin(self) -> None:
        """The first party comes."""
        self.pbx.datastore(Bridges)[self.id] = self
        if self.pbx.events.wants(BridgeCreated):
            self.pbx.events.publish(BridgeCreated(self.id))

    def at_end(self, callback: Callable[[], object]) -> Callable[[], None]:
        """Call something when the last party has gone; returns the function that forgets it."""
        self._at_end.append(callback)
        return lambda: self._at_end.remove(callback) if callback in self._at_end else None

    def _finish(self) -> None:
        """The last party has gone."""
        callbacks, self._at_end = self._at_end, []
        for callback in callbacks:
            callback()
        self._audio.arrange(())
        if self.pbx.events.wants(BridgeDestroyed):
            self.pbx.events.publish(BridgeDestroyed(self.id))
        self.pbx.datastore(Bridges).pop(self.id, None)

    def leave(self, party: Party) -> None:
        """A party goes; who is left alone is let go too."""
        if party not in self.parties:
            return
        self.detach(party)
        cause = party.channel.hangup_cause or HangupCause.NORMAL_CLEARING
        if len(self.parties) == 1 and not self.keeps_one:
            self.end(Left(Departure.PEER_LEFT, cause))

    def end(self, left: Left) -> None:
        """Let all go."""
        parties = list(self.parties)
        self._is_ending = True
        for party in parties:
            self.detach(party)
        self._is_ending = False
        for party in parties:
            party.end(left)

    def settle(self) -> None:
        """From here on it ends when one is left alone; at once if one is."""
        self.keeps_one = False
        if len(self.parties) == 1:
            self.end(Left(Departure.PEER_LEFT))
        else:
            self._shorten()

    # audio

    def _connect(self) -> None:
        if self._shorten():
            return
        parties = self.parties
        self._audio.arrange([each.stream for each in parties if each.stream is not None])
        self._others.arrange([each.channel for each in parties])
        if len(parties) > 1:
            for party in parties:
                names = (each.channel.name for each in parties if each is not party)
                party.channel.set_variable("BRIDGEPEER", ",".join(names))
        if len(parties) == 2:
            joined(parties[0].channel, parties[1].channel)

    def _shorten(self) -> bool:
        """Leave out Local channels between two calls."""
        if len(self.parties) != 2:
            return False
        first, second = self.parties
        return self._leave_out(first, second) or self._leave_out(second, first)

    def _leave_out(self, party: Party, other: Party) -> bool:
        """Join ``other`` with whom it reaches through the Local channel ``party``, if it can be."""
        # A Local channel names the channel behind it, None where it has to stay in between. Not
        # asked by isinstance() of a Protocol, which takes 50 µs of every call.
        half: Channel | None = getattr(party.channel.driver, "other_half", None)
        far = party_of(half) if half is not None else None
        beyond = far.peer if far is not None else None
        if half is None or far is None or beyond is None:
            return False
        bridge = far.bridge
        if bridge is None or bridge is self:
            return False
        if len(bridge.parties) != 2 or bridge.keeps_one or self.keeps_one:
            return False
        events = self.pbx.events
        number = next(_LEFT_OUT)
        one, two = sorted((party.channel.name, half.name))
        if events.wants(LocalBeingLeftOut):
            moves, gives_way = beyond.channel.name, party.channel.name
            events.publish(LocalBeingLeftOut(one, two, moves, gives_way, number))
        bridge.detach(beyond)
        self.detach(party)
        self.attach(beyond)
        if events.wants(LocalLeftOut):
            events.publish(LocalLeftOut(one, two, number))
        bridge.detach(far)
        logger.debug("%s is left out", party.channel.name)
        for spare in (party, far):
            spare.end(Left(Departure.REPLACED))
            spare.channel.hangup(HangupCause.NORMAL_CLEARING)
        return True


def hang_up_afterwards(channel: Channel, left: Left) -> None:
    """What becomes of a dialled channel, unless somebody wants something else."""
    channel.hangup(left.cause)


async def bridge(first: Channel, second: Channel) -> Left:
    """Join two answered channels until one of them hangs up; in the task of ``first``.

    When ``first`` hangs up the wait is cancelled; ``second`` has no task and is hung up at the end.
    """
    here = Party(first)
    await Bridge(first.pbx).join(here, Party(second, afterwards=hang_up_afterwards))
    return await here.stay()
