"""What the dialplan is told of a queue."""

from __future__ import annotations

from switchroom.queues.entry import Entry
from switchroom.queues.queue import CallQueue


def queue_values(queue: CallQueue, *, served: Entry | None = None) -> dict[str, str]:
    """What is told of a queue.

    Args:
        queue: Of which.
        served: A caller who is about to talk, and waits no more.
    """
    settings, statistics = queue.settings, queue.statistics
    return {
        "QUEUENAME": queue.name,
        "QUEUEMAX": str(settings.most),
        "QUEUESTRATEGY": settings.strategy,
        "QUEUECALLS": str(sum(entry is not served for entry in queue.waiting)),
        "QUEUEHOLDTIME": str(int(statistics.hold_time)),
        "QUEUETALKTIME": str(int(statistics.talk_time)),
        "QUEUECOMPLETED": str(statistics.completed),
        "QUEUEABANDONED": str(statistics.abandoned),
        "QUEUESRVLEVEL": str(int(settings.service_level)),
        "QUEUESRVLEVELPERF": f"{statistics.service_level_performance:.1f}",
    }
