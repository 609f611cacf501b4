"""One Dial(), from its destinations to the end of the conversation. No application itself."""

from __future__ import annotations

import asyncio
import logging

from switchroom.apps.dialing.answered import (
    after_called,
    call_routine,
    prepare_called,
    take_after_bridge,
)
from switchroom.apps.dialing.call_limits import CallLimits, read_limits, watch_limits
from switchroom.apps.dialing.callers import DialCallers
from switchroom.apps.dialing.keys import keys_while_dialling
from switchroom.apps.dialing.options import DialOptions, commas
from switchroom.apps.dialing.requests import manners_of, request_all
from switchroom.apps.dialing.screening import Verdict, forget_introduction, introduce, known_verdict
from switchroom.apps.dialing.times import DialTimes
from switchroom.base.errors import ApplicationFailedError, DialplanError
from switchroom.pbx.bridging.bridge import Bridge, Departure, Left, Party
from switchroom.pbx.call_completion import CallCompletions
from switchroom.pbx.channel import Channel, HangupError
from switchroom.pbx.channel_settings import ChannelSettings
from switchroom.pbx.connected_line import ConnectedLine, connect_line
from switchroom.pbx.dialing import Dialing, DialOutcome, DialStatus, tell_end
from switchroom.pbx.feature_codes import Rights, keys_of
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.records.cdr_recorder import recorder_of

logger = logging.getLogger(__name__)

#: What a decision of before means for the caller.
_STATUS_OF_VERDICT = {
    Verdict.REFUSED: DialStatus.NOANSWER,
    Verdict.TORTURE: DialStatus.TORTURE,
    Verdict.DO_NOT_CALL: DialStatus.DONTCALL,
}

_MAY_BE_COMPLETED = frozenset({DialStatus.BUSY, DialStatus.NOANSWER, DialStatus.CANCEL})


