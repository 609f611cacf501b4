"""QueueCallback(): be called back instead of waiting, and keep the place.

Family: Queues
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from switchroom.apps.queues.callbacks import Callbacks
from switchroom.apps.queues.place import LastPlace
from switchroom.base.text import leading_int
from switchroom.config.queues.skills import format_requirement
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.queues.callback import Callback, CallbackPlan
from switchroom.queues.desk import Desks
from switchroom.queues.log import NONE

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 20
LONGEST = 86_400  #: seconds between two attempts


@dataclass(frozen=True, slots=True)
class QueueCallbackOptions:
    """Option letters of QueueCallback."""

    context: str = option(
        "c", "Dial the number in this context, instead of the queue's callback-context.", default=""
    )
    caller_first: bool = option(
        "f",
        "Dial the number first, while an agent is kept free; without it the agent is rung first.",
    )
    attempts: str = option("a", "How often it is tried; 3 where it is not given.", default="")
    between: str = option("i", "Seconds between two attempts; 300.", default="")
    within: str = option("t", "Seconds that the number rings; 30.", default="")


@application("QueueCallback")
async def queue_callback(
    channel: Channel,
    queuename: str,
    number: str = "",
    options: QueueCallbackOptions = QueueCallbackOptions(),
) -> None:
    """Call the caller back when it is its turn, and let it go.

    The place in the queue is kept: a virtual caller waits there instead, with the priority and the
    skills that were asked for. When its turn comes an agent's phone rings, and then the number is
    dialled; what is not answered is tried again. Meant for the context of a queue, where a digit
    leads to; who was in no queue before stands at the end. It outlives a restart.

    Args:
        channel: The caller.
        queuename: The queue.
        number: To be dialled; without it the caller's own.
        options: Option letters.

    Variables:
        QUEUECALLBACKSTATUS: ACCEPTED; ALREADY: that number is called back already; NOSUCHQUEUE;
            INVALID: the number cannot be dialled in the context.
        QUEUECALLBACKID: What the console calls it.

    Examples:
        ; queues.conf: [support] context = support-keys, callback-context = outbound
        [support-keys]
        exten => 1,1,QueueCallback(support,${CALLERID(num)},a(5)i(120))
         same => n,ExecIf($["${QUEUECALLBACKSTATUS}" = "ACCEPTED"]?Playback(thank-you-cooperation))
         same => n,Hangup()
    """
    desk = channel.pbx.datastore(Desks).get(queuename.strip())
    if desk is None:
        channel.set_variable("QUEUECALLBACKSTATUS", "NOSUCHQUEUE")
        return
    wanted = number.strip() or channel.caller.number
    context = options.context.strip() or desk.queue.settings.callback_context
    dialplan = channel.pbx.dialplan
    if not wanted or not context or not dialplan.has_extension(context, wanted):
        logger.warning("%s: QueueCallback: no %r in context %r", channel.name, wanted, context)
        channel.set_variable("QUEUECALLBACKSTATUS", "INVALID")
        return
    callbacks = channel.pbx.datastore(Callbacks)
    if (known := callbacks.find(desk.queue.name, wanted)) is not None:
        channel.set_variable("QUEUECALLBACKSTATUS", "ALREADY")
        channel.set_variable("QUEUECALLBACKID", known.identity)
        return
    plan = CallbackPlan(
        context,
        attempts=_number(options.attempts, 3, MOST_ATTEMPTS),
        between=float(_number(options.between, 300, LONGEST)),
        within=float(_number(options.within, 30, 600)),
        is_caller_first=options.caller_first,
    )
    place = channel.datastore(LastPlace).of(desk.queue.name)
    skills = channel.pbx.dialplan.read_variable(channel, "QUEUE_SKILLS")
    callback = Callback(
        identity=channel.unique_id,
        queue=desk.queue.name,
        number=wanted,
        plan=plan,
        joined_at=place.joined_at if place is not None else desk.now(),
        asked_at=desk.now(),
        priority=place.priority if place is not None else _priority(channel),
        skills=format_requirement(place.demand.requirement) if place is not None else skills,
        name=channel.caller.name,
    )
    position = callback.place_in(desk.queue.waiting)
    desk.log.write(channel.unique_id, desk.queue.name, NONE, "CALLBACKREQUESTED", wanted, position)
    await callbacks.add(channel.pbx, callback)
    channel.set_variable("QUEUECALLBACKSTATUS", "ACCEPTED")
    channel.set_variable("QUEUECALLBACKID", callback.identity)


def _number(text: str, default: int, most: int) -> int:
    return min(max(1, leading_int(text) or default), most)


def _priority(channel: Channel) -> int:
    return max(0, leading_int(channel.pbx.dialplan.read_variable(channel, "QUEUE_PRIO")) or 0)
