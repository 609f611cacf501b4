"""``queue …``: queues, their members and their callers."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.base.text import leading_int
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.config.language.values import is_true
from switchroom.pbx.states.device_state import DeviceState
from switchroom.queues.desk import Desk, Desks
from switchroom.queues.entry import Entry
from switchroom.queues.member import Member
from switchroom.queues.queue import CallQueue
from switchroom.queues.reloading import Reloading, ReloadScope

#: Device states as they are shown to people.
STATE_TEXT = {
    DeviceState.UNKNOWN: "Unknown", DeviceState.NOT_INUSE: "Not in use",
    DeviceState.INUSE: "In use", DeviceState.BUSY: "Busy", DeviceState.INVALID: "Invalid",
    DeviceState.UNAVAILABLE: "Unavailable", DeviceState.RINGING: "Ringing",
    DeviceState.RINGINUSE: "Ring+Inuse", DeviceState.ONHOLD: "On Hold",
}  # fmt: skip


_PARTS = ("parameters", "members", "rules")  #: of the files, for a reload


def _desks(context: CliContext) -> Desks:
    return context.pbx.datastore(Desks)


def _names(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else _desks(context)


@command("queue show", "queue show [<queue>]", complete=_names)
def show(context: CliContext, arguments: Arguments) -> str:
    """List all queues, or one, with members and callers."""
    if len(arguments) > 1:
        raise UsageError
    desks = _desks(context)
    if arguments:
        desk = desks.get(arguments[0])
        return _shown(desk) if desk is not None else f"No such queue: {arguments[0]}.\n"
    if not desks:
        return "No queues.\n"
    return "".join(_shown(desk) for desk in desks.values())


def _shown(desk: Desk) -> str:
    queue = desk.queue
    lines = [_first_line(queue)]
    members = queue.members_shown()
    if members:
        lines.append("   Members: ")
        for member in members:
            desk.refresh(member)
            lines.append(f"      {_member_line(member, queue, desk.now())}")
    else:
        lines.append("   No Members")
    if queue.waiting:
        lines.append("   Callers: ")
        lines += [_caller_line(n, e, desk.now()) for n, e in enumerate(queue.waiting, 1)]
    else:
        lines.append("   No Callers")
    return "\n".join(lines) + "\n\n"


def _first_line(queue: CallQueue) -> str:
    settings, counted = queue.settings, queue.statistics
    most = str(settings.most) if settings.most else "unlimited"
    return (
        f"{queue.name} has {len(queue.waiting)} calls (max {most}) in '{settings.strategy}'"
        f" strategy ({int(counted.hold_time)}s holdtime, {int(counted.talk_time)}s talktime),"
        f" W:{settings.weight}, C:{counted.completed}, A:{counted.abandoned},"
        f" SL:{counted.service_level_performance:.1f}%,"
        f" SL2:{counted.service_level_performance2:.1f}% within {int(settings.service_level)}s"
    )


def _member_line(member: Member, queue: CallQueue, now: float) -> str:
    shown = member.name
    if member.name.lower() != member.interface.lower():
        shown += f" ({member.interface}"
        if member.device != member.interface:
            shown += f" from {member.device}"
        shown += ")"
    if member.penalty:
        shown += f" with penalty {member.penalty}"
    in_use = member.may_talk_twice(rings_in_use=queue.settings.rings_in_use)
    shown += f" (ringinuse {'enabled' if in_use else 'disabled'})"
    if member.membership != "static":
        shown += f" ({member.membership})"
    if member.is_paused:
        reason = f":{member.pause_reason}" if member.pause_reason else ""
        shown += f" (paused{reason} was {int(now - member.paused_at)} secs ago)"
    if member.is_talking:
        shown += " (in call)"
    shown += f" ({STATE_TEXT[member.state]})"
    if member.calls:
        ago = int(now - member.last_call)
        shown += f" has taken {member.calls} calls (last was {ago} secs ago)"
    else:
        shown += " has taken no calls yet"
    return shown + f" (login was {int(now - member.logged_in_at)} secs ago)"


def _caller_line(number: int, entry: Entry, now: float) -> str:
    minutes, seconds = divmod(int(now - entry.joined_at), 60)
    wait = f"wait: {minutes}:{seconds:02}, prio: {entry.priority}"
    return f"      {number}. {entry.channel} ({wait})"


@command("queue show rules", "queue show rules [<rule>]")
def show_rules(context: CliContext, arguments: Arguments) -> str:
    """List the rules of queuerules.conf, or one."""
    if len(arguments) > 1:
        raise UsageError
    lines: list[str] = []
    for name, changes in _desks(context).rules.items():
        if arguments and arguments[0].lower() != name.lower():
            continue
        lines.append(f"Rule: {name}")
        for change in changes:
            after = f"\tAfter {int(change.after)} seconds, adjust"
            parts = []
            if change.highest:
                parts.append(f"QUEUE_MAX_PENALTY {_changed(change.highest)}")
            if change.lowest:
                parts.append(f"QUEUE_MIN_PENALTY {_changed(change.lowest)}")
            if change.raise_to:
                parts.append(f"QUEUE_RAISE_PENALTY {_changed(change.raise_to)}")
            lines.append(f"{after} {' and adjust '.join(parts)}")
    return "".join(f"{line}\n" for line in lines)


def _changed(text: str) -> str:
    return f"{'by' if text[0] in '+-' else 'to'} {leading_int(text)}"


@command(
    "queue add member",
    "queue add member <interface> to <queue> [penalty <penalty> [as <name>"
    " [state_interface <device> [paused <reason>]]]]",
)
def add_member(context: CliContext, arguments: Arguments) -> str:
    """Let a device take calls of a queue."""
    if len(arguments) < 3 or arguments[1] != "to":
        raise UsageError
    interface, _, name, *rest = arguments
    words = _pairs(rest, ("penalty", "as", "state_interface", "paused"))
    penalty = words.get("penalty", "0")
    if not penalty.isdigit():
        return f"Penalty must be an integer >= 0, not {penalty}\n"
    desk = _desks(context).get(name)
    if desk is None:
        return f"Unable to add interface to queue '{name}': No such queue\n"
    member = Member(
        interface,
        words.get("as", interface),
        words.get("state_interface", interface),
        int(penalty),
        is_dynamic=True,
        is_paused="paused" in words,
        pause_reason=words.get("paused", ""),
    )
    if not desk.add(member, "CLI"):
        return f"Unable to add interface '{interface}' to queue '{name}': Already there\n"
    return f"Added interface '{interface}' to queue '{name}'\n"


@command("queue remove member", "queue remove member <interface> from <queue>")
def remove_member(context: CliContext, arguments: Arguments) -> str:
    """Let a device take no more calls of a queue."""
    if len(arguments) != 3 or arguments[1] != "from":
        raise UsageError
    interface, _, name = arguments
    desk = _desks(context).get(name)
    if desk is None:
        return f"Unable to remove interface from queue '{name}': No such queue\n"
    known = desk.queue.member(interface)
    if known is None:
        return f"Unable to remove interface '{interface}' from queue '{name}': Not there\n"
    if not known.is_dynamic:
        return (
            f"Unable to remove interface '{interface}' from queue '{name}': Member is not dynamic\n"
        )
    desk.remove(interface, "CLI")
    return f"Removed interface {interface} from queue '{name}'\n"


@command("queue pause member", "queue pause member <interface> [queue <queue> [reason <reason>]]")
def pause_member(context: CliContext, arguments: Arguments) -> str:
    """Let a member take no calls for a while."""
    return _pause(context, arguments, paused=True)


@command(
    "queue unpause member", "queue unpause member <interface> [queue <queue> [reason <reason>]]"
)
def unpause_member(context: CliContext, arguments: Arguments) -> str:
    """Let a member take calls again."""
    return _pause(context, arguments, paused=False)


def _pause(context: CliContext, arguments: Arguments, *, paused: bool) -> str:
    if not arguments:
        raise UsageError
    interface = arguments[0]
    words = _pairs(arguments[1:], ("queue", "reason"))
    wanted, reason = words.get("queue", ""), words.get("reason", "")
    found = _desks(context).pause(interface, wanted, paused=paused, reason=reason)
    where = f" in queue '{wanted}'" if wanted else ""
    why = f" for reason '{reason}'" if reason else ""
    if not found:
        return f"Unable to {'' if paused else 'un'}pause interface '{interface}'{where}{why}\n"
    return f"{'' if paused else 'un'}paused interface '{interface}'{where}{why}\n"


def _pairs(words: Arguments, names: tuple[str, ...]) -> dict[str, str]:
    """``penalty 2 as Carol`` as a mapping."""
    pairs = dict(zip(words[::2], words[1::2], strict=False))
    if len(words) % 2 or not pairs.keys() <= set(names):
        raise UsageError
    return pairs


@command("queue set penalty", "queue set penalty <penalty> on <interface> [in <queue>]")
def set_penalty(context: CliContext, arguments: Arguments) -> str:
    """Give a member another penalty."""
    value, interface, wanted = _setting(arguments)
    if not value.isdigit():
        return f"Penalty must be an integer >= 0, not {value}\n"
    found = _of_queue(context, interface, wanted)
    for desk, member in found:
        desk.set_penalty(member, int(value))
    where = f" from queue '{wanted}'" if wanted else ""
    if not found:
        return f"Failed to set penalty on interface '{interface}'{where}\n"
    return f"Set penalty on interface '{interface}'{where}\n"


@command("queue set ringinuse", "queue set ringinuse <yes/no> on <interface> [in <queue>]")
def set_ring_in_use(context: CliContext, arguments: Arguments) -> str:
    """Let a member be called during calls, or not."""
    value, interface, wanted = _setting(arguments)
    found = _of_queue(context, interface, wanted)
    for desk, member in found:
        desk.set_rings_in_use(member, rings=is_true(value))
    where = f" from queue '{wanted}'" if wanted else ""
    if not found:
        return f"Failed to set ringinuse on interface '{interface}'{where}\n"
    return f"Set ringinuse on interface '{interface}'{where}\n"


def _setting(arguments: Arguments) -> tuple[str, str, str]:
    words = [*arguments, ""]
    if len(arguments) not in {3, 5} or words[1] != "on":
        raise UsageError
    if len(arguments) == 5 and words[3] != "in":
        raise UsageError
    return words[0], words[2], words[4] if len(arguments) == 5 else ""


def _of_queue(context: CliContext, interface: str, wanted: str) -> list[tuple[Desk, Member]]:
    members = _desks(context).with_member(interface)
    return [(desk, member) for desk, member in members if wanted in {"", desk.queue.name}]


@command("queue reset stats", "queue reset stats [<queue>]", complete=_names)
def reset(context: CliContext, arguments: Arguments) -> str:
    """Count from nothing again."""
    if len(arguments) > 1:
        raise UsageError
    for name, desk in _desks(context).items():
        if not arguments or name in arguments:
            desk.queue.reset_statistics()
    return ""


@command(
    "queue reload",
    "queue reload parameters|members|rules|all [<queue> ...]",
    complete=lambda context, given: _desks(context) if given else (*_PARTS, "all"),
)
async def reload(context: CliContext, arguments: Arguments) -> str:
    """Read queues.conf and queuerules.conf anew, or one part of them, for all queues or some."""
    if not arguments or arguments[0] not in {*_PARTS, "all"}:
        raise UsageError
    part, *names = arguments
    wanted = {each: part in {each, "all"} for each in _PARTS}
    with context.pbx.datastore(Reloading).only(ReloadScope(**wanted, names=frozenset(names))):
        await context.node.reload("queues")
    return ""


@command(
    "queue priority caller", "queue priority caller <channel> on <queue> to <priority> [immediate]"
)
def priority_caller(context: CliContext, arguments: Arguments) -> str:
    """Give a caller who waits another priority."""
    words = [*arguments[1:4:2], *arguments[5:]]
    if len(arguments) < 5 or words not in (["on", "to"], ["on", "to", "immediate"]):
        raise UsageError
    name, _, queue_name, _, priority = arguments[:5]
    value = leading_int(priority)
    if value is None:
        raise UsageError
    desk = _desks(context).get(queue_name)
    entry = None
    if desk is not None:
        entry = next((e for e in desk.queue.waiting if e.channel == name), None)
    if desk is None or entry is None:
        return f"Failed to change the priority of caller {name} on queue {queue_name}\n"
    desk.set_priority(entry, value, moves=len(arguments) == 6)
    return f"Caller {name} on queue {queue_name} has priority {value} now\n"
