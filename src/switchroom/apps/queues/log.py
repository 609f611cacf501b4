"""QueueLog() and QueueUpdate(): lines of one's own in the queue log.

Family: Queues
"""

from __future__ import annotations

from switchroom.base.text import leading_int
from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel
from switchroom.queues.desk import Desks
from switchroom.queues.log import QueueLog


@application("QueueLog")
def queue_log(  # the dialplan's own arguments
    channel: Channel,
    queuename: str,
    uniqueid: str,
    agent: str,
    event: str,
    additionalinfo: Rest = "",
) -> None:
    """Write a line to the queue log.

    Args:
        channel: The channel.
        queuename: The queue, or ``NONE``.
        uniqueid: The call, or ``NONE``.
        agent: The member, or ``NONE``.
        event: What happened.
        additionalinfo: What belongs to it.

    Examples:
        QueueLog(sales,${UNIQUEID},NONE,WELCOME,${EXTEN})
    """
    log = channel.pbx.datastore(QueueLog)
    log.write(uniqueid, queuename, agent, event, additionalinfo)


@application("QueueUpdate")
def queue_update(  # noqa: PLR0913  # the dialplan's own arguments
    channel: Channel,
    queuename: str,
    uniqueid: str,
    agent: str,
    status: str,
    talktime: str = "",
    params: Rest = "",
) -> None:
    """Tell the log, and the queue's statistics, of a call that did not wait in it.

    For calls that agents make themselves.

    Args:
        channel: The channel.
        queuename: The queue.
        uniqueid: The call.
        agent: The member.
        status: What became of it: ``ANSWER`` and its like.
        talktime: Seconds of conversation.
        params: What belongs to it.

    Variables:
        QUSTATUS: UPDATED or NOSUCHQUEUE.

    Examples:
        QueueUpdate(outbound,${UNIQUEID},PJSIP/alice,${DIALSTATUS},${ANSWEREDTIME})
    """
    desk = channel.pbx.datastore(Desks).get(queuename.strip())
    if desk is None:
        channel.set_variable("QUSTATUS", "NOSUCHQUEUE")
        return
    seconds = max(0, leading_int(talktime) or 0)
    if status.strip().upper() == "ANSWER":
        desk.queue.statistics.talked(seconds)
    more = [params] if params else []
    desk.log.write(uniqueid, desk.queue.name, agent, "OUTBOUND", status, seconds, *more)
    channel.set_variable("QUSTATUS", "UPDATED")
