"""Events on their way from the bus to the sessions.

An event that no session may hear, or wants to, is not subscribed to; one that is heard is rendered
once, however many hear it.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import logging
import pkgutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from switchroom.ami.message import Message
from switchroom.ami.privileges import Privilege
from switchroom.ami.session import Session
from switchroom.ami.snapshot import Snapshots
from switchroom.pbx.pbx import Pbx

logger = logging.getLogger(__name__)

#: An event's name and its headers.
Told = tuple[str, Sequence[tuple[str, str]]]
Mapper = Callable[[Snapshots, Any], Iterable[Told]]
MapperT = TypeVar("MapperT", bound=Callable[..., Iterable[Told]])

_MARK = "__switchroom_ami_events__"


@dataclass(frozen=True, slots=True)
class EventMapping:
    """How events of one type on the bus are told."""

    kind: type[Any]
    privilege: Privilege
    tell: Mapper


def told_as(kind: type[Any], privilege: Privilege) -> Callable[[MapperT], MapperT]:
    """Mark ``(snapshots, event) -> (name, headers)…`` as how a type of the bus is told.

    Args:
        kind: The type.
        privilege: The class that one needs to hear it.
    """

    def mark(tell: MapperT) -> MapperT:
        declared = getattr(tell, _MARK, ())
        setattr(tell, _MARK, (*declared, EventMapping(kind, privilege, tell)))
        return tell

    return mark


@functools.cache
def collect_mappings() -> tuple[EventMapping, ...]:
    """Import every module of ``ami/events`` and return what is marked there."""
    package = importlib.import_module("switchroom.ami.events")
    found: list[EventMapping] = []
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        module = importlib.import_module(info.name)
        for tell in vars(module).values():
            if inspect.isfunction(tell) and tell.__module__ == module.__name__:
                found += getattr(tell, _MARK, ())
    return tuple(found)


class EventHub:
    """Hands events to sessions.

    Args:
        pbx: Whose bus.
        mappings: How its events are told.
    """

    def __init__(self, pbx: Pbx, mappings: Iterable[EventMapping]) -> None:
        self.snapshots = Snapshots(pbx)
        self.timestamps = False
        self.disabled: frozenset[str] = frozenset()  #: names in lower case
        self.sessions: set[Session] = set()
        self._pbx = pbx
        self._mappings = tuple(mappings)
        self._subscribed: dict[EventMapping, Callable[[], None]] = {}
        self._listeners: dict[Privilege, list[Session]] = {}  # by class, found when first asked for

    def add(self, session: Session) -> None:
        """Serve a session from now on."""
        self.sessions.add(session)
        session.on_change = self.subscribe
        self.subscribe()

    def remove(self, session: Session) -> None:
        """Serve it no more."""
        self.sessions.discard(session)
        session.on_change = lambda: None
        self.subscribe()

    def subscribe(self) -> None:
        """Hear on the bus what somebody hears here, and nothing else."""
        self._listeners.clear()
        masks = {
            each.heard for each in self.sessions
        }  # a thousand sessions have few kinds of rights
        for mapping in self._mappings:
            wanted = any(mapping.privilege & mask == mapping.privilege for mask in masks)
            if wanted and mapping not in self._subscribed:
                hear = functools.partial(self._hear, mapping)
                self._subscribed[mapping] = self._pbx.events.subscribe(mapping.kind, hear)
            elif not wanted and mapping in self._subscribed:
                self._subscribed.pop(mapping)()

    def close(self) -> None:
        """Hear nothing any more."""
        for unsubscribe in self._subscribed.values():
            unsubscribe()
        self._subscribed.clear()

    def _hear(self, mapping: EventMapping, event: object) -> None:
        for name, headers in mapping.tell(self.snapshots, event):
            self.tell(name, mapping.privilege, headers)

    def tell(self, name: str, privilege: Privilege, headers: Iterable[tuple[str, str]]) -> None:
        """Tell all who hear such events."""
        listeners = self._listeners.get(privilege)
        if listeners is None:
            listeners = [each for each in self.sessions if each.hears(privilege)]
            self._listeners[privilege] = listeners
        if not listeners or name.lower() in self.disabled:
            return
        message = self.render(name, privilege, headers)
        for session in tuple(listeners):
            session.tell(message)

    def render(
        self, name: str, privilege: Privilege, headers: Iterable[tuple[str, str]]
    ) -> Message:
        """An event as a message."""
        front = [("Event", name), ("Privilege", privilege.text)]
        if self.timestamps:
            front.append(("Timestamp", f"{self._pbx.now():.6f}"))
        return Message((*front, *headers))
