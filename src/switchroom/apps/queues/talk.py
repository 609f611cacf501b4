"""From a member's answer to the end of the conversation. No application itself."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from switchroom.apps.dialing.answered import call_routine
from switchroom.apps.dialing.options import commas
from switchroom.apps.prompts import play_prompts
from switchroom.apps.queues.transfers import Transfers
from switchroom.apps.queues.variables import set_variables
from switchroom.base.errors import DialplanError
from switchroom.dialplan.places import parse_place
from switchroom.media.saying.gender import Gender
from switchroom.media.saying.registry import language_for
from switchroom.pbx.borrowing import borrow
from switchroom.pbx.bridging.bridge import Bridge, Departure, Left, Party
from switchroom.pbx.channel import Channel, HangupError
from switchroom.pbx.feature_codes import Rights, keys_of
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.recordings.naming import recording_name
from switchroom.pbx.records.properties import RecordProperties
from switchroom.queues.events import AgentCompleted, AgentConnected, AgentDumped

if TYPE_CHECKING:
    from switchroom.apps.queues.ring import Taken
    from switchroom.apps.queues.stay import Stay

logger = logging.getLogger(__name__)


class Talk:
    """One conversation of a caller with a member.

    Args:
        stay: The caller's.
        taken: Who it is.
    """

    def __init__(self, stay: Stay, taken: Taken) -> None:
        self._stay = stay
        self._called = taken.channel
        self._member = taken.member
        self._rang = taken.rang
        self._picked_up = taken.party
        self._owns_called = taken.party is None  #: nobody else would hang it up
        self._has_taken = False
        self._began: float | None = None
        self._is_complete = False
        self._waited = stay.waited
        self._transfers = stay.channel.pbx.datastore(Transfers)

    async def run(self) -> str | None:
        """Talk; returns QUEUESTATUS, None where the member hung up before: the caller waits on.

        The caller is hung up afterwards, unless it may go on.
        """
        stay, member, channel = self._stay, self._member, self._stay.channel
        queue = stay.desk.queue
        reason = "caller"  # so it is when the caller hangs up
        try:
            if not await self._prepare():
                self._note_dump()
                return None
            queue.took(stay.entry, member)
            self._has_taken = True
            left = await self._converse()
            if self._began is None:  # the member went while the caller was told that it comes
                self._note_dump()
                await stay.wait_again()
                return None
            if left.why is Departure.PEER_LEFT or left.by is self._called:
                reason = "agent"
        finally:
            self._end(reason)
        if stay.order.options.go_on:
            return "CONTINUE"
        channel.hangup(left.cause)
        return ""

    def _end(self, reason: str) -> None:
        """Whatever came of it: nobody is left over, and nobody is claimed."""
        stay, channel = self._stay, self._stay.channel
        if self._picked_up is not None and self._picked_up.bridge is None:
            self._picked_up.end(Left(Departure.PEER_LEFT))  # unless it was, by its bridge
        if self._owns_called:
            self._called.hangup(channel.hangup_cause or HangupCause.NORMAL_CLEARING)
        self._transfers.forget(channel.name)
        if self._began is not None:
            # From outside: that takes the caller away from the member.
            self._complete("agent" if channel.is_redirected else reason)
            self._tell_times()
            return
        if self._has_taken:
            stay.desk.queue.fell_through(stay.entry, self._member)
        stay.desk.offer_failed(stay.entry)

    def _note_dump(self) -> None:
        stay, member = self._stay, self._member
        stay.log(member.name, "AGENTDUMP", "")
        events = stay.channel.pbx.events
        if events.wants(AgentDumped):
            events.publish(AgentDumped(stay.desk.queue, stay.entry, member, self._called))

    # before

    async def _prepare(self) -> bool:
        """What is said and done before they talk; False where the member has hung up."""
        stay, called = self._stay, self._called
        settings, order = stay.desk.queue.settings, stay.order
        if self._picked_up is not None:  # by somebody who was asked nothing
            return not called.is_hung_up
        if settings.member_delay:
            await borrow(called, called.sleep(settings.member_delay))
        prompts = [*filter(None, (order.announce or settings.announce).split("&"))]
        if settings.reports_hold_time:
            prompts += self._hold_time_prompts()
        if prompts and not called.is_hung_up:
            await borrow(called, _play(called, prompts))
        if called.is_hung_up:
            return False
        set_variables(stay, self._member, (stay.channel, called))
        routine = order.routine or settings.member_routine
        if routine:
            await borrow(called, call_routine(called, _routine_text(called, routine)))
        if settings.member_macro and not called.is_hung_up:
            await borrow(called, self._run("Macro", settings.member_macro))
        if order.agi and not called.is_hung_up:
            await borrow(called, self._run("AGI", order.agi))
        return not called.is_hung_up

    async def _run(self, application: str, data: str) -> None:
        waiting = self._called.pbx.dialplan.start_application(self._called, application, data)
        if waiting is not None:
            await waiting

    def _hold_time_prompts(self) -> list[str]:
        prompts = self._stay.desk.queue.settings.prompts
        language = language_for(self._called.language)
        minutes, seconds = divmod(self._waited, 60)
        said = [prompts.report_hold]
        for count, noun in ((minutes, prompts.minutes), (seconds, prompts.seconds)):
            if count:
                said += [*language.number(count, Gender.of("")), noun]
        return said

    # the conversation

    async def _converse(self) -> Left:
        stay, channel, called = self._stay, self._stay.channel, self._called
        settings, options = stay.desk.queue.settings, stay.order.options
        stay.stop_hearing()
        channel.on_key = None
        await channel.answer()
        if settings.prompts.caller_announce:
            await play_prompts(channel, settings.prompts.caller_announce.split("&"), "Queue")
        if not options.keeps_connected:
            channel.connected = called.caller.copy()
        if called.is_hung_up:
            return Left(Departure.PEER_LEFT, called.hangup_cause)
        self._connect()
        if settings.monitor_format:
            await self._record(settings.monitor_format)
        party = Party(channel, keys=keys_of(channel, self._rights(is_called=False)))
        try:
            await Bridge(channel.pbx).join(party, self._called_party())
        except HangupError:
            if channel.is_hung_up:
                raise
            return Left(Departure.PEER_LEFT, called.hangup_cause)  # it was the member
        self._owns_called = False
        return await party.stay()

    def _rights(self, *, is_called: bool) -> Rights:
        options = self._stay.order.options
        if is_called:
            return Rights(
                transfer=options.called_transfers, disconnect=options.called_ends,
                park=options.called_parks, record=options.called_records, mix=options.called_mixes,
            )  # fmt: skip
        return Rights(
            transfer=options.calling_transfers, disconnect=options.calling_ends,
            park=options.calling_parks, record=options.calling_records, mix=options.calling_mixes,
        )  # fmt: skip

    def _called_party(self) -> Party:
        called, channel = self._called, self._stay.channel
        if self._picked_up is not None:
            return self._picked_up
        after = self._stay.order.options.called_goes_on

        def afterwards(channel_: Channel, left: Left) -> None:
            if after and left.why is Departure.PEER_LEFT:
                try:
                    place = parse_place(channel, commas(after))
                except DialplanError as error:
                    logger.warning("%s: %s", channel.name, error)
                else:
                    channel_.pbx.go_on(channel_, *place)
                    return
            channel_.hangup(left.cause)

        return Party(
            called, afterwards=afterwards, keys=keys_of(called, self._rights(is_called=True))
        )

    def _connect(self) -> None:
        """They hear each other from now on."""
        stay, channel, member = self._stay, self._stay.channel, self._member
        queue, now = stay.desk.queue, self._stay.desk.now()
        self._waited = stay.waited
        waited = now - stay.entry.joined_at
        stay.connected()
        queue.statistics.connected(waited, queue.settings.service_level)
        queue.flow.waits_no_more(waited, gave_up=False)
        stay.tell_time("QUEUEWAIT", self._waited)  # recorded: of whole seconds
        channel.set_variable("DIALEDPEERNUMBER", member.interface.partition("/")[2])
        if stay.desk.config.records_member_names:
            names = channel.datastore(RecordProperties).destination_names
            names[self._called.name] = member.name
        self._began = asyncio.get_running_loop().time()
        self._transfers.watch(channel, self._transferred)
        stay.log(member.name, "CONNECT", self._waited, self._called.unique_id, int(self._rang))
        self._called.extension = ""
        self._called.announce("AppQueue", "(Outgoing Line)")
        events = channel.pbx.events
        if events.wants(AgentConnected):
            events.publish(
                AgentConnected(
                    queue, stay.entry, member, self._called, self._waited, int(self._rang)
                )
            )

    async def _record(self, suffix: str) -> None:
        channel = self._stay.channel
        suffix, name = suffix.partition("|")[0], channel.variables.get("MONITOR_FILENAME", "")
        file = f"{name}.{suffix}"
        if not name:
            file = await recording_name(channel, channel.unique_id, f".{suffix}")
        options = channel.variables.get("MONITOR_OPTIONS", "")
        command = channel.variables.get("MONITOR_EXEC", "")
        data = f"{file},b{options},{command}".rstrip(",")
        waiting = channel.pbx.dialplan.start_application(channel, "MixMonitor", data)
        if waiting is not None:
            await waiting

    # after

    @property
    def _talked(self) -> float:
        assert self._began is not None
        return asyncio.get_running_loop().time() - self._began

    def _tell_times(self) -> None:
        stay = self._stay
        stay.tell_time("DIALEDTIME", stay.desk.now() - stay.entry.joined_at)
        stay.tell_time("ANSWEREDTIME", self._talked)

    def _transferred(self, event: str, *place: str) -> None:
        """The caller and the member part, but the caller, or the member, talks on."""
        self._complete("transfer", event, *place)

    def _complete(self, reason: str, event: str = "", *place: str) -> None:
        """They have talked; once. What the caller does afterwards is not the member's."""
        if self._is_complete:
            return
        self._is_complete = True
        stay, channel, member = self._stay, self._stay.channel, self._member
        queue, seconds = stay.desk.queue, self._talked
        talked = int(seconds)
        queue.ended(stay.entry, member, stay.desk.now())
        stay.desk.note_call(member)
        queue.statistics.talked(seconds)
        event = event or f"COMPLETE{reason.upper()}"
        position = stay.entry.original_position
        stay.log(member.name, event, *place, self._waited, talked, position)
        stay.desk.tell_free((member,))
        events = channel.pbx.events
        if events.wants(AgentCompleted):
            events.publish(
                AgentCompleted(
                    queue, stay.entry, member, self._called, self._waited, talked, reason
                )
            )


async def _play(called: Channel, prompts: list[str]) -> None:
    await play_prompts(called, prompts, "Queue")


def _routine_text(called: Channel, routine: str) -> str:
    """``context[,argument[,...]]``: always its extension s, or the ``~~s~~`` of AEL."""
    context, _, arguments = routine.partition(",")
    extension = "s"
    if not called.pbx.dialplan.exists(called, "s", 1, context):
        extension = "~~s~~" if called.pbx.dialplan.exists(called, "~~s~~", 1, context) else "s"
    return f"{context},{extension},1({arguments})" if arguments else f"{context},{extension},1"
