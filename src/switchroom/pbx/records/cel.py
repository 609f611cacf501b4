"""Channel events (CEL): what of the bus is told as which event.

A feature marks how it is told, in a module of its own or below; :func:`collect_sources` finds it.
An event that nobody wants is not subscribed to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Protocol, TypeVar

from switchroom.pbx.pbx import Pbx
from switchroom.storage.cel_record import CelRecord, CelType


@dataclass(frozen=True, slots=True)
class CelFact:
    """What happened to a channel."""

    channel: str
    peer: str = ""
    extra: Mapping[str, str | int] = field(default_factory=dict)
    user_event: str = ""


Tell = Callable[[Pbx, Any], CelFact | None]
TellT = TypeVar("TellT", bound=Callable[..., CelFact | None])

_MARK = "__switchroom_cel__"


@dataclass(frozen=True, slots=True)
class CelSource:
    """How an event of the bus is told."""

    kind: type[Any]
    event: CelType
    tell: Tell


def cel_event(kind: type[Any], event: CelType) -> Callable[[TellT], TellT]:
    """Mark ``(pbx, event of the bus) -> what happened`` as how a type of the bus is told."""

    def mark(tell: TellT) -> TellT:
        setattr(tell, _MARK, CelSource(kind, event, tell))
        return tell

    return mark


def collect_sources(*modules: ModuleType) -> list[CelSource]:
    """All that is marked in some modules."""
    return [
        found
        for module in modules
        for value in vars(module).values()
        if (found := getattr(value, _MARK, None)) is not None
        and value.__module__ == module.__name__
    ]


@dataclass(frozen=True, slots=True)
class CelUserEvent:
    """The dialplan tells an event of its own (CELGenUserEvent)."""

    channel: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class CelRules:
    """What of ``cel.conf`` says which events there are."""

    is_on: bool = False
    events: frozenset[CelType] = frozenset()
    applications: frozenset[str] = frozenset()  #: in lower case: whose start and end are told


class CelBackend(Protocol):
    """Takes events."""

    @property
    def name(self) -> str:
        """As ``cel show status`` lists it."""
        ...

    def write(self, record: CelRecord) -> object:
        """Take an event; never waits."""
        ...


class ChannelEvents:
    """Of a node, by ``pbx.datastore(ChannelEvents)``: which events are told, and to whom."""

    def __init__(self) -> None:
        self.rules = CelRules()
        self.backends: tuple[CelBackend, ...] = ()

    @property
    def is_on(self) -> bool:
        """Whether somebody hears any."""
        return self.rules.is_on

    def take(self, record: CelRecord) -> None:
        """Hand an event to all backends."""
        for backend in self.backends:
            backend.write(record)


def names_of(channels: Iterable[Any], *, without: str) -> str:
    """The names of some channels but one, with commas."""
    return ",".join(each.name for each in channels if each.name != without)
