"""Queue(): wait for somebody to take the call.

Family: Queues
"""

from __future__ import annotations

import logging

from switchroom.apps.queues.options import NO_OPTIONS, QueueOptions
from switchroom.apps.queues.stay import Order, Stay
from switchroom.base.text import leading_int
from switchroom.config.queues.skills import QueueSkills, parse_requirement
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.queues.desk import Desk, Desks
from switchroom.queues.entry import NO_LIMIT, Entry
from switchroom.queues.realtime import RealtimeQueues
from switchroom.queues.skills import Demand

logger = logging.getLogger(__name__)


@application("Queue")
async def queue(  # noqa: PLR0913  # the dialplan's own arguments
    channel: Channel,
    queuename: str,
    options: QueueOptions = NO_OPTIONS,
    url: str = "",
    announceoverride: str = "",
    timeout: str = "",  # noqa: ASYNC109  # seconds of waiting, not of this function
    agi: str = "",
    gosub: str = "",
    rule: str = "",
    position: int = 0,
) -> None:
    """Wait in a queue of queues.conf until somebody takes the call.

    Does not answer by itself: the call is answered when a member takes it.

    Args:
        channel: The caller.
        queuename: The queue.
        options: Option letters.
        url: Goes into the queue log.
        announceoverride: Prompts that the agent hears instead of the queue's, joined by ``&``.
        timeout: Seconds after which the dialplan goes on; none: any time.
        agi: A program that runs on the agent's channel before the two talk.
        gosub: A routine that runs there, ``context[,extension,priority]``.
        rule: Of queuerules.conf; without one the queue's own.
        position: Where to stand among callers of the same priority; 0: at the end.

    Variables:
        QUEUESTATUS: TIMEOUT, FULL, JOINEMPTY, LEAVEEMPTY, WITHDRAW, or CONTINUE (option ``c``).
        ABANDONED: TRUE where the caller left without having talked to somebody.
        QUEUE_PRIO: Set before: callers with a higher number go before others.
        QUEUE_MIN_PENALTY: Set before: the lowest penalty of members for this caller.
        QUEUE_MAX_PENALTY: Set before: the highest one.
        QUEUE_RAISE_PENALTY: Set before: lower penalties count as this.
        QUEUE_SKILLS: Set before: what members must be able to do, ``en>=3,billing|fr``; without
            it what the queue requires in queueskills.conf.
        QUEUEPOSITION: Where the caller stood when it left.
        QUEUEWAIT: The seconds of waiting; QUEUEWAIT_MS in milliseconds.
        ANSWEREDTIME: The seconds of the conversation, ANSWEREDTIME_MS.
        DIALEDTIME: The seconds from joining to the end, DIALEDTIME_MS.
        DIALEDPEERNUMBER: What was dialled of the member, behind the technology.
        QUEUE_WITHDRAW_INFO: What QueueWithdrawCaller said.

    Examples:
        exten => 100,1,Answer()
         same => n,Set(QUEUE_PRIO=5)
         same => n,Queue(sales,tT,,,300)
         same => n,Playback(vm-nobodyavail)
    """
    await channel.pbx.datastore(RealtimeQueues).fetch(queuename.strip())
    desk = channel.pbx.datastore(Desks).get(queuename.strip())
    if desk is None:
        logger.warning("%s: there is no queue %r", channel.name, queuename)
        return
    entry = _entry(channel, desk, rule)
    if refused := _refused(desk, entry):
        channel.set_variable("QUEUESTATUS", refused)
        return
    order = Order(
        options=options,
        url=url,
        announce=announceoverride,
        within=float(leading_int(timeout) or 0) if timeout.strip() else None,
        agi=agi,
        routine=gosub,
        position=position,
    )
    await Stay(channel, desk, entry, order).run()


def _entry(channel: Channel, desk: Desk, rule: str) -> Entry:
    def number(name: str, default: int) -> int:
        found = leading_int(channel.pbx.dialplan.read_variable(channel, name))
        return default if found is None else max(0, found)

    rules = channel.pbx.datastore(Desks).rules
    name = rule.strip() or desk.queue.settings.rule
    if name and name not in rules:
        logger.warning("%s: there is no rule %r in queuerules.conf", channel.name, name)
    return Entry(
        channel.name,
        channel.unique_id,
        desk.now(),
        priority=number("QUEUE_PRIO", 0),
        changes=list(rules.get(name, ())),
        lowest=number("QUEUE_MIN_PENALTY", 0),
        highest=number("QUEUE_MAX_PENALTY", NO_LIMIT),
        raise_to=number("QUEUE_RAISE_PENALTY", 0),
        demand=_demand(channel, desk),
    )


def _demand(channel: Channel, desk: Desk) -> Demand:
    """What the caller asks for; one that cannot be read asks for what the queue does."""
    skills = channel.pbx.datastore(Desks).skills.queues.get(desk.queue.name, QueueSkills())
    requires = skills.requires
    if text := (channel.pbx.dialplan.read_variable(channel, "QUEUE_SKILLS") or "").strip():
        try:
            requires = parse_requirement(text)
        except ValueError as error:
            logger.warning("%s: QUEUE_SKILLS: %s", channel.name, error)
    return Demand(requires, [*skills.relaxations])


def _refused(desk: Desk, entry: Entry) -> str:
    """Why a caller may not join; nothing where it may."""
    queue, settings = desk.queue, desk.queue.settings
    if settings.must_have_members:
        for member in queue.members.values():
            desk.refresh(member)
        if queue.is_empty(settings.join_empty, entry, desk.now()):
            return "JOINEMPTY"
    if settings.most and len(queue.waiting) >= settings.most:
        return "FULL"
    return ""
