"""One offer carried out: members ring until one answers. No application itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from switchroom.apps.dialing.answered import call_routine
from switchroom.apps.dialing.callers import DialCallers
from switchroom.apps.dialing.options import DialOptions, commas
from switchroom.apps.dialing.requests import equip
from switchroom.config.queues.queues import QueueSettings
from switchroom.pbx.borrowing import borrow
from switchroom.pbx.bridging.bridge import Party
from switchroom.pbx.channel import Channel, Progress, RequestError
from switchroom.pbx.dialing import Dialing, DialManners, DialStatus, hung_up_on_failure
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.telling import tell_connected
from switchroom.queues.desk import Desks
from switchroom.queues.events import AgentCalled, AgentDidNotAnswer
from switchroom.queues.member import Member
from switchroom.queues.queue import Offer

if TYPE_CHECKING:
    from switchroom.apps.queues.stay import Stay

logger = logging.getLogger(__name__)

_REFUSALS = frozenset({Progress.BUSY, Progress.CONGESTION, Progress.HUNG_UP})
#: What a queue says of those who refuse so: whether ``autopause`` counts for them.
_PAUSING: dict[Progress, Callable[[QueueSettings], bool]] = {
    Progress.BUSY: lambda settings: settings.autopause_busy,
    Progress.CONGESTION: lambda settings: settings.autopause_unavailable,
}


@dataclass(slots=True, eq=False)
class _Rung:
    """One member that rings."""

    member: Member
    channel: Channel | None
    began: float
    refused_at: float | None = None
    refusal: Progress | None = None  #: how; None: no channel could be made to it
    has_refused: bool = False  #: by itself, before anybody gave it up

    def hear(self, progress: Progress) -> None:
        """Its channel reports."""
        if progress in _REFUSALS and self.refused_at is None:
            self.refused_at = asyncio.get_running_loop().time()
            self.refusal = progress


@dataclass(frozen=True, slots=True)
class Taken:
    """Who took a call.

    Attributes:
        channel: Up.
        member: Who that is, or whose call it was that somebody else picked up; claimed.
        rang: Seconds.
        party: Of a channel with a task of its own, that picked the call up.
    """

    channel: Channel
    member: Member
    rang: float
    party: Party | None = None


class Ring:
    """Members that ring for one caller.

    Args:
        stay: The caller's.
        offer: Who is to ring first; who follows where these refuse, the queue decides.
    """

    def __init__(self, stay: Stay, offer: Offer) -> None:
        self._stay = stay
        self._members = offer.members
        self._dialing: Dialing | None = None
        self._is_given_up = False
        loop = asyncio.get_running_loop()
        self._now = loop.time
        self._until = self._now() + self._patience()

    def _patience(self) -> float:
        settings = self._stay.desk.queue.settings
        left = self._stay.seconds_left
        seconds = settings.timeout or 3600.0
        return seconds if left is None or settings.timeout_by_queue else min(seconds, left)

    def give_up(self) -> None:
        """The caller wants to go."""
        self._is_given_up = True
        if self._dialing is not None:
            self._dialing.give_up()

    async def run(self) -> Taken | None:
        """Ring; returns who answered.

        The members that did not are let go; the one that did is still claimed.
        """
        entry, queue = self._stay.entry, self._stay.desk.queue
        refused: tuple[Member, ...] = ()
        members = self._members
        while members and not self._is_given_up:
            held = await self._stay.desk.confirm(entry, members)
            rung = await self._request_all(held)
            answered = await self._ring(rung) if rung and not self._is_given_up else None
            if answered is not None:
                return answered
            refused += members
            if self._now() >= self._until or self._is_enough(rung) or self._is_given_up:
                break
            if queue.settings.timeout_restarts:
                self._until = self._now() + self._patience()
            for member in held:
                queue.let_go(entry, member)
            members = queue.choose_after(entry, refused, self._stay.desk.now())
        self._stay.desk.offer_failed(entry)
        return None

    def _is_enough(self, rung: list[_Rung]) -> bool:
        """Whether nobody is rung before the next ``retry``.

        Asterisk: where all ring at once, those behind are for when nobody of them could be called
        at all, not for when they refuse (22).
        """
        rings_all = self._stay.desk.queue.settings.strategy == "ringall"
        return rings_all and any(each.channel is not None for each in rung)

    async def _request_all(self, members: Iterable[Member]) -> list[_Rung]:
        made: list[Channel] = []
        with hung_up_on_failure(made):
            rung = [await self._request(member, made) for member in members]
        if self._is_given_up:
            for called in made:
                called.hangup()
        return rung

    async def _request(self, member: Member, made: list[Channel]) -> _Rung:
        """Make the channel to a member.

        Args:
            member: Who.
            made: Receives it.
        """
        channel, options = self._stay.channel, self._stay.order.options
        try:
            called = await channel.pbx.request(member.interface, channel)
        except RequestError as error:
            logger.info("%s: %s", self._stay.desk.queue.name, error)
            return _Rung(member, None, self._now(), self._now())
        made.append(called)
        callers = DialCallers(channel, DialOptions())
        callers.present(called)
        equip(channel, called)
        called.set_variable("DIALEDPEERNUMBER", member.interface.partition("/")[2])
        rung = _Rung(member, called, self._now())
        called.watch(rung.hear)
        if options.routine_there:
            await borrow(called, call_routine(called, commas(options.routine_there)))
        events = channel.pbx.events
        if events.wants(AgentCalled):
            queue, entry = self._stay.desk.queue, self._stay.entry
            events.publish(AgentCalled(queue, entry, member, called))
        return rung

    def _tell_who_rings(self, called: Channel) -> None:
        """Recorded: where one member is rung the caller is told who."""
        channel = self._stay.channel
        is_one = self._stay.desk.queue.settings.strategy != "ringall"
        if is_one and not self._stay.order.options.keeps_connected:
            channel.connected = called.caller.copy()
            tell_connected(channel)

    async def _ring(self, rung: list[_Rung]) -> Taken | None:
        options = self._stay.order.options
        manners = DialManners(
            passes_media=False,
            tells_caller=False,
            forwards=not options.keep_forwards,
            elsewhere=True,
            on_dialled=self._tell_who_rings,
            cancel_cause=HangupCause.ANSWERED_ELSEWHERE
            if options.elsewhere
            else HangupCause.NORMAL_CLEARING,
        )
        dialing = self._dialing = Dialing(self._stay.channel, application="", manners=manners)
        channels = [each.channel for each in rung if each.channel is not None]
        event = "RINGCANCELED"  # so it is when the caller hangs up meanwhile
        answered: Channel | None = None
        try:
            within = max(0.0, self._until - self._now())
            outcome = await dialing.run(channels, within=within)
            answered = outcome.answered
            if outcome.status is not DialStatus.CANCEL:
                event = "RINGNOANSWER"
        finally:
            self._dialing = None
            for each in rung:
                at = each.channel and dialing.now_at(each.channel)
                each.has_refused = at is None or at not in dialing.pending
                if at is not answered or answered is None:
                    self._tell_in_vain(each, event, was_answered=answered is not None)
        if answered is None:
            return None
        taken = (e for e in rung if e.channel and dialing.now_at(e.channel) is answered)
        winner = next(taken, rung[0])
        for each in rung:
            if each is not winner:
                self._stay.desk.queue.let_go(self._stay.entry, each.member)
        self._stay.desk.tell_free(each.member for each in rung if each is not winner)
        return Taken(answered, winner.member, self._now() - winner.began, outcome.party)

    def _tell_in_vain(self, rung: _Rung, event: str, *, was_answered: bool) -> None:
        """A member did not take the call."""
        if was_answered and not rung.has_refused:
            return  # another one was quicker
        at = rung.refused_at if rung.has_refused else None
        at = self._now() if at is None else at
        seconds = max(0.0, at - rung.began)
        if rung.has_refused:
            event = "RINGNOANSWER"
        if rung.channel is None:  # nothing rang, so nothing is told of it
            self._pause_for_it(rung)
            return
        self._stay.log(rung.member.name, event, round(seconds * 1000))
        queue, events = self._stay.desk.queue, self._stay.channel.pbx.events
        if events.wants(AgentDidNotAnswer):
            events.publish(
                AgentDidNotAnswer(queue, self._stay.entry, rung.member, rung.channel, seconds)
            )
        if event == "RINGNOANSWER":
            self._pause_for_it(rung)

    def _pause_for_it(self, rung: _Rung) -> None:
        """``autopause``: who does not answer gets no more calls."""
        desk, member = self._stay.desk, rung.member
        settings, now = desk.queue.settings, self._stay.desk.now()
        if settings.autopause == "no" or member.is_paused:
            return
        refusal = Progress.CONGESTION if rung.channel is None else rung.refusal
        pauses = _PAUSING.get(refusal) if rung.has_refused and refusal is not None else None
        if pauses is not None and not pauses(settings):
            return
        if member.last_call and now - member.last_call < settings.autopause_delay:
            return
        if settings.autopause == "all":
            desks = self._stay.channel.pbx.datastore(Desks)
            desks.pause(member.interface, paused=True, reason="Auto-Pause")
        else:
            desk.pause(member, paused=True, reason="Auto-Pause")
