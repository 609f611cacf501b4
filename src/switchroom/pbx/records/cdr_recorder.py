"""Writes the call records of a node: hears its events, keeps the book, hands records on."""

from __future__ import annotations

from collections.abc import Callable

from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_settings import ChannelSettings
from switchroom.pbx.events import (
    ChannelCreated,
    ChannelEnteredBridge,
    ChannelHungUp,
    ChannelLeftBridge,
    ChannelStateChanged,
    DialBegan,
    DialEnded,
    DialplanEnded,
    NewExtension,
)
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.records.cdr import Facts, RecordBook, RecordRules
from switchroom.pbx.records.cdr_batch import RecordBatch
from switchroom.pbx.records.properties import RecordProperties, RecordVariables
from switchroom.storage.call_record import CallRecord

#: What a dialled channel shows as its application; the dialplan has not moved there.
_OUTGOING = frozenset({"AppDial", "AppDial2", "AppQueue"})


class CallRecords:
    """Of a node, by ``pbx.datastore(CallRecords)``: how records are kept, and who keeps them."""

    def __init__(self) -> None:
        self.is_on = True
        self.rules = RecordRules()
        self.bills_initiated = False  #: a second that has begun is billed
        self.batch = RecordBatch(())
        self.recorder: Recorder | None = None  #: nobody keeps any where no backend takes them
        self.witness: Callable[[CallRecord], object] | None = None  #: sees each before backends do

    def take(self, record: CallRecord) -> None:
        """Hand on a record that is finished."""
        if self.witness is not None:
            self.witness(record)
        self.batch.take(record)


class Recorder:
    """Keeps the records of a node from :meth:`start` on.

    Args:
        pbx: The node's core.
        rules: Which records there are.
        take: Gets each finished record.
    """

    def __init__(self, pbx: Pbx, rules: RecordRules, take: Callable[[CallRecord], object]) -> None:
        self.book = RecordBook(rules, self._look)
        self._pbx = pbx
        self._take = take
        self._channels: dict[str, Channel] = {}

    def start(self) -> None:
        """Hear events."""
        bus = self._pbx.events
        bus.subscribe(ChannelCreated, self._created)
        bus.subscribe(ChannelStateChanged, self._state_changed)
        bus.subscribe(NewExtension, self._executing)
        bus.subscribe(DialplanEnded, lambda e: self.book.dialplan_ended(e.channel, now=self._now()))
        bus.subscribe(ChannelHungUp, self._hung_up)
        bus.subscribe(
            DialBegan, lambda e: self.book.dial_began(e.caller, e.called, now=self._now())
        )
        bus.subscribe(DialEnded, self._dial_ended)
        bus.subscribe(
            ChannelEnteredBridge, lambda e: self.book.entered(e.channel, e.bridge, now=self._now())
        )
        bus.subscribe(ChannelLeftBridge, lambda e: self.book.left(e.channel, now=self._now()))
        self._pbx.datastore(CallRecords).recorder = self

    def _now(self) -> float:
        return self._pbx.now()

    def _created(self, event: ChannelCreated) -> None:
        self._channels[event.channel] = self._pbx.channels[event.channel]
        self.book.created(event.channel, now=self._now())

    def _state_changed(self, event: ChannelStateChanged) -> None:
        if event.state == "Up":
            self.book.answered(event.channel, now=self._now())

    def _executing(self, event: NewExtension) -> None:
        if event.application not in _OUTGOING and event.extension != "h":
            self.book.executing(event.channel, now=self._now())

    def _dial_ended(self, event: DialEnded) -> None:
        self.book.dial_ended(event.caller, event.called, event.status, now=self._now())

    def _hung_up(self, event: ChannelHungUp) -> None:
        for record in self.book.hung_up(event.channel, now=self._now()):
            self._take(record)
        self._channels.pop(event.channel, None)

    def _look(self, name: str) -> Facts:
        channel = self._channels[name]
        settings = channel.datastore(ChannelSettings)
        properties = channel.datastore(RecordProperties)
        caller = channel.caller
        return Facts(
            clid=f'"{caller.name}" <{caller.number}>',
            src=caller.number,
            extension=channel.extension,
            context=channel.context,
            application=channel.application,
            data=channel.data,
            ama_flag=settings.ama_flag.name,
            account=channel.account_code,
            tenant=settings.tenant_id,
            user_field=settings.user_field,
            unique_id=channel.unique_id,
            linked_id=channel.linked_id,
            cause=channel.hangup_cause,
            is_disabled=properties.is_disabled,
            is_party_a=properties.is_party_a,
            destination_names=dict(properties.destination_names),
            variables=dict(channel.datastore(RecordVariables)),
        )


def recorder_of(pbx: Pbx) -> Recorder | None:
    """Who keeps the records of a node; None where nobody does."""
    return pbx.datastore(CallRecords).recorder
