"""Dial channels and wait for the first that answers."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

from switchroom.pbx.bridging.bridge import Departure, Left, Party
from switchroom.pbx.channel import Channel, ChannelState, Progress, RequestError
from switchroom.pbx.events import DialBegan, DialEnded, DialReported
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.hangup_causes import note_end
from switchroom.pbx.redirecting import redirect_caller
from switchroom.pbx.ringing import Ringback
from switchroom.pbx.technology import Indication
from switchroom.pbx.transfers.forwarding import request_forward

logger = logging.getLogger(__name__)

OUTGOING_DATA = "(Outgoing Line)"  #: what dialled channels show behind their application


class DialStatus(StrEnum):
    """How a dial ended; the values are those of ``DIALSTATUS``."""

    ANSWER = "ANSWER"
    BUSY = "BUSY"
    CONGESTION = "CONGESTION"
    NOANSWER = "NOANSWER"
    CHANUNAVAIL = "CHANUNAVAIL"
    CANCEL = "CANCEL"
    DONTCALL = "DONTCALL"
    TORTURE = "TORTURE"
    INVALIDARGS = "INVALIDARGS"


@dataclass(frozen=True, slots=True)
class DialOutcome:
    """What became of a dial."""

    status: DialStatus
    answered: Channel | None = None  #: up, and owned by whoever dialled, unless it was picked up
    cause: HangupCause = HangupCause.NOT_DEFINED  #: of the last destination that refused
    party: Party | None = None  #: of a channel with a task of its own, that picked the call up


#: What a destination's hangup cause says of it; recorded for 1, 21 and 34. All others: it could not
#: be reached.
_STATUS_OF_CAUSE = {
    HangupCause.USER_BUSY: DialStatus.BUSY,
    HangupCause.NORMAL_CIRCUIT_CONGESTION: DialStatus.CONGESTION,
    HangupCause.NO_ANSWER: DialStatus.NOANSWER,
    HangupCause.NORMAL_CLEARING: DialStatus.NOANSWER,
}

#: What a destination's hangup cause says of it alone.
_ONE_ENDED = {
    HangupCause.USER_BUSY: DialStatus.BUSY,
    HangupCause.NORMAL_CIRCUIT_CONGESTION: DialStatus.CONGESTION,
    HangupCause.NO_ROUTE_DESTINATION: DialStatus.CHANUNAVAIL,
    HangupCause.SUBSCRIBER_ABSENT: DialStatus.CHANUNAVAIL,
}

#: What a dialled channel reports, in AMI's words.
_REPORTED = {
    Progress.RINGING: "RINGING",
    Progress.EARLY_MEDIA: "PROGRESS",
    Progress.PROCEEDING: "PROCEEDING",
}

#: What of several refusals counts. Asterisk: unless all are busy, congested or not to be reached
#: it is no answer; of these, the first in this order (22).
_WORST_FIRST = (DialStatus.NOANSWER, DialStatus.BUSY, DialStatus.CONGESTION, DialStatus.CHANUNAVAIL)


def tell_end(caller: Channel | None, called: Channel, status: str) -> None:
    """Tell what became of one destination."""
    events = called.pbx.events
    if events.wants(DialEnded):
        events.publish(DialEnded(caller.name if caller else "", called.name, status))


@contextmanager
def hung_up_on_failure(made: Collection[Channel]) -> Iterator[None]:
    """Hang up the channels that are made by then where whoever wants to dial them fails, or goes.

    Args:
        made: Those that nobody owns yet; may grow meanwhile.
    """
    try:
        yield
    except BaseException:
        for channel in tuple(made):
            channel.hangup()
        raise


class _DialledBy:
    """Of a dialled channel, while it rings."""

    def __init__(self) -> None:
        self.dialing: Dialing | None = None


def dialing_of(channel: Channel) -> Dialing | None:
    """The dial that waits for a channel's answer."""
    return channel.datastore(_DialledBy).dialing


@dataclass(frozen=True, slots=True)
class DialManners:
    """What a dial does besides waiting."""

    ringback: Ringback | None = None  #: what the caller hears meanwhile, instead of what is passed
    passes_media: bool = True  #: the caller hears early media, where one destination is dialled
    cancel_cause: HangupCause = HangupCause.NORMAL_CLEARING  #: of those that did not answer
    elsewhere: bool = True  #: those that did not answer are told that another did
    tells_caller: bool = True  #: that it rings; no: the caller hears something else meanwhile
    forwards: bool = True  #: a destination may send the call elsewhere; no: it counts as busy
    tells_diversion: bool = True  #: the caller hears that a single destination sends it elsewhere
    forward_unlimited: bool = False  #: the dial has no time limit any more once one has
    present: Callable[[Channel], None] | None = None  #: tells who is called instead who calls
    on_early_media: Callable[[Channel], Awaitable[None]] | None = None  #: once, of the first
    on_dialled: Callable[[Channel], None] | None = None  #: of each, once it is being called
    silent_for: float | None = None  #: seconds after which a dial that nobody proceeds with ends
    hands_over: bool = False  #: without a caller: who picks it up goes on in the called one's place


