"""The node's own figures for a StatsD server: channels, calls, bridges, contacts, registrations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from switchroom.pbx.bridging.bridge import Bridges
from switchroom.pbx.events import ChannelCreated, ChannelHungUp, ContactChanged, RegistryChanged
from switchroom.pbx.statsd import Figure, Kind, Statsd

if TYPE_CHECKING:
    from switchroom.pbx.pbx import Pbx

#: What a status of a contact says of how it can be reached.
_CONTACT_STATES = {"Created": "NonQualified", "Updated": ""}
#: What would end a name, or the figure.
_UNFIT = re.compile(r"[:|@;/\s]")


class Statistics:
    """Hears on the bus while figures are sent. Made by the node's part.

    What happens is sent when it happens: ``channels.count``, ``channels.calltime``,
    ``endpoints.<technology>.<name>.channels``, ``PJSIP.contacts.<aor>.rtt``. How things stand is a
    gauge with its whole value, so that a server that is started anew has it right by the next one:
    :meth:`send_standings`.

    Args:
        pbx: The core.
    """

    def __init__(self, pbx: Pbx) -> None:
        self._pbx = pbx
        self._sender = pbx.datastore(Statsd)
        self._contacts: dict[tuple[str, str, str], str] = {}  #: how each can be reached
        self._registrations: dict[tuple[str, str], str] = {}
        self._told: set[str] = set()  #: gauges that were sent, and fall to 0
        self._ends: list[Callable[[], None]] = []

    def start(self) -> None:
        """Hear on the bus, if it does not yet."""
        events = self._pbx.events
        self._ends = self._ends or [
            events.subscribe(ChannelCreated, self._channel_created),
            events.subscribe(ChannelHungUp, self._channel_hung_up),
            events.subscribe(ContactChanged, self._contact_changed),
            events.subscribe(RegistryChanged, self._registry_changed),
        ]

    def stop(self) -> None:
        """Hear nothing any more."""
        for end in self._ends:
            end()
        self._ends = []

    def know_contact(self, technology: str, aor: str, uri: str, status: str) -> None:
        """A contact was there before :meth:`start`, or has another status."""
        key = (technology, aor, uri)
        state = _CONTACT_STATES.get(status, status)
        if status == "Removed":
            self._contacts.pop(key, None)
        elif state:
            self._contacts[key] = state

    def send_standings(self) -> None:
        """Send how things stand now."""
        channels = self._pbx.channels.values()
        self._gauge("channels.active", len(channels))
        self._gauge("calls.active", len({each.linked_id for each in channels}))
        self._gauge("bridges.active", len(self._pbx.datastore(Bridges)))
        self._gauge("PJSIP.registrations.count", len(self._registrations))
        standings = Counter(
            f"PJSIP.registrations.state.{state}" for state in self._registrations.values()
        )
        standings.update(
            f"{technology}.contacts.states.{state}"
            for (technology, _, _), state in self._contacts.items()
        )
        self._told.update(standings)
        for name in sorted(self._told):
            self._gauge(name, standings[name])

    def _gauge(self, name: str, value: int) -> None:
        self._sender.send(Figure(name, Kind.GAUGE, str(value)))

    def _channel_created(self, event: ChannelCreated) -> None:
        self._sender.send(Figure("channels.count", Kind.COUNTER, "1"))
        self._send_device(event.channel)

    def _channel_hung_up(self, event: ChannelHungUp) -> None:
        self._sender.send(Figure("channels.count", Kind.COUNTER, "-1"))
        channel = self._pbx.channels.get(event.channel)
        if channel is not None:
            milliseconds = round(1000 * max(0.0, self._pbx.now() - channel.created_at))
            self._sender.send(Figure("channels.calltime", Kind.TIMER, str(milliseconds)))
        self._send_device(event.channel, leaving=1)

    def _send_device(self, channel: str, *, leaving: int = 0) -> None:
        """How many channels an endpoint has; others than endpoints come and go with their names."""
        device = channel.rpartition("-")[0]
        technology, _, name = device.partition("/")
        if technology in {"PJSIP", "SIP"} and name:
            count = len(self._pbx.channels_by_device.get(device.lower(), ())) - leaving
            self._gauge(f"endpoints.{technology}.{_UNFIT.sub('_', name)}.channels", count)

    def _contact_changed(self, event: ContactChanged) -> None:
        self.know_contact(event.technology, event.aor, event.uri, event.status)
        if event.round_trip is not None:
            name = f"{event.technology}.contacts.{_UNFIT.sub('_', event.aor)}.rtt"
            self._sender.send(Figure(name, Kind.TIMER, str(round(1000 * event.round_trip))))

    def _registry_changed(self, event: RegistryChanged) -> None:
        self._registrations[event.username, event.domain] = event.status
