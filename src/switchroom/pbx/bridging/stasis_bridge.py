"""Bridges that an application outside makes: they are there until somebody takes them away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from switchroom.media.api import Mix, SeatPlan
from switchroom.pbx.bridging.audio import HoldingAudio
from switchroom.pbx.bridging.bridge import Bridge, Departure, Left, Party
from switchroom.pbx.channel import Channel, HangupError
from switchroom.pbx.connected_line import joined
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.music.classes import hears_music, start_music, stop_music
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.stasis import StasisStay, StasisWork, Works

#: What may stand in the type of a bridge, as the original calls it.
BRIDGE_TYPES = frozenset(
    {"mixing", "holding", "dtmf_events", "proxy_media", "video_sfu", "video_single", "sdp_label"}
)

_MUTED = SeatPlan(talks=False)


@dataclass(frozen=True, slots=True)
class JoinPlan:
    """How a channel takes part."""

    is_announcer: bool = False  #: of a holding bridge: the others hear it
    absorbs_digits: bool = False  #: the others do not hear its digits
    is_muted: bool = False
    keeps_connected_line: bool = False  #: nobody is told who is at the other end


class _Keys:
    """Fulfils :class:`~switchroom.pbx.bridging.bridge.KeyListener`: programs are told of keys.

    So audio does not leave this node for as long as the channel is in the bridge.

    Args:
        absorbs: The others do not hear them.
    """

    def __init__(self, *, absorbs: bool) -> None:
        self._absorbs = absorbs

    def key(self, party: Party, digit: str, duration: float) -> None:
        """It has been told as an event."""
        if not self._absorbs:
            party.pass_digit(digit, duration)


class _StasisParty(Party):
    """A channel whose own task waits in its application, and not here.

    Args:
        stay: In the application.
        keys: Looks at its keys before the others hear them.
    """

    def __init__(self, stay: StasisStay, keys: _Keys) -> None:
        super().__init__(stay.channel, keys=keys)
        self._stay = stay

    def end(self, left: Left) -> None:
        """See :class:`~.bridge.Party`; the channel stays in its application."""
        super().end(left)
        if self._stay.party is self:
            self._stay.party = None


class StasisBridge(Bridge):
    """One of an application's.

    Args:
        pbx: The core.
        types: Of :data:`BRIDGE_TYPES`.
        name: For people.
        bridge_id: Wanted by whoever makes it; empty: a new one.
    """

    def __init__(
        self, pbx: Pbx, types: Iterable[str] = ("mixing",), *, name: str = "", bridge_id: str = ""
    ) -> None:
        super().__init__(pbx, keeps_one=True)
        self.types = frozenset(types)
        self.kind = "stasis"
        self.creator, self.name = "Stasis", name
        self.id = bridge_id or self.id
        self.variables: dict[str, str] = {}
        self.video_source = ""  #: the unique id of the channel whose picture all see
        self.music: str | None = None  #: the class of the music that all hear
        self._plans: dict[Party, JoinPlan] = {}
        self._holding = HoldingAudio(pbx.engine)
        self._is_mixing_always = False
        self._at_destruction: list[Callable[[], object]] = []
        self._departures: dict[Channel, list[Callable[[], object]]] = {}
        self._works = Works()
        self._worker: asyncio.Task[None] | None = None
        super()._begin()

    @property
    def is_holding(self) -> bool:
        """Whether nobody hears anybody but an announcer."""
        return "holding" in self.types

    @property
    def technology(self) -> str:
        """As the original calls it."""
        if self.is_holding:
            return "holding_bridge"
        return "softmix" if self._audio.is_mixed else "simple_bridge"

    async def add(self, stay: StasisStay, plan: JoinPlan) -> None:
        """Take in a channel, out of the bridge that it is in.

        Raises:
            HangupError: It has hung up, or left its application.
        """
        party = _StasisParty(stay, _Keys(absorbs=plan.absorbs_digits))
        await party.open()
        if stay.is_over:
            raise HangupError(stay.channel.name)
        stay.leave_bridge()
        self._plans[party] = plan
        stay.party = party
        self.attach(party)

    def remove(self, party: Party) -> None:
        """Let a channel go; it stays in its application."""
        self.detach(party)
        party.end(Left(Departure.ENDED))

    def submit(self, work: StasisWork) -> None:
        """Have something done when all that was asked for before is done: a sound for all.

        Raises:
            asyncio.QueueFull: Too much waits.
        """
        self._works.submit(work)
        if self._worker is None or self._worker.done():
            self._worker = self.pbx.spawn(self._work(), name=f"bridge {self.id}")

    async def _work(self) -> None:
        while self._works:
            await (await self._works.next()).run()

    def destroy(self) -> None:
        """Let all go; there is no such bridge any more."""
        for callback in self._at_destruction:
            callback()
        self._at_destruction.clear()
        self._works.drop_all()
        if self._worker is not None:
            self._worker.cancel()
        self.end(Left(Departure.ENDED, HangupCause.NORMAL_CLEARING))
        self._audio.arrange(())
        super()._finish()

    def at_destruction(self, callback: Callable[[], object]) -> None:
        """Call something when the bridge is taken away."""
        self._at_destruction.append(callback)

    def on_departure(self, channel: Channel, callback: Callable[[], object]) -> None:
        """Call something when a channel has left."""
        self._departures.setdefault(channel, []).append(callback)

    def forget(self, channel: Channel) -> None:
        """Tell who wanted to know that a channel has left, or did not come."""
        for callback in self._departures.pop(channel, ()):
            callback()

    def start_music(self, name: str) -> None:
        """Let all hear music, who comes too."""
        self.music = name
        for party in self.parties:
            self._play_music(party.channel)

    def stop_music(self) -> None:
        """No more music; who waits in a holding bridge hears what is heard there."""
        self.music = None
        for party in self.parties:
            stop_music(party.channel)

    def mix(self) -> Mix:
        """Where all are heard, for recordings; from here on all are mixed, however few."""
        self._is_mixing_always = True
        self._connect()
        found = self._audio.mix
        assert found is not None
        return found

    # what a bridge does

    def _begin(self) -> None:
        """It is there already."""

    def _finish(self) -> None:
        """It waits for others."""
        self._connect()

    def detach(self, party: Party) -> None:
        """See :meth:`Bridge.detach`."""
        plan = self._plans.pop(party, JoinPlan())
        if party.stream is not None:
            self._holding.leave(party.stream)
        if self.music is not None or self.is_holding:
            stop_music(party.channel)
        if self.video_source == party.channel.unique_id:
            self.video_source = ""
        super().detach(party)
        self.forget(party.channel)
        if plan.is_announcer and not any(each.is_announcer for each in self._plans.values()):
            self._holding.end_announcement()
            self._connect()

    def _connect(self) -> None:
        if self.is_holding:
            self._hold()
            return
        talking = {each.stream: each for each in self.parties if each.stream is not None}
        plans = {stream: _MUTED for stream, each in talking.items() if self._plan_of(each).is_muted}
        self._audio.arrange(list(talking), plans, mixes=self._is_mixing_always)
        self._others.arrange([each.channel for each in self.parties])
        for party in self.parties:
            names = (each.channel.name for each in self.parties if each is not party)
            party.channel.set_variable("BRIDGEPEER", ",".join(names))
            if self.music is not None:
                self._play_music(party.channel)
        if len(self.parties) == 2 and not any(
            self._plan_of(each).keeps_connected_line for each in self.parties
        ):
            joined(self.parties[0].channel, self.parties[1].channel)

    def _plan_of(self, party: Party) -> JoinPlan:
        return self._plans.get(party, JoinPlan())

    def _hold(self) -> None:
        """Those who wait hear whoever announces, or music."""
        waiting = [each for each in self.parties if not self._plan_of(each).is_announcer]
        announcers = [each for each in self.parties if self._plan_of(each).is_announcer]
        hearers = [each.stream for each in waiting if each.stream is not None]
        for party in waiting:
            if announcers:
                stop_music(party.channel)
            else:
                self._play_music(party.channel)
        for party in announcers:
            if party.stream is not None:
                self._holding.announce(party.stream, hearers)

    def _play_music(self, channel: Channel) -> None:
        if not hears_music(channel):
            work = _begin_music(channel, self.music or "")
            self.pbx.spawn(work, name=f"music of {channel.name}")


async def _begin_music(channel: Channel, name: str) -> None:
    if not channel.is_hung_up:
        await start_music(channel, name)