class Dialing:
    """One dial to any number of destinations at once.

    Args:
        caller: Hears ringing and early media, passes on its variables; None for Originate.
        application: What the dialled channels show as executing, ``AppDial`` or ``AppDial2``; of a
            queue nothing, until they have answered.
        manners: What else it does.
    """

    def __init__(
        self,
        caller: Channel | None,
        *,
        application: str = "AppDial",
        manners: DialManners = DialManners(),
    ) -> None:
        self.caller = caller
        self.pending: list[Channel] = []
        self._has_answered: set[Channel] = set()
        self._is_told: set[Channel] = set()  #: whose end was told
        self._is_over = False
        self._instead: dict[Channel, Channel] = {}  #: of who sent the call elsewhere
        self.rang_at: float | None = None  #: by the loop's clock
        self.progressed_at: float | None = None
        self._application = application
        self._manners = manners
        self._reports: asyncio.Queue[tuple[Channel | None, Progress]] = asyncio.Queue()
        self._picked_up: Party | None = None
        self._given_up: DialStatus | None = None
        self._limit: asyncio.Timeout | None = None
        #: Of those that still ring at the end. Asterisk: a queue's did not answer (22).
        self._left_over = DialStatus.CANCEL if application else DialStatus.NOANSWER
        self._refusals: list[DialStatus] = []
        self._cause = HangupCause.NOT_DEFINED
        self._told: set[Progress] = set()
        self._is_single = False
        self._heard: Channel | None = None  #: whose early media the caller hears

    def refused(self, cause: HangupCause) -> None:
        """Count a destination to which no channel could be made."""
        self._refuse(_STATUS_OF_CAUSE.get(cause, DialStatus.CHANUNAVAIL), cause)

    async def run(
        self, channels: Iterable[Channel], *, within: float | None, tells_answer: bool = True
    ) -> DialOutcome:
        """Dial ``channels`` and wait; all but the one that answered are hung up, also on cancel.

        Args:
            channels: Made by :meth:`Pbx.request`, not dialled yet.
            within: Seconds to wait for an answer; None for as long as somebody rings.
            tells_answer: The one that answered is told of as such (:func:`tell_end`); no: whoever
                dialled tells, since it may yet turn out otherwise.
        """
        answered: Channel | None = None
        ringback = self._manners.ringback
        waiting = deque(channels)
        self._is_single = len(waiting) == 1
        silence: asyncio.TimerHandle | None = None
        if self._manners.silent_for is not None:
            loop = asyncio.get_running_loop()
            silence = loop.call_later(self._manners.silent_for, self._end_if_silent)
        try:
            if ringback is not None and waiting:
                await ringback.start()
            while waiting:
                await self._dial(waiting.popleft())
            async with asyncio.timeout(within) as self._limit:
                answered = await self._first_answer()
        except TimeoutError:
            self._left_over = DialStatus.NOANSWER
            return DialOutcome(DialStatus.NOANSWER)
        finally:
            if silence is not None:
                silence.cancel()
            for channel in waiting:
                channel.hangup(self._manners.cancel_cause)
            self._end(answered)
            self._stop_ringing()
            if tells_answer and answered is not None and self._picked_up is None:
                tell_end(self.caller, answered, DialStatus.ANSWER)
        if answered is not None:
            party = self._picked_up
            is_other = party is not None and party.channel is answered
            return DialOutcome(DialStatus.ANSWER, answered, party=party if is_other else None)
        if self._given_up is not None:
            return DialOutcome(self._given_up)
        status = next((s for s in _WORST_FIRST if s in self._refusals), DialStatus.CHANUNAVAIL)
        return DialOutcome(status, cause=self._cause)

    def now_at(self, channel: Channel) -> Channel:
        """The channel that is dialled instead of one whose party sent the call elsewhere."""
        while (new := self._instead.get(channel)) is not None:
            channel = new
        return channel

    @property
    def may_be_picked_up(self) -> bool:
        """Whether whoever dials knows what to do with another channel than those that ring."""
        return self.caller is not None or self._manners.hands_over

    def pick_up(self, by: Party) -> bool:
        """Another channel answers instead of those that ring; it is up, and its task waits then.

        Returns:
            Whether it is the first, and nobody else has answered.
        """
        if self._picked_up is not None or self._is_over:
            return False
        self._picked_up = by
        self._reports.put_nowait((by.channel, Progress.ANSWERED))
        return True

    def give_up(self) -> None:
        """Stop waiting: the caller keyed something."""
        self._given_up = DialStatus.CANCEL
        self._reports.put_nowait((None, Progress.HUNG_UP))

    def _end_if_silent(self) -> None:
        if self.rang_at is None and self.progressed_at is None:
            self._given_up = self._left_over = DialStatus.CHANUNAVAIL
            self._reports.put_nowait((None, Progress.HUNG_UP))

    def _end(self, answered: Channel | None) -> None:
        self._stop_hearing()
        if self._picked_up is not None and self._picked_up.channel is not answered:
            self._picked_up.end(Left(Departure.PEER_LEFT))  # too late
        cause = self._manners.cancel_cause
        if answered is not None and self._manners.elsewhere:
            cause = HangupCause.ANSWERED_ELSEWHERE
        for channel in (*self.pending, *([answered] if answered is not None else [])):
            channel.datastore(_DialledBy).dialing = None
            if channel is not answered:
                left_over = self._left_over if answered is None else DialStatus.CANCEL
                self._tell_end(channel, left_over)
                channel.hangup(cause)
        self._is_over = True

    async def _start(self, channel: Channel) -> bool:
        channel.watch(lambda progress: self._hear(channel, progress))
        if (caller := self.caller) is not None:
            channel.at_end(lambda: note_end(caller, channel))
        else:
            self._show(channel)
        channel.datastore(_DialledBy).dialing = self
        try:
            await channel.driver.dial()
        except RequestError as error:
            logger.warning("%s", error)
            self._refuse(DialStatus.CHANUNAVAIL, error.cause)
            return False
        events = channel.pbx.events
        if events.wants(DialBegan):
            name = caller.name if caller else ""
            text = channel.dialled_as if self._application else self._interface(channel)
            events.publish(DialBegan(name, channel.name, text))
        if self._manners.on_dialled is not None:
            self._manners.on_dialled(channel)
        # Asterisk: a Dial shows what it could dial, an Originate what it tries to (22).
        self._show(channel)
        return True

    def _show(self, channel: Channel) -> None:
        if self._application:
            channel.announce(self._application, OUTGOING_DATA)

    @staticmethod
    def _interface(channel: Channel) -> str:
        # Asterisk: a Queue tells the whole of what it dials (22).
        return f"{channel.name.partition('/')[0]}/{channel.dialled_as}"

    def _hear(self, channel: Channel, progress: Progress) -> None:
        if progress is Progress.ANSWERED:
            self._has_answered.add(channel)
        elif progress is Progress.HUNG_UP and channel not in self._has_answered:
            # Told at once: a moment later the channel is gone, and nobody could say which it was.
            self._tell_end(channel, _ONE_ENDED.get(channel.hangup_cause, DialStatus.NOANSWER))
        self._reports.put_nowait((channel, progress))

    def _tell_end(self, channel: Channel, status: str) -> None:
        """Tell what became of one destination, once, while it is dialled."""
        if channel in self.pending and not self._is_over and channel not in self._is_told:
            self._is_told.add(channel)
            tell_end(self.caller, channel, status)

    def _refuse(self, status: DialStatus, cause: HangupCause) -> None:
        self._refusals.append(status)
        if cause is not HangupCause.NOT_DEFINED:
            self._cause = cause

    async def _first_answer(self) -> Channel | None:
        while self.pending:
            channel, progress = await self._reports.get()
            if channel is None:
                return None
            if self._picked_up is not None and channel is self._picked_up.channel:
                return channel
            if channel not in self.pending:
                continue
            if progress is Progress.ANSWERED:
                return channel
            await self._heed(channel, progress)
        return None

    async def _heed(self, channel: Channel, progress: Progress) -> None:
        """One of those that are dialled has come further, or is over."""
        match progress:
            case Progress.RINGING | Progress.EARLY_MEDIA | Progress.PROCEEDING:
                await self._tell_caller(channel, progress)
            case Progress.BUSY | Progress.CONGESTION:
                busy = progress is Progress.BUSY
                status = DialStatus.BUSY if busy else DialStatus.CONGESTION
                self._refuse(status, channel.hangup_cause)
                self._tell_end(channel, status)
                self._forget(channel)
                channel.hangup()
            case Progress.HUNG_UP:
                self.refused(channel.hangup_cause)
                self._forget(channel)
            case Progress.FORWARDED:
                await self._forward(channel)
            case Progress.DIVERTED:
                self._tell_diversion(channel)
            case _:
                pass  # sent elsewhere: it stays dialled until it has answered

    async def _forward(self, channel: Channel) -> None:
        """Dial whom a party sends the call to, instead of the party."""
        manners = self._manners
        if self.caller is not None:
            self.caller.set_variable("FORWARDERNAME", channel.name)
        if not manners.forwards:
            self._refuse(DialStatus.BUSY, HangupCause.USER_BUSY)
        else:
            try:
                new = await request_forward(self.caller, channel, manners.present)
            except RequestError as error:
                logger.warning("%s: %s", channel.name, error)
                self.refused(error.cause)
            else:
                if manners.forward_unlimited and self._limit is not None:
                    self._limit.reschedule(None)
                self._instead[channel] = new
                self._tell_diversion(new)
                await self._dial(new)
        self._tell_end(channel, DialStatus.CANCEL)
        self._forget(channel)
        channel.hangup(HangupCause.NORMAL_CLEARING)

    def _tell_diversion(self, called: Channel) -> None:
        if self._is_single and self.caller is not None and self._manners.tells_diversion:
            redirect_caller(self.caller, called)

    async def _dial(self, channel: Channel) -> None:
        self.pending.append(channel)
        if not await self._start(channel):
            self.pending.remove(channel)
            channel.finish()

    def _forget(self, channel: Channel) -> None:
        self.pending.remove(channel)
        channel.datastore(_DialledBy).dialing = None
        if channel is self._heard:
            self._stop_hearing()

    # what the caller is told and hears

    async def _tell_caller(self, channel: Channel, progress: Progress) -> None:
        now = asyncio.get_running_loop().time()
        if progress is Progress.RINGING and self.rang_at is None:
            self.rang_at = now
        if progress is Progress.EARLY_MEDIA and self.progressed_at is None:
            self.progressed_at = now
            if self._manners.on_early_media is not None:
                await self._manners.on_early_media(channel)
        self._tell_report(channel, progress)
        caller = self.caller
        if caller is None or caller.is_hung_up or not self._manners.tells_caller:
            return
        if progress is Progress.EARLY_MEDIA and self._hears_media():
            await self._let_hear(caller, channel)
        elif progress is not Progress.PROCEEDING:
            # Of several that are dialled the caller hears none: it rings for all of them.
            await self._let_ring(caller)

    def _tell_report(self, channel: Channel, progress: Progress) -> None:
        events = channel.pbx.events
        if events.wants(DialReported):
            name = self.caller.name if self.caller is not None else ""
            events.publish(DialReported(name, channel.name, _REPORTED[progress]))

    def _hears_media(self) -> bool:
        ringback = self._manners.ringback
        covers = ringback is not None and not ringback.yields
        return self._is_single and self._manners.passes_media and not covers

    async def _let_ring(self, caller: Channel) -> None:
        if Progress.RINGING in self._told:
            return
        self._told.add(Progress.RINGING)
        if self._manners.ringback is not None:
            return
        if caller.state is not ChannelState.UP:
            await caller.indicate(Indication.RINGING)
        else:
            self._play_ringing(caller)

    def _play_ringing(self, caller: Channel) -> None:
        """The caller's line is open already: a tone has to say that it rings."""
        tone = Ringback(caller)
        self._manners = replace(self._manners, ringback=tone)
        tone.start_now()

    async def _let_hear(self, caller: Channel, channel: Channel) -> None:
        if self._heard is not None:
            return
        self._heard = channel
        if self._manners.ringback is not None:
            self._manners.ringback.stop()
        if caller.state is not ChannelState.UP:
            await caller.indicate(Indication.PROGRESS)
        caller.pbx.engine.connect(await caller.stream(), await channel.stream())

    def _stop_ringing(self) -> None:
        """The caller hears ringing no more, whoever played it: we or its driver."""
        if self._manners.ringback is not None:
            self._manners.ringback.stop()
        driver = self.caller.driver if self.caller is not None else None
        stop: Callable[[], None] | None = getattr(driver, "stop_ringing", None)
        if stop is not None:
            stop()

    def _stop_hearing(self) -> None:
        heard, self._heard = self._heard, None
        if heard is not None and self.caller is not None:
            one, two = self.caller.opened_stream, heard.opened_stream
            if one is not None and two is not None:
                self.caller.pbx.engine.disconnect(one, two)
