"""Dial channels and wait for the first that answers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from switchroom.pbx.channel import Channel, Progress, RequestError
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.hangup_causes import note_end
from switchroom.pbx.technology import Indication

logger = logging.getLogger(__name__)


class DialStatus(StrEnum):
    """How a dial ended; the values are those of ``DIALSTATUS``."""

    ANSWER = "ANSWER"
    BUSY = "BUSY"
    CONGESTION = "CONGESTION"
    NOANSWER = "NOANSWER"
    CHANUNAVAIL = "CHANUNAVAIL"


@dataclass(frozen=True, slots=True)
class DialOutcome:
    """What became of a dial."""

    status: DialStatus
    answered: Channel | None = None  #: up, and owned by whoever dialled
    cause: HangupCause = HangupCause.NOT_DEFINED  #: of the last destination that refused


#: What a destination's hangup cause says of the whole dial; recorded for 1, 21 and 34, the others
#: follow the same rule: busy and congestion are told apart, an unanswered end is no answer.
_STATUS_OF_CAUSE = {
    HangupCause.USER_BUSY: DialStatus.BUSY,
    HangupCause.NORMAL_CIRCUIT_CONGESTION: DialStatus.CONGESTION,
    HangupCause.NO_ANSWER: DialStatus.NOANSWER,
    HangupCause.NO_USER_RESPONSE: DialStatus.NOANSWER,
    HangupCause.NORMAL_CLEARING: DialStatus.NOANSWER,
    HangupCause.NOT_DEFINED: DialStatus.NOANSWER,
}

#: Asterisk: of several refusals the most telling one counts, in this order (seen in 22).
_WORST_FIRST = (DialStatus.CONGESTION, DialStatus.BUSY, DialStatus.CHANUNAVAIL, DialStatus.NOANSWER)


class Dialing:
    """One dial to any number of destinations at once.

    Args:
        caller: Hears ringing and early progress, passes on its variables; None for Originate.
        application: What the dialled channels show as executing, ``AppDial`` or ``AppDial2``.
    """

    def __init__(self, caller: Channel | None, *, application: str = "AppDial") -> None:
        self._caller = caller
        self._application = application
        self._reports: asyncio.Queue[tuple[Channel, Progress]] = asyncio.Queue()
        self._refusals: list[DialStatus] = []
        self._cause = HangupCause.NOT_DEFINED
        self._told_ringing = False

    async def run(self, channels: Iterable[Channel], *, within: float | None) -> DialOutcome:
        """Dial ``channels`` and wait; all but the one that answered are hung up, also on cancel.

        Args:
            channels: Made by :meth:`Pbx.request`, not dialled yet.
            within: Seconds to wait for an answer; None for as long as somebody rings.
        """
        pending: list[Channel] = []
        answered: Channel | None = None
        try:
            for channel in channels:
                pending.append(channel)
                if not await self._start(channel):
                    pending.remove(channel)
                    channel.finish()
            async with asyncio.timeout(within):
                answered = await self._first_answer(pending)
        except TimeoutError:
            return DialOutcome(DialStatus.NOANSWER)
        finally:
            for channel in pending:
                if channel is not answered:
                    channel.hangup(HangupCause.NORMAL_CLEARING)
        if answered is not None:
            return DialOutcome(DialStatus.ANSWER, answered)
        status = next((s for s in _WORST_FIRST if s in self._refusals), DialStatus.CHANUNAVAIL)
        return DialOutcome(status, cause=self._cause)

    async def _start(self, channel: Channel) -> bool:
        channel.watch(lambda progress: self._reports.put_nowait((channel, progress)))
        channel.announce(self._application, "(Outgoing Line)")
        if (caller := self._caller) is not None:
            channel.at_end(lambda: note_end(caller, channel))
        try:
            await channel.driver.dial()
        except RequestError as error:
            logger.warning("%s", error)
            self._refuse(DialStatus.CHANUNAVAIL, error.cause)
            return False
        return True

    def _refuse(self, status: DialStatus, cause: HangupCause) -> None:
        self._refusals.append(status)
        if cause is not HangupCause.NOT_DEFINED:
            self._cause = cause

    async def _first_answer(self, pending: list[Channel]) -> Channel | None:
        while pending:
            channel, progress = await self._reports.get()
            if channel not in pending:
                continue
            match progress:
                case Progress.ANSWERED:
                    return channel
                case Progress.RINGING | Progress.EARLY_MEDIA | Progress.PROCEEDING:
                    await self._tell_caller(progress)
                case Progress.BUSY | Progress.CONGESTION:
                    busy = progress is Progress.BUSY
                    status = DialStatus.BUSY if busy else DialStatus.CONGESTION
                    self._refuse(status, channel.hangup_cause)
                    pending.remove(channel)
                    channel.hangup()
                case Progress.HUNG_UP:
                    cause = channel.hangup_cause
                    self._refuse(_STATUS_OF_CAUSE.get(cause, DialStatus.CHANUNAVAIL), cause)
                    pending.remove(channel)
        return None

    async def _tell_caller(self, progress: Progress) -> None:
        if self._caller is not None and progress is Progress.RINGING and not self._told_ringing:
            self._told_ringing = True
            await self._caller.indicate(Indication.RINGING)