class DialCall:
    """One Dial().

    Args:
        channel: The caller; :meth:`run` is awaited in its task.
        options: Option letters.
    """

    def __init__(self, channel: Channel, options: DialOptions) -> None:
        self.channel = channel
        self.options = options
        self.status = DialStatus.CANCEL  #: so it is when the caller hangs up
        self._times = DialTimes(channel)
        self._callers = DialCallers(channel, options)
        self._joined = False
        self._dialled: tuple[Channel, ...] = ()
        self._owns_called = False  #: nobody else would hang the called channel up

    async def run(
        self, destinations: str, within: float | None, silent_for: float | None = None
    ) -> DialStatus:
        """Dial, talk, and leave the variables; hangs the caller up after a conversation.

        Args:
            destinations: ``Technology/resource``, joined by ``&``.
            within: Seconds in which somebody shall answer; None: any.
            silent_for: Seconds in which it shall at least ring; None: any.

        Returns:
            What DIALSTATUS is.

        Raises:
            ApplicationFailedError: The call was forwarded too often, or calls itself.
        """
        channel = self.channel
        if channel.datastore(ChannelSettings).max_forwards <= 0:
            raise ApplicationFailedError("Dial: this call has been forwarded too often")
        if self.options.reset_record and (recorder := recorder_of(channel.pbx)) is not None:
            recorder.book.reset(channel.name, now=channel.pbx.now())
        try:
            outcome = await self._dial(destinations, within, silent_for)
            if outcome is not None:
                self.status = outcome.status
                channel.hangup_cause = outcome.cause
                if outcome.answered is not None:
                    await self._answered(outcome, outcome.answered)
        finally:
            self._times.note_end()
            channel.set_variable("DIALSTATUS", self.status)
            if self.status in _MAY_BE_COMPLETED:
                was_busy = self.status is DialStatus.BUSY
                completions = channel.pbx.datastore(CallCompletions)
                completions.offer(channel, self._dialled, was_busy=was_busy)
            forget_introduction(channel, self.options)
        return self.status

    async def _dial(
        self, destinations: str, within: float | None, silent_for: float | None
    ) -> DialOutcome | None:
        channel, options = self.channel, self.options
        verdict = known_verdict(channel, options)
        if verdict in _STATUS_OF_VERDICT:
            self.status = _STATUS_OF_VERDICT[verdict]
            return None
        if (options.screen or options.privacy) and verdict is None:
            await introduce(channel, options)
        if options.routine_here:
            await call_routine(channel, commas(options.routine_here))
        requested = await request_all(channel, destinations, options, self._callers)
        self._dialled = tuple(requested.channels)
        manners = manners_of(channel, options, self._callers, silent_for)
        dialing = Dialing(channel, manners=manners)
        for cause in requested.refusals:
            dialing.refused(cause)
        with keys_while_dialling(channel, dialing, options):
            outcome = await dialing.run(requested.channels, within=within, tells_answer=False)
        self._times.note_progress(dialing)
        if outcome.answered is not None:
            channel.set_variable("DIALEDPEERNAME", outcome.answered.name)
            number = requested.numbers.get(outcome.answered, "")
            channel.set_variable("DIALEDPEERNUMBER", number)
            if self._callers.keeps_connected:
                channel.datastore(ConnectedLine).is_kept = True
                outcome.answered.datastore(ConnectedLine).is_kept = True
            else:
                connect_line(channel, outcome.answered.caller)
        return outcome

    async def _answered(self, outcome: DialOutcome, called: Channel) -> None:
        channel, options = self.channel, self.options
        party = outcome.party  # of a channel that picked the call up, and has a task
        self._owns_called = party is None
        try:
            if options.answer_at_once:
                await channel.answer()
            if party is None:
                decision = await prepare_called(channel, called, options)
                tell_end(channel, called, decision.ended if decision else outcome.status)
                if decision is not None:
                    self.status = decision.status
                    self._owns_called = not decision.called_stays
                    if not decision.caller_goes_on:
                        channel.hangup(HangupCause.NORMAL_CLEARING)
                    return
                party = self._called_party(called)
            left = await self._talk(party)
        finally:
            if outcome.party is not None and not self._joined:
                outcome.party.end(Left(Departure.PEER_LEFT))
            if self._owns_called:
                called.hangup(channel.hangup_cause or HangupCause.NORMAL_CLEARING)
        if place := take_after_bridge(channel):
            channel.goto(*place)
        elif options.go_on:
            channel.hangup_cause = left.cause
        else:
            channel.hangup(left.cause)

    def _called_party(self, called: Channel) -> Party:
        options = self.options
        rights = Rights(
            transfer=options.called_transfers,
            disconnect=options.called_ends,
            park=options.called_parks,
            record=options.called_records,
            mix=options.called_mixes,
        )
        after = after_called(options, self.channel)

        def afterwards(channel: Channel, left: Left) -> None:
            if place := take_after_bridge(channel):
                channel.pbx.go_on(channel, *place)
            elif after is not None and left.why is Departure.PEER_LEFT:
                channel.pbx.go_on(channel, *after)
            else:
                channel.hangup(left.cause)

        return Party(called, afterwards=afterwards, keys=keys_of(called, rights))

    async def _talk(self, called: Party) -> Left:
        channel, options = self.channel, self.options
        limits = self._limits()
        rights = Rights(
            transfer=options.calling_transfers,
            disconnect=options.calling_ends,
            park=options.calling_parks,
            record=options.calling_records,
            mix=options.calling_mixes,
        )
        party = Party(channel, keys=keys_of(channel, rights))
        if called.afterwards is not None:
            called.channel.extension = ""  # Asterisk: a bridged callee stands at no extension (22)
            called.channel.announce("AppDial", "(Outgoing Line)")
        await channel.answer()
        watcher: asyncio.Task[None] | None = None
        bridge = Bridge(channel.pbx)
        try:
            await bridge.join(party, called)
        except HangupError:
            if channel.is_hung_up:
                raise
            return Left(Departure.PEER_LEFT, called.channel.hangup_cause)
        self._owns_called, self._joined = False, True  # the bridge knows what becomes of it
        self._times.note_answer()
        if options.run_h and called.afterwards is not None:
            _let_run_h(called.channel, channel.context)
        if limits is not None:
            watcher = channel.pbx.spawn(watch_limits(limits, party, called), name=channel.name)
        try:
            return await party.stay()
        finally:
            if watcher is not None:
                watcher.cancel()

    def _limits(self) -> CallLimits | None:
        try:
            return read_limits(self.channel, self.options.limit, self.options.seconds)
        except DialplanError as error:
            logger.warning("%s: %s", self.channel.name, error)
            return None


def _let_run_h(called: Channel, context: str) -> None:
    """Let the called party run ``h`` of a context at its end, whoever ended the conversation."""

    async def run() -> None:
        called.context = context
        await called.pbx.dialplan.run(called)  # hung up, so that ``h`` is all there is to run

    called.last_work = run
