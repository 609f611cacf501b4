"""Queues: their members, their callers, what they counted."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, HeaderList, Listed, Reply, done, listing
from switchroom.ami.request import Request
from switchroom.base.text import leading_int
from switchroom.config.language.values import is_true
from switchroom.pbx.states.device_state import DeviceState
from switchroom.queues.desk import Desk, Desks
from switchroom.queues.entry import Entry
from switchroom.queues.log import NONE, QueueLog
from switchroom.queues.member import Member
from switchroom.queues.queue import CallQueue
from switchroom.queues.reloading import Reloading, ReloadScope

#: Device states as AMI numbers them.
STATE_NUMBERS = {
    DeviceState.UNKNOWN: 0, DeviceState.NOT_INUSE: 1, DeviceState.INUSE: 2, DeviceState.BUSY: 3,
    DeviceState.INVALID: 4, DeviceState.UNAVAILABLE: 5, DeviceState.RINGING: 6,
    DeviceState.RINGINUSE: 7, DeviceState.ONHOLD: 8,
}  # fmt: skip
_AWAY = frozenset({DeviceState.INVALID, DeviceState.UNAVAILABLE})


def _desks(request: Request) -> Desks:
    return request.pbx.datastore(Desks)


def _wanted(request: Request) -> list[Desk]:
    """The queue that is asked for, or all; recorded: the one named last comes first."""
    desks = _desks(request)
    if name := request.get("Queue"):
        return [desks[name]] if name in desks else []
    return [*reversed(desks.values())]


def member_facts(member: Member, queue: CallQueue) -> HeaderList:
    """What is told of a member, whatever it is called."""
    wrap_up = member.wrap_up if member.wrap_up is not None else 0
    return [
        ("StateInterface", member.device),
        ("Membership", member.membership),
        ("Penalty", str(member.penalty)),
        ("CallsTaken", str(member.calls)),
        ("LastCall", str(int(member.last_call))),
        ("LastPause", str(int(member.paused_at))),
        ("LoginTime", str(int(member.logged_in_at))),
        ("InCall", str(int(member.is_talking))),
        ("Status", str(STATE_NUMBERS[member.state])),
        ("Paused", str(int(member.is_paused))),
        ("PausedReason", member.pause_reason),
        ("Wrapuptime", str(int(wrap_up))),
    ]


@action("QueueStatus")
def status(request: Request) -> Reply:
    """Tell everything of queues."""
    events = [each for desk in _wanted(request) for each in _told(request, desk)]
    return listing("Queue status will follow", "QueueStatusComplete", events)


def _told(request: Request, desk: Desk) -> Iterable[Listed]:
    queue, settings, counted = desk.queue, desk.queue.settings, desk.queue.statistics
    yield Listed(
        "QueueParams",
        (
            ("Queue", queue.name),
            ("Max", str(settings.most)),
            ("Strategy", settings.strategy),
            ("Calls", str(len(queue.waiting))),
            ("Holdtime", str(int(counted.hold_time))),
            ("TalkTime", str(int(counted.talk_time))),
            ("Completed", str(counted.completed)),
            ("Abandoned", str(counted.abandoned)),
            ("ServiceLevel", str(int(settings.service_level))),
            ("ServicelevelPerf", f"{counted.service_level_performance:.1f}"),
            ("ServicelevelPerf2", f"{counted.service_level_performance2:.1f}"),
            ("Weight", str(settings.weight)),
        ),
    )
    wanted = request.get("Member")
    for member in queue.members_shown():
        if wanted and wanted != member.interface:
            continue
        desk.refresh(member)
        names = [("Queue", queue.name), ("Name", member.name), ("Location", member.interface)]
        yield Listed("QueueMember", (*names, *member_facts(member, queue)))
    for number, entry in enumerate(queue.waiting, 1):
        yield Listed("QueueEntry", _entry_headers(request, queue, entry, number))


def _entry_headers(request: Request, queue: CallQueue, entry: Entry, number: int) -> HeaderList:
    channel = request.pbx.channels.get(entry.channel)
    unknown = "unknown"
    caller = channel.caller if channel is not None else None
    connected = channel.connected if channel is not None else None
    return [
        ("Queue", queue.name),
        ("Position", str(number)),
        ("Channel", entry.channel),
        ("Uniqueid", entry.unique_id),
        ("CallerIDNum", (caller.number if caller else "") or unknown),
        ("CallerIDName", (caller.name if caller else "") or unknown),
        ("ConnectedLineNum", (connected.number if connected else "") or unknown),
        ("ConnectedLineName", (connected.name if connected else "") or unknown),
        ("Wait", str(int(_desks(request).now() - entry.joined_at))),
        ("Priority", str(entry.priority)),
    ]


@action("QueueSummary")
def summary(request: Request) -> Reply:
    """Tell how queues are, in a line each."""
    events = []
    for desk in _wanted(request):
        queue, now = desk.queue, desk.now()
        for member in queue.members.values():
            desk.refresh(member)
        logged_in = [m for m in queue.members.values() if m.state not in _AWAY]
        longest = max((now - entry.joined_at for entry in queue.waiting), default=0.0)
        events.append(
            Listed(
                "QueueSummary",
                (
                    ("Queue", queue.name),
                    ("LoggedIn", str(len(logged_in))),
                    ("Available", str(len(queue.free_members(now)))),
                    ("Callers", str(len(queue.waiting))),
                    ("HoldTime", str(int(queue.statistics.hold_time))),
                    ("TalkTime", str(int(queue.statistics.talk_time))),
                    ("LongestHoldTime", str(int(longest))),
                ),
            )
        )
    return listing("Queue summary will follow", "QueueSummaryComplete", events)


@action("QueueAdd", Privilege.AGENT)
def add(request: Request) -> Reply:
    """Let a device take calls of a queue."""
    name = request.required("Queue", "'Queue' not specified.")
    interface = request.required("Interface", "'Interface' not specified.")
    desk = _desks(request).get(name)
    if desk is None:
        raise ActionError("Unable to add interface to queue: No such queue")
    member = Member(
        interface,
        request.get("MemberName") or interface,
        request.get("StateInterface") or interface,
        max(0, leading_int(request.get("Penalty")) or 0),
        is_dynamic=True,
        is_paused=request.action.is_true("Paused"),
        pause_reason=request.get("Reason"),
    )
    if not desk.add(member, "MANAGER"):
        raise ActionError("Unable to add interface: Already there")
    return done("Added interface to queue")


@action("QueueRemove", Privilege.AGENT)
def remove(request: Request) -> Reply:
    """Let a device take no more calls of a queue."""
    name, interface = request.get("Queue"), request.get("Interface")
    if not name or not interface:
        raise ActionError("Need 'Queue' and 'Interface' parameters.")
    desk = _desks(request).get(name)
    if desk is None:
        raise ActionError("Unable to remove interface from queue: No such queue")
    known = desk.queue.member(interface)
    if known is None:
        raise ActionError("Unable to remove interface: Not there")
    if not known.is_dynamic:
        raise ActionError("Member not dynamic")
    desk.remove(interface, "MANAGER")
    return done("Removed interface from queue")


def _members(request: Request) -> list[tuple[Desk, Member]]:
    interface = request.required("Interface", "Need 'Interface' parameter.")
    wanted = request.get("Queue")
    members = _desks(request).with_member(interface)
    found = [(desk, member) for desk, member in members if wanted in {"", desk.queue.name}]
    if not found:
        raise ActionError("Interface not found")
    return found


@action("QueuePause", Privilege.AGENT)
def pause(request: Request) -> Reply:
    """Let a member take no calls, or take them again."""
    if not request.get("Interface") or not request.get("Paused"):
        raise ActionError("Need 'Interface' and 'Paused' parameters.")
    paused = request.action.is_true("Paused")
    interface, queue = request.get("Interface"), request.get("Queue")
    if not _desks(request).pause(interface, queue, paused=paused, reason=request.get("Reason")):
        raise ActionError("Interface not found")
    return done(f"Interface {'' if paused else 'un'}paused successfully")


@action("QueuePenalty", Privilege.AGENT)
def penalty(request: Request) -> Reply:
    """Give a member another penalty."""
    value = leading_int(request.get("Penalty"))
    if value is None:
        raise ActionError("Need 'Interface' and 'Penalty' parameters.")
    for desk, member in _members(request):
        desk.set_penalty(member, max(0, value))
    return done("Interface penalty set successfully")


@action("QueueMemberRingInUse", Privilege.AGENT)
def ring_in_use(request: Request) -> Reply:
    """Let a member be called during calls, or not."""
    if not request.get("RingInUse"):
        raise ActionError("Need 'Interface' and 'RingInUse' parameters.")
    for desk, member in _members(request):
        desk.set_rings_in_use(member, rings=request.action.is_true("RingInUse"))
    return done("Interface ringinuse set successfully")


@action("QueueLog", Privilege.AGENT)
def log(request: Request) -> Reply:
    """Write a line to the queue log."""
    if not request.get("Queue") or not request.get("Event"):
        raise ActionError("Need 'Queue' and 'Event' parameters")
    request.pbx.datastore(QueueLog).write(
        request.get("Uniqueid") or NONE,
        request.get("Queue"),
        request.get("Interface") or NONE,
        request.get("Event"),
        request.get("Message"),
    )
    return done("Event added successfully")


@action("QueueRule")
def rule(request: Request) -> Reply:
    """List the rules of queuerules.conf."""
    wanted = request.get("Rule")
    rules = _desks(request).rules
    if wanted and wanted not in rules:
        raise ActionError("Invalid rule name")
    headers: HeaderList = []
    for name, changes in rules.items():
        if wanted not in {"", name}:
            continue
        headers.append(("RuleList" if not wanted else "Rule", name))
        headers += [
            ("Rule", ",".join((str(int(c.after)), c.highest, c.lowest, c.raise_to)))
            for c in changes
        ]
    return Reply(headers)


@action("QueueReload", changes=Privilege.AGENT | Privilege.SYSTEM)
async def reload(request: Request) -> Reply:
    """Read queues.conf and queuerules.conf anew, or what of them is asked for."""
    parts = {name: is_true(request.get(name)) for name in ("Parameters", "Members", "Rules")}
    queue = request.get("Queue")
    scope = ReloadScope(
        parts["Parameters"] or not any(parts.values()),
        parts["Members"] or not any(parts.values()),
        parts["Rules"] or not any(parts.values()),
        frozenset({queue} if queue else ()),
    )
    with request.pbx.datastore(Reloading).only(scope):
        await request.context.node.reload("queues", tells=False)
    return done("Queue reloaded successfully")


@action("QueueReset", changes=Privilege.AGENT | Privilege.SYSTEM)
def reset(request: Request) -> Reply:
    """Count from nothing again."""
    for desk in _wanted(request):
        desk.queue.reset_statistics()
    return done("Queue stats reset successfully")


def _caller(request: Request) -> tuple[Desk, Entry]:
    if not request.get("Queue") or not request.get("Caller"):
        raise ActionError("Need 'Queue' and 'Caller' parameters.")
    desk = _desks(request).get(request.get("Queue"))
    if desk is None:
        raise ActionError("No such queue")
    entry = next((e for e in desk.queue.waiting if e.channel == request.get("Caller")), None)
    if entry is None:
        raise ActionError("No such caller in this queue")
    return desk, entry


@action("QueueChangePriorityCaller", changes=Privilege.AGENT)
def change_priority(request: Request) -> Reply:
    """Give a caller who waits another priority."""
    value = leading_int(request.get("Priority"))
    if value is None:
        raise ActionError("Need 'Priority' parameter.")
    desk, entry = _caller(request)
    desk.set_priority(entry, value, moves=request.action.is_true("Immediate"))
    return done("Priority change for caller on queue")


@action("QueueWithdrawCaller", changes=Privilege.AGENT)
def withdraw(request: Request) -> Reply:
    """Send a caller who waits back to the dialplan."""
    desk, entry = _caller(request)
    channel = request.pbx.channels.get(entry.channel)
    if channel is not None and request.get("WithdrawInfo"):
        channel.set_variable("QUEUE_WITHDRAW_INFO", request.get("WithdrawInfo"))
    desk.withdraw(entry, request.get("WithdrawInfo"))
    return done("Withdraw requested successfully")
