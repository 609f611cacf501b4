"""Which part of ``queues.conf`` a reload takes over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType

from switchroom.config.queues.queues import QueuesConfig, QueueSettings


@dataclass(frozen=True, slots=True)
class ReloadScope:
    """What is taken over of what the files say by now; the rest stays as it is."""

    parameters: bool = True  #: ``[general]``, which queues there are, and their settings
    members: bool = True  #: of queues; and what members are good at
    rules: bool = True
    names: frozenset[str] = frozenset()  #: of these queues only; empty: of all

    def queues_of(self, old: QueuesConfig, new: QueuesConfig) -> QueuesConfig:
        """The queues as they are from now on."""
        queues: dict[str, QueueSettings] = {}
        for name in {**old.queues, **new.queues}:
            settings = self._settings_of(name, old.queues.get(name), new.queues.get(name))
            if settings is not None:
                queues[name] = settings
        general = new if self.parameters else old
        ordered = [
            *(n for n in new.queues if n in queues),
            *(n for n in queues if n not in new.queues),
        ]
        return replace(general, queues=MappingProxyType({name: queues[name] for name in ordered}))

    def _settings_of(
        self, name: str, old: QueueSettings | None, new: QueueSettings | None
    ) -> QueueSettings | None:
        if self.names and name not in self.names:
            return old
        if old is None or new is None:  # it comes, or goes
            return new if self.parameters else old
        settings = new if self.parameters else old
        return replace(settings, members=(new if self.members else old).members)


ALL = ReloadScope()


class Reloading:
    """What the reload that goes on takes over. A datastore of the core."""

    def __init__(self) -> None:
        self.scope = ALL

    @contextmanager
    def only(self, scope: ReloadScope) -> Iterator[None]:
        """Let reloads take over no more than this."""
        self.scope = scope
        try:
            yield
        finally:
            self.scope = ALL
