"""Makes channel events (CEL) of what the bus tells, and of what only a history knows."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_settings import ChannelSettings
from switchroom.pbx.events import ChannelHungUp, DialEnded, NewExtension
from switchroom.pbx.linked_call import CallUnited
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.records.cel import CelFact, CelRules, CelSource
from switchroom.storage.cel_record import CelRecord, CelType

_ENDS = frozenset(
    {CelType.HANGUP, CelType.CHAN_END, CelType.LINKEDID_END, CelType.APP_START, CelType.APP_END}
)


class CelRecorder:
    """Hears the bus of a node, as far as somebody wants to be told.

    Args:
        pbx: The node's core.
        sources: How its events are told.
        take: Gets each record.
    """

    def __init__(
        self, pbx: Pbx, sources: Sequence[CelSource], take: Callable[[CelRecord], object]
    ) -> None:
        self._pbx = pbx
        self._sources = sources
        self._take = take
        self._rules = CelRules()
        self._subscribed: list[Callable[[], None]] = []
        self._running: dict[str, tuple[str, str]] = {}  #: by channel: an application that is told
        self._outcomes: dict[str, str] = {}  #: by channel: what its last dial came to

    def use(self, rules: CelRules) -> None:
        """Tell what these say from now on."""
        for unsubscribe in self._subscribed:
            unsubscribe()
        self._subscribed.clear()
        self._rules = rules
        wanted = rules.events if rules.is_on else frozenset()
        for source in self._sources:
            if source.event in wanted:
                self._hear(source.kind, functools.partial(self._told, source))
        if wanted & {CelType.APP_START, CelType.APP_END} and rules.applications:
            self._hear(NewExtension, self._executing)
        if CelType.HANGUP in wanted:
            self._hear(DialEnded, self._dial_ended)
        if wanted & _ENDS:
            self._hear(ChannelHungUp, self._hung_up)
        if CelType.LINKEDID_END in wanted:
            self._hear(CallUnited, self._united)

    def _hear(self, kind: type[Any], handler: Callable[[Any], None]) -> None:
        self._subscribed.append(self._pbx.events.subscribe(kind, handler))

    def _told(self, source: CelSource, event: object) -> None:
        fact = source.tell(self._pbx, event)
        channel = self._pbx.channels.get(fact.channel) if fact is not None else None
        if fact is not None and channel is not None:
            self._write(source.event, channel, fact)

    def _executing(self, event: NewExtension) -> None:
        channel = self._pbx.channels[event.channel]
        running = self._running.get(event.channel)
        if running is not None and running[0] == event.application:
            return
        self._end_application(channel)
        if event.application.lower() in self._rules.applications:
            running = self._running[event.channel] = (event.application, event.data)
            self._write(CelType.APP_START, channel, CelFact(event.channel), running)

    def _end_application(self, channel: Channel) -> None:
        running = self._running.pop(channel.name, None)
        if running is not None:
            self._write(CelType.APP_END, channel, CelFact(channel.name), running)

    def _dial_ended(self, event: DialEnded) -> None:
        who = event.caller or event.called
        if self._outcomes.get(who) != "ANSWER":
            self._outcomes[who] = event.status

    def _hung_up(self, event: ChannelHungUp) -> None:
        channel = self._pbx.channels[event.channel]
        self._end_application(channel)
        extra: dict[str, str | int] = {
            "hangupcause": event.cause,
            "hangupsource": channel.datastore(ChannelSettings).hangup_source,
            "dialstatus": self._outcomes.pop(event.channel, ""),
        }
        self._write(CelType.HANGUP, channel, CelFact(event.channel, extra=extra))
        self._write(CelType.CHAN_END, channel, CelFact(event.channel))
        if CelType.LINKEDID_END in self._rules.events and self._is_last(channel):
            self._write(CelType.LINKEDID_END, channel, CelFact(event.channel))

    def _is_last(self, channel: Channel) -> bool:
        """Whether no other channel belongs to its call any more."""
        others = self._pbx.channels.values()
        return not any(o.linked_id == channel.linked_id and o is not channel for o in others)

    def _united(self, event: CallUnited) -> None:
        """A call became part of another one; with its last channel it is over."""
        if any(each.linked_id == event.before for each in self._pbx.channels.values()):
            return
        record = self._made(
            CelType.LINKEDID_END, self._pbx.channels[event.channel], CelFact(event.channel)
        )
        self._take(replace(record, linked_id=event.before))

    def _write(
        self,
        event: CelType,
        channel: Channel,
        fact: CelFact,
        executing: tuple[str, str] | None = None,
    ) -> None:
        if event in self._rules.events:
            self._take(self._made(event, channel, fact, executing))

    def _made(
        self,
        event: CelType,
        channel: Channel,
        fact: CelFact,
        executing: tuple[str, str] | None = None,
    ) -> CelRecord:
        settings, caller = channel.datastore(ChannelSettings), channel.caller
        application, data = executing or (channel.application, channel.data)
        return CelRecord(
            event=event,
            at=self._pbx.now(),
            channel=channel.name,
            unique_id=channel.unique_id,
            linked_id=channel.linked_id,
            user_event=fact.user_event,
            caller_name=caller.name,
            caller_number=caller.number,
            ani=caller.ani.number,
            rdnis=channel.redirecting.sender.number,
            dnid=caller.dnid,
            context=channel.context,
            extension=channel.extension,
            application=application,
            data=data,
            ama_flag=int(settings.ama_flag),
            account=channel.account_code,
            peer_account=settings.peer_account,
            user_field=settings.user_field,
            peer=fact.peer,
            extra=_json(fact.extra),
        )


def _json(extra: Mapping[str, str | int]) -> str:
    if not extra:
        return ""
    return json.dumps(extra, ensure_ascii=False, separators=(",", ":"))
