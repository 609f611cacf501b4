"""What the console may know of the REST interface, and ask of it; the door itself is above."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from switchroom.config.ari import AriConfig


@dataclass(frozen=True, slots=True)
class KnownApplication:
    """An application that is connected, or that something is about."""

    name: str
    is_active: bool
    is_traced: bool
    hears_all: bool
    topics: Sequence[str]  #: what it hears of
    channels: Sequence[str]  #: unique ids of those that it steers


@dataclass(frozen=True, slots=True)
class KnownSession:
    """A WebSocket."""

    id: str
    remote: str
    user: str
    applications: Sequence[str]
    is_outbound: bool = False


class AriFacts:
    """Of a node, by ``pbx.datastore(AriFacts)``; its interface fills it."""

    def __init__(self) -> None:
        self.config = AriConfig()
        self.is_served = False
        self.applications: Callable[[], Sequence[KnownApplication]] = lambda: ()
        self.sessions: Callable[[], Sequence[KnownSession]] = lambda: ()
        #: Trace what an application is told; returns whether there is one.
        self.trace: Callable[[str, bool], bool] = lambda name, traced: False
        #: End a WebSocket by its id; returns whether there was one.
        self.kick: Callable[[str], bool] = lambda name: False
        #: Connect to the application of an outbound WebSocket; returns whether there is one.
        self.connect: Callable[[str], bool] = lambda name: False
