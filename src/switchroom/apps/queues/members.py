"""AddQueueMember(), RemoveQueueMember(), PauseQueueMember() and UnpauseQueueMember().

Family: Queues
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from switchroom.base.errors import BadArgumentsError
from switchroom.base.text import leading_int
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_search import device_of
from switchroom.queues.desk import Desks
from switchroom.queues.member import Member

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AddQueueMemberOptions:
    """Option letters of AddQueueMember."""

    paused: bool = option("p", "The member is paused at first.")
    reason: str = option("r", "Why it is paused.", default="")


@application("AddQueueMember")
def add_queue_member(  # noqa: PLR0913  # the dialplan's own arguments
    channel: Channel,
    queuename: str,
    interface: str = "",
    penalty: str = "",
    options: AddQueueMemberOptions = AddQueueMemberOptions(),
    membername: str = "",
    stateinterface: str = "",
    wrapuptime: str = "",
) -> None:
    """Let a device take calls of a queue, until it is removed.

    Args:
        channel: The channel.
        queuename: The queue.
        interface: What is dialled, ``PJSIP/alice``; without it this channel's own device.
        penalty: Members with a higher one get calls only when nobody with a lower one is free.
        options: Option letters.
        membername: What the queue log calls the member; without it the interface.
        stateinterface: The device whose state counts; without it the interface.
        wrapuptime: Seconds without a call behind each call; without it as the queue says.

    Variables:
        AQMSTATUS: ADDED, MEMBERALREADY or NOSUCHQUEUE.

    Examples:
        ; whoever dials this takes calls of the queue sales on this phone
        exten => *45,1,AddQueueMember(sales)
         same => n,Playback(${IF($["${AQMSTATUS}" = "ADDED"]?agent-loginok:vm-sorry)})
    """
    desk = channel.pbx.datastore(Desks).get(queuename.strip())
    if desk is None:
        logger.warning("%s: AddQueueMember: there is no queue %r", channel.name, queuename)
        channel.set_variable("AQMSTATUS", "NOSUCHQUEUE")
        return
    where = interface.strip() or device_of(channel)
    member = Member(
        where,
        membername.strip() or where,
        stateinterface.strip() or where,
        max(0, leading_int(penalty) or 0),
        wrap_up=float(leading_int(wrapuptime) or 0) if wrapuptime.strip() else None,
        is_dynamic=True,
        is_paused=options.paused,
        pause_reason=options.reason,
    )
    added = desk.add(member, channel.unique_id)
    channel.set_variable("AQMSTATUS", "ADDED" if added else "MEMBERALREADY")


@application("RemoveQueueMember")
def remove_queue_member(channel: Channel, queuename: str, interface: str = "") -> None:
    """Let a device take no more calls of a queue.

    Args:
        channel: The channel.
        queuename: The queue.
        interface: As it was added; without it this channel's own device.

    Variables:
        RQMSTATUS: REMOVED, NOTINQUEUE, NOSUCHQUEUE, or NOTDYNAMIC: queues.conf names it.

    Examples:
        exten => *46,1,RemoveQueueMember(sales)
    """
    desk = channel.pbx.datastore(Desks).get(queuename.strip())
    where = interface.strip() or device_of(channel)
    status = "NOSUCHQUEUE"
    if desk is not None:
        known = desk.queue.member(where)
        status = "NOTINQUEUE" if known is None else "NOTDYNAMIC"
        if known is not None and known.is_dynamic:
            desk.remove(where, channel.unique_id)
            status = "REMOVED"
    channel.set_variable("RQMSTATUS", status)


@application("PauseQueueMember")
def pause_queue_member(
    channel: Channel, queuename: str = "", interface: str = "", options: str = "", reason: str = ""
) -> None:
    """Let a member take no calls for a while.

    Args:
        channel: The channel.
        queuename: The queue; without it all of which it is a member.
        interface: The member.
        options: None are known.
        reason: Why, for the log and for supervisors.

    Variables:
        PQMSTATUS: PAUSED or NOTFOUND.

    Examples:
        PauseQueueMember(,PJSIP/alice,,lunch)
    """
    found = _pause(channel, queuename, interface, paused=True, reason=reason)
    channel.set_variable("PQMSTATUS", "PAUSED" if found else "NOTFOUND")


@application("UnpauseQueueMember")
def unpause_queue_member(
    channel: Channel, queuename: str = "", interface: str = "", options: str = "", reason: str = ""
) -> None:
    """Let a member take calls again.

    Args:
        channel: The channel.
        queuename: The queue; without it all of which it is a member.
        interface: The member.
        options: None are known.
        reason: Why, for the log.

    Variables:
        UPQMSTATUS: UNPAUSED or NOTFOUND.

    Examples:
        UnpauseQueueMember(,PJSIP/alice)
    """
    found = _pause(channel, queuename, interface, paused=False, reason=reason)
    channel.set_variable("UPQMSTATUS", "UNPAUSED" if found else "NOTFOUND")


def _pause(channel: Channel, name: str, interface: str, *, paused: bool, reason: str) -> bool:
    if not interface.strip():
        raise BadArgumentsError("a queue member to pause, or not, is named by its interface")
    desks = channel.pbx.datastore(Desks)
    return desks.pause(interface.strip(), name.strip(), paused=paused, reason=reason)
