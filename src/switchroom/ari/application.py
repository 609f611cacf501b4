"""An application as the node knows it: who serves it, and what it hears of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from switchroom.ari.models.application_events import (
    ApplicationMoveFailed,
    CallBroadcast,
    CallClaimed,
    StasisEnd,
    StasisStart,
)
from switchroom.ari.models.applications import Application as ApplicationModel
from switchroom.ari.models.model import Event
from switchroom.pbx.channel import Channel
from switchroom.pbx.stasis import StasisStay

if TYPE_CHECKING:
    from switchroom.ari.hub import EventHub


class Outbox(Protocol):
    """Takes what an application is told."""

    def tell(self, message: bytes) -> None:
        """One event, as JSON; never waits."""


class EventFilter:
    """Which events an application wants, by their names.

    Args:
        allowed: Only these; empty: all.
        disallowed: Not these.
    """

    def __init__(self, allowed: Iterable[str] = (), disallowed: Iterable[str] = ()) -> None:
        self.allowed = tuple(dict.fromkeys(allowed))
        self.disallowed = tuple(dict.fromkeys(disallowed))

    def passes(self, name: str) -> bool:
        """Whether an event is wanted."""
        if name in self.disallowed:
            return False
        return not self.allowed or name in self.allowed


class Application:
    """Fulfils :class:`~switchroom.pbx.stasis.StasisApplication`.

    Args:
        name: As Stasis() calls it.
        hub: Hands it events.
    """

    def __init__(self, name: str, hub: EventHub) -> None:
        self.name = name
        self.outbox: Outbox | None = None
        self.hears_all = False
        self.is_traced = False  #: ``ari set debug``
        self.filter = EventFilter()
        #: What it hears of, and how many reasons there are: ``channel:1234.5``, ``bridge:…``.
        self.topics: Counter[str] = Counter()
        self.asked_for: set[str] = set()  #: those of them that somebody subscribed to by a request
        self.channels: set[str] = set()  #: unique ids of those that it steers
        self.on_empty: Callable[[], object] | None = None  #: called when it steers none any more
        self._hub = hub

    @property
    def is_active(self) -> bool:
        """Whether anybody listens."""
        return self.outbox is not None

    def subscribe(self, topic: str) -> None:
        """Hear of something, for one more reason."""
        self.topics[topic] += 1

    def unsubscribe(self, topic: str, *, wholly: bool = False) -> None:
        """Hear of it for one reason less, or not at all."""
        self.topics[topic] -= 1
        if wholly or self.topics[topic] <= 0:
            del self.topics[topic]

    def hears(self, topics: Sequence[str]) -> bool:
        """Whether it hears of one of these."""
        if self.outbox is None:
            return False
        return self.hears_all or any(topic in self.topics for topic in topics)

    # what the core tells

    def entered(self, stay: StasisStay, arguments: Sequence[str]) -> None:
        """See :class:`~switchroom.pbx.stasis.StasisApplication`."""
        channel = stay.channel
        self.channels.add(channel.unique_id)
        self.subscribe(f"channel:{channel.unique_id}")
        hub = self._hub
        self._tell(
            StasisStart(
                timestamp=hub.now(), args=list(arguments), channel=hub.view.channel(channel)
            )
        )

    def left(self, stay: StasisStay) -> None:
        """See :class:`~switchroom.pbx.stasis.StasisApplication`."""
        channel = stay.channel
        hub = self._hub
        self._tell(StasisEnd(timestamp=hub.now(), channel=hub.view.channel(channel)))
        topic = f"channel:{channel.unique_id}"
        if channel.is_hung_up:  # its end is told yet
            channel.at_end(lambda: self._forget(channel.unique_id, topic))
        else:
            self._forget(channel.unique_id, topic)

    def _forget(self, unique_id: str, topic: str) -> None:
        self.channels.discard(unique_id)
        self.unsubscribe(topic)
        self._hub.tidy(self)
        if not self.channels and self.on_empty is not None:
            self.on_empty()

    def not_moved(self, stay: StasisStay, name: str, arguments: Sequence[str]) -> None:
        """See :class:`~switchroom.pbx.stasis.StasisApplication`."""
        hub = self._hub
        self._tell(
            ApplicationMoveFailed(
                timestamp=hub.now(),
                channel=hub.view.channel(stay.channel),
                destination=name,
                args=list(arguments),
            )
        )

    def offered(self, channel: Channel) -> None:
        """See :class:`~switchroom.pbx.stasis.StasisApplication`."""
        hub = self._hub
        caller, called = channel.caller.number, channel.caller.dnid or channel.extension
        model = hub.view.channel(channel)
        self._tell(CallBroadcast(hub.now(), model, caller=caller, called=called))

    def claimed(self, channel: Channel, winner: str) -> None:
        """See :class:`~switchroom.pbx.stasis.StasisApplication`."""
        self._tell(CallClaimed(self._hub.now(), self._hub.view.channel(channel), winner))

    def _tell(self, event: Event) -> None:
        self._hub.tell_one(self, event)

    def model(self) -> ApplicationModel:
        """As requests are answered with."""

        def of(kind: str) -> list[str]:
            front = f"{kind}:"
            return [each.removeprefix(front) for each in self.topics if each.startswith(front)]

        def types(names: Iterable[str]) -> list[dict[str, Any]]:
            return [{"type": name} for name in names]

        return ApplicationModel(
            name=self.name,
            channel_ids=of("channel"),
            bridge_ids=of("bridge"),
            endpoint_ids=of("endpoint"),
            device_names=of("deviceState"),
            events_allowed=types(self.filter.allowed),
            events_disallowed=types(self.filter.disallowed),
        )
