"""Where a channel stood in a queue that it has left. No application itself."""

from __future__ import annotations

from switchroom.queues.entry import Entry


class LastPlace:
    """Of one channel. A datastore."""

    def __init__(self) -> None:
        self._entry: Entry | None = None

    def keep(self, entry: Entry) -> None:
        """The channel leaves a queue without having talked to anybody."""
        self._entry = entry

    def of(self, queue: str) -> Entry | None:
        """Its entry in a queue, where that is the one it was in last."""
        entry = self._entry
        return entry if entry is not None and entry.queue == queue else None
