"""QUEUE_… : what queues and their members are like.

Family: Queues
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.config.language.values import is_true
from switchroom.config.queues.skills import Levels, format_levels, parse_levels
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.pbx.states.device_state import DeviceState
from switchroom.queues.desk import Desk, Desks
from switchroom.queues.member import Member
from switchroom.queues.variables import queue_values

_AWAY = frozenset({DeviceState.INVALID, DeviceState.UNAVAILABLE})


def _desk(channel: Channel, name: str) -> Desk | None:
    return channel.pbx.datastore(Desks).get(name.strip())


def _members(desk: Desk) -> list[Member]:
    members = list(desk.queue.members.values())
    for member in members:
        desk.refresh(member)
    return members


@function("QUEUE_EXISTS")
def queue_exists(channel: Channel, queuename: str = "") -> str:
    """1 where there is a queue of that name, 0 where not.

    Args:
        channel: The channel.
        queuename: The queue.

    Examples:
        ExecIf($[0${QUEUE_EXISTS(sales)}]?Queue(sales))
    """
    if not channel.pbx.datastore(Desks):
        return ""  # recorded: without a queues.conf there is no such function
    return str(int(_desk(channel, queuename) is not None))


@function("QUEUE_WAITING_COUNT")
def queue_waiting_count(channel: Channel, queuename: str = "") -> str:
    """How many callers wait in a queue; 0 where there is none.

    Args:
        channel: The channel.
        queuename: The queue.

    Examples:
        ExecIf($[${QUEUE_WAITING_COUNT(sales)} > 20]?Playback(all-reps-busy))
    """
    desk = _desk(channel, queuename)
    return "0" if desk is None else str(len(desk.queue.waiting))


@function("QUEUE_GET_CHANNEL")
def queue_get_channel(channel: Channel, queuename: str, position: str = "1") -> str:
    """The channel of the caller at a position of a queue; nothing where there is none.

    Args:
        channel: The channel.
        queuename: The queue.
        position: Counted from 1.

    Examples:
        Set(first=${QUEUE_GET_CHANNEL(sales)})
    """
    desk = _desk(channel, queuename)
    at = leading_int(position) or 0
    if desk is None or not 1 <= at <= len(desk.queue.waiting):
        return ""
    return desk.queue.waiting[at - 1].channel


@function("QUEUE_MEMBER_LIST")
def queue_member_list(channel: Channel, queuename: str) -> str:
    """The interfaces of a queue's members, joined by commas.

    Args:
        channel: The channel.
        queuename: The queue.

    Examples:
        Set(members=${QUEUE_MEMBER_LIST(sales)})
    """
    desk = _desk(channel, queuename)
    if desk is None:
        return ""
    return ",".join(member.interface for member in desk.queue.members_shown())


@function("QUEUE_MEMBER_COUNT")
def queue_member_count(channel: Channel, queuename: str) -> str:
    """How many members of a queue could be reached: an older name of QUEUE_MEMBER(…,logged).

    Args:
        channel: The channel.
        queuename: The queue.

    Examples:
        NoOp(${QUEUE_MEMBER_COUNT(sales)})
    """
    return queue_member(channel, queuename, "logged")


@function("QUEUE_MEMBER")
def queue_member(channel: Channel, queuename: str, option: str, interface: str = "") -> str:
    """How many members a queue has of some kind, or what is told of one.

    Args:
        channel: The channel.
        queuename: The queue.
        option: ``logged``: those that could be reached; ``free``: those that could take a call now;
            ``ready``: the same, wrap-up left out; ``count``: all; of one member ``penalty``,
            ``paused``, ``ringinuse``, ``skills``.
        interface: The member, for these.

    Examples:
        ExecIf($[0${QUEUE_MEMBER(sales,free)} > 0]?Queue(sales))
        Set(QUEUE_MEMBER(sales,paused,PJSIP/alice)=1)
        Set(QUEUE_MEMBER(sales,skills,PJSIP/alice)=en:5,billing:3)
    """
    desk = _desk(channel, queuename)
    word = option.strip().lower()
    if desk is None:
        return "-1"
    members, queue, now = _members(desk), desk.queue, desk.now()
    match word:
        case "logged":
            return str(sum(member.state not in _AWAY for member in members))
        case "free":
            return str(len(queue.free_members(now)))
        case "ready":
            in_use = queue.settings.rings_in_use
            able = [m for m in members if m.can_be_reached(rings_in_use=in_use)]
            return str(sum(not member.is_paused for member in able))
        case "count":
            return str(len(members))
        case _:
            return _of_member(desk, word, interface)


def _of_member(desk: Desk, word: str, interface: str) -> str:
    member = desk.queue.member(interface.strip())
    if member is None:
        return "-1"
    match word:
        case "penalty":
            return str(member.penalty)
        case "paused":
            return str(int(member.is_paused))
        case "ringinuse":
            return str(int(member.may_talk_twice(rings_in_use=desk.queue.settings.rings_in_use)))
        case "skills":
            return format_levels(member.skills)
        case _:
            raise DialplanError(f"QUEUE_MEMBER: there is no option {word!r}")


@function("QUEUE_MEMBER", write=True)
def set_queue_member(
    channel: Channel, value: str, queuename: str, option: str, interface: str = ""
) -> None:
    """Change one member, of one queue or, without a name, of all that have it.

    Args:
        channel: The channel.
        value: A penalty, yes and no, or skills with their levels.
        queuename: The queue.
        option: ``penalty``, ``paused``, ``ringinuse`` or ``skills``.
        interface: The member.
    """
    members = channel.pbx.datastore(Desks).with_member(interface.strip())
    wanted = queuename.strip()
    found = [(desk, member) for desk, member in members if wanted in {"", desk.queue.name}]
    if not found:
        raise DialplanError(f"QUEUE_MEMBER: there is no member {interface!r}")
    for desk, member in found:
        match option.strip().lower():
            case "penalty":
                desk.set_penalty(member, max(0, leading_int(value) or 0))
            case "paused":
                desk.pause(member, paused=is_true(value))
            case "ringinuse":
                desk.set_rings_in_use(member, rings=is_true(value))
            case "skills":
                desk.set_skills(member, _levels(value))
            case _:
                raise DialplanError(f"QUEUE_MEMBER: {option!r} cannot be set")


def _levels(text: str) -> Levels:
    try:
        return parse_levels(text)
    except ValueError as error:
        raise DialplanError(f"QUEUE_MEMBER: {error}") from error


@function("QUEUE_MEMBER_PENALTY")
def queue_member_penalty(channel: Channel, queuename: str, interface: str) -> str:
    """A member's penalty: an older name of QUEUE_MEMBER(…,penalty,…).

    Examples:
        NoOp(${QUEUE_MEMBER_PENALTY(sales,PJSIP/alice)})
    """
    return queue_member(channel, queuename, "penalty", interface)


@function("QUEUE_MEMBER_PENALTY", write=True)
def set_queue_member_penalty(channel: Channel, value: str, queuename: str, interface: str) -> None:
    """Change a member's penalty.

    Args:
        channel: The channel.
        value: The penalty.
        queuename: The queue.
        interface: The member.
    """
    set_queue_member(channel, value, queuename, "penalty", interface)


@function("QUEUE_VARIABLES")
def queue_variables(channel: Channel, queuename: str) -> str:
    """Set what is told of a queue as variables: 0 when done, -1 where there is no such queue.

    Args:
        channel: The channel.
        queuename: The queue.

    Variables:
        QUEUEMAX: The most callers; 0: any number.
        QUEUESTRATEGY: The strategy.
        QUEUECALLS: Callers that wait.
        QUEUEHOLDTIME: The average seconds of waiting.
        QUEUECOMPLETED: Calls that were taken.
        QUEUEABANDONED: Calls that were given up.
        QUEUESRVLEVEL: Seconds of the service level.
        QUEUESRVLEVELPERF: Percent of the calls that were taken within.

    Examples:
        ExecIf($["${QUEUE_VARIABLES(sales)}" = "0"]?SayNumber(${QUEUEHOLDTIME}))
    """
    desk = _desk(channel, queuename)
    if desk is None:
        return "-1"
    for name, value in queue_values(desk.queue).items():
        channel.set_variable(name, value)
    return "0"
