"""What the console shows of the manager interface; whoever runs it fills this in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from switchroom.config.manager import ManagerConfig


@dataclass(frozen=True, slots=True)
class ConnectedManager:
    """A session that has logged in."""

    name: str
    address: str
    started_at: float
    number: int
    read: int
    write: int


@dataclass(frozen=True, slots=True)
class KnownAction:
    """An action."""

    name: str
    privileges: str
    summary: str
    help: str


class ManagerFacts:
    """Of one node, by ``pbx.datastore(ManagerFacts)``."""

    def __init__(self) -> None:
        self.config = ManagerConfig()
        self.connected: Callable[[], Sequence[ConnectedManager]] = tuple
        self.actions: Mapping[str, KnownAction] = {}
        self.events: Sequence[str] = ()
        self.kick: Callable[[int], bool] = lambda _: False
        #: Class names that ``all`` stands for, as they are shown.
        self.expand: Callable[[str], str] = str
