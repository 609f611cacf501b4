"""QUEUE_ESTIMATED_WAIT: how long a caller of a queue will wait.

Family: Queues
"""

from __future__ import annotations

from switchroom.base.text import leading_int
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.queues.desk import Desks
from switchroom.queues.estimating import estimated_wait


@function("QUEUE_ESTIMATED_WAIT")
def queue_estimated_wait(channel: Channel, queuename: str, position: str = "") -> str:
    """The seconds until a caller's call will ring at somebody; nothing where that cannot be said.

    Reckoned from the agents who take calls now, the time a call takes them, wrap-up included, and
    how soon callers give up: averages over the last calls. Nothing is said where nobody takes
    calls, and before the first call has ended.

    Args:
        channel: The channel.
        queuename: The queue.
        position: Of a caller, counted from 1; without it that of whoever joins next.

    Examples:
        Set(wait=${QUEUE_ESTIMATED_WAIT(sales)})
        ExecIf($[0${wait} > 300]?Playback(all-reps-busy))
    """
    desk = channel.pbx.datastore(Desks).get(queuename.strip())
    if desk is None:
        return ""
    desk.refresh_all()
    seconds = estimated_wait(desk.queue, desk.now(), position=max(0, leading_int(position) or 0))
    return "" if seconds is None else str(round(seconds))
