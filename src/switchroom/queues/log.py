"""What happened in queues, for the file and for whoever listens."""

from __future__ import annotations

from collections.abc import Callable

NONE = "NONE"  #: where there is no agent, or no call

#: Takes ``(call id, queue, agent, event, data…)``.
Sink = Callable[..., object]


class QueueLog:
    """Of one node. A datastore of the core."""

    def __init__(self) -> None:
        self.sinks: list[Sink] = []

    def write(self, call_id: str, queue: str, agent: str, event: str, *data: object) -> None:
        """Tell everybody.

        Args:
            call_id: The caller's unique id, ``NONE``, ``MANAGER``, ``REALTIME``.
            queue: Its name; ``NONE`` for what concerns none.
            agent: A member's name, or ``NONE``.
            event: ``CONNECT`` and its like.
            data: What belongs to it.
        """
        texts = [str(each) for each in data]
        for sink in self.sinks:
            sink(call_id, queue, agent, event, *texts)
