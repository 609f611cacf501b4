"""Events on their way from the bus to applications.

While nobody is connected nothing is subscribed to. An event that no application hears of is not
built; one that is heard is encoded once, however many hear it.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import logging
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from switchroom.ari.application import Application, Outbox
from switchroom.ari.models.application_events import (
    ApplicationRegistered,
    ApplicationReplaced,
    ApplicationUnregistered,
)
from switchroom.ari.models.model import Date, Event, date
from switchroom.ari.view import View, endpoint_of, entity_id
from switchroom.pbx.bridging.bridge import Bridge, Bridges
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.stasis import StasisApplications

logger = logging.getLogger(__name__)

#: An event, and what it is about.
Told = tuple[Sequence[str], Event]
Mapper = Callable[["EventHub", Any], Iterator[Told]]
MapperT = TypeVar("MapperT", bound=Callable[..., Iterator[Told]])

_MARK = "__switchroom_ari_events__"


@dataclass(frozen=True, slots=True)
class EventMapping:
    """How events of one type on the bus are told."""

    kind: type[Any]
    tell: Mapper


def told_as(kind: type[Any]) -> Callable[[MapperT], MapperT]:
    """Mark ``(hub, event) -> (topics, model)…`` as how a type of the bus is told."""

    def mark(tell: MapperT) -> MapperT:
        declared = getattr(tell, _MARK, ())
        setattr(tell, _MARK, (*declared, EventMapping(kind, tell)))
        return tell

    return mark


@functools.cache
def collect_mappings() -> tuple[EventMapping, ...]:
    """Import every module of ``ari/events`` and return what is marked there."""
    package = importlib.import_module("switchroom.ari.events")
    found: list[EventMapping] = []
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        module = importlib.import_module(info.name)
        for tell in vars(module).values():
            if inspect.isfunction(tell) and tell.__module__ == module.__name__:
                found += getattr(tell, _MARK, ())
    return tuple(found)


def channel_topics(channel: Channel) -> tuple[str, ...]:
    """What one has to hear of to hear of a channel."""
    device = endpoint_of(channel)
    technology = device.partition("/")[0]
    return (
        f"channel:{channel.unique_id}", "channel:", f"endpoint:{device}",
        f"endpoint:{technology}", "endpoint:",
    )  # fmt: skip


def bridge_topics(bridge_id: str) -> tuple[str, ...]:
    """What one has to hear of to hear of a bridge."""
    return (f"bridge:{bridge_id}", "bridge:")


class EventHub:
    """Hands events to applications.

    Args:
        pbx: Whose bus.
        view: Makes models.
        mappings: How the bus's events are told.
    """

    def __init__(self, pbx: Pbx, view: View, mappings: Sequence[EventMapping]) -> None:
        self.pbx = pbx
        self.view = view
        self.applications: dict[str, Application] = {}
        self.entity_id = entity_id()
        self._mappings = mappings
        self._subscribed: list[Callable[[], None]] = []

    def now(self) -> Date:
        """The moment, as events tell it."""
        return date(self.pbx.now())

    # applications

    def connect(self, name: str, outbox: Outbox, *, hears_all: bool = False) -> Application:
        """Let somebody serve an application from now on, instead of whoever did."""
        application = self.applications.get(name)
        if application is None:
            application = self.applications[name] = Application(name, self)
            self.pbx.datastore(StasisApplications)[name] = application
        if application.outbox is not None and application.outbox is not outbox:
            self.tell_one(application, ApplicationReplaced(timestamp=self.now()))
        application.outbox = outbox
        application.hears_all = hears_all
        self._subscribe()
        self.tell_one(application, ApplicationRegistered(timestamp=self.now()))
        return application

    def disconnect(self, name: str, outbox: Outbox) -> None:
        """Nobody serves it any more, unless somebody else does; its channels stay."""
        application = self.applications.get(name)
        if application is None or application.outbox is not outbox:
            return
        self.tell_one(application, ApplicationUnregistered(timestamp=self.now()))
        application.outbox = None
        application.hears_all = False
        self.tidy(application)
        self._subscribe()

    def tidy(self, application: Application) -> None:
        """Forget an application that nobody serves and that is about nothing."""
        if application.is_active or application.topics:
            return
        if self.applications.get(application.name) is application:
            del self.applications[application.name]
            self.pbx.datastore(StasisApplications).pop(application.name, None)

    def close(self) -> None:
        """Hear nothing any more."""
        for application in list(self.applications.values()):
            application.outbox = None
        self._subscribe()

    def _subscribe(self) -> None:
        """Hear on the bus while anybody hears here."""
        is_heard = any(each.is_active for each in self.applications.values())
        if is_heard and not self._subscribed:
            self._subscribed = [
                self.pbx.events.subscribe(each.kind, functools.partial(self._hear, each.tell))
                for each in self._mappings
            ]
        elif not is_heard:
            for unsubscribe in self._subscribed:
                unsubscribe()
            self._subscribed.clear()

    # telling

    def _hear(self, tell: Mapper, event: object) -> None:
        for topics, told in tell(self, event):
            self.tell(topics, told)

    def is_heard(self, topics: Sequence[str]) -> bool:
        """Whether any application hears of one of these."""
        return any(each.hears(topics) for each in self.applications.values())

    def heard_channel(self, name: str) -> tuple[Channel, tuple[str, ...]] | None:
        """A channel by its name, and its topics; None where nobody hears of it."""
        channel = self.pbx.channels.get(name)
        if channel is None:
            return None
        topics = channel_topics(channel)
        return (channel, topics) if self.is_heard(topics) else None

    def heard_bridge(self, bridge_id: str) -> Bridge | None:
        """A bridge, if anybody hears of it."""
        found = self.pbx.datastore(Bridges).get(bridge_id)
        return found if found is not None and self.is_heard(bridge_topics(bridge_id)) else None

    def tell(self, topics: Sequence[str], event: Event) -> None:
        """Tell all who hear of one of these."""
        listeners = [each for each in self.applications.values() if each.hears(topics)]
        if listeners:
            body = msgspec.json.encode(event)
            for application in listeners:
                self._send(application, type(event).__name__, body)

    def tell_one(self, application: Application, event: Event) -> None:
        """Tell one application, whatever it hears of."""
        if application.is_active:
            self._send(application, type(event).__name__, msgspec.json.encode(event))

    def _send(self, application: Application, name: str, body: bytes) -> None:
        if application.outbox is None or not application.filter.passes(name):
            return
        behind = {"asterisk_id": self.entity_id, "application": application.name}
        message = body[:-1] + b"," + msgspec.json.encode(behind)[1:]
        if application.is_traced:
            logger.info("to application %s: %s", application.name, message.decode())
        application.outbox.tell(message)
