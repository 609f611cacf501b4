"""``meetme …``: the rooms of MeetMe()."""

from __future__ import annotations

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.conference.conference import Conference
from switchroom.conference.meetme import MeetMeConferences, administer

_ROOMS = "{:<14} {:<14} {:<10} {:<8} {:<8} {:<6}"


def _span(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def _found(context: CliContext, arguments: Arguments, count: int) -> Conference | None:
    if len(arguments) != count:
        raise UsageError
    return context.pbx.datastore(MeetMeConferences).get(arguments[0])


def _none(number: str) -> str:
    return f"No such conference: {number}.\n"


@command("meetme list", "meetme list [<confno>] [concise]")
def list_(context: CliContext, arguments: Arguments) -> str:
    """List the rooms that somebody is in, or who is in one of them."""
    concise = bool(arguments) and arguments[-1].lower() == "concise"
    rest = arguments[:-1] if concise else arguments
    if len(rest) > 1:
        raise UsageError
    rooms = context.pbx.datastore(MeetMeConferences)
    if rest:
        found = rooms.get(rest[0])
        return _none(rest[0]) if found is None else _people(found, concise=concise)
    if not rooms:
        return "" if concise else "No active MeetMe conferences.\n"
    rows = [
        (
            number, f"{found.room.people:04}", str(found.room.marked or "N/A"),
            _span(context.pbx.now() - found.began_at),
            "Dynamic" if rooms.is_dynamic(number) else "Static",
            "Yes" if found.room.is_locked else "No",
        )
        for number, found in sorted(rooms.items())
    ]  # fmt: skip
    if concise:
        return "".join("!".join(row) + "\n" for row in rows)
    lines = [_ROOMS.format("Conf Num", "Parties", "Marked", "Activity", "Creation", "Locked")]
    lines += [_ROOMS.format(*row) for row in rows]
    lines.append(f"* Total number of MeetMe users: {sum(r.room.people for r in rooms.values())}")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _people(conference: Conference, *, concise: bool) -> str:
    lines = []
    for member in conference.room.members:
        attendance = conference.attendances[member.channel]
        caller = attendance.channel.caller
        flags = {
            "(Admin)": member.profile.admin,
            "(Listen only)": conference.room.is_silenced(member),
            "(Talking)": member.is_talking,
            "(Waiting)": member.is_waiting,
        }
        if concise:
            marks = ["1" if is_set else "" for is_set in flags.values()]
            parts = [str(member.number), caller.number, caller.name, member.channel, *marks]
            lines.append("!".join([*parts, _span(attendance.duration)]))
        else:
            told = " ".join(word for word, is_set in flags.items() if is_set)
            who = f"{caller.number or '<unknown>':>12} {caller.name or '<no name>':<20}"
            lines.append(
                f"User #: {member.number:02} {who} Channel: {member.channel} {told} "
                f"{_span(attendance.duration)}"
            )
    if not concise:
        lines.append(f"{conference.room.people} users in that conference.")
    return "".join(line + "\n" for line in lines)


@command("meetme lock", "meetme lock <confno>")
def lock(context: CliContext, arguments: Arguments) -> str:
    """Let nobody else in but administrators."""
    return _administer(context, [*arguments, ""], "L", "locked")


@command("meetme unlock", "meetme unlock <confno>")
def unlock(context: CliContext, arguments: Arguments) -> str:
    """Let everybody in again."""
    return _administer(context, [*arguments, ""], "l", "unlocked")


@command("meetme kick", "meetme kick <confno> all|<userno>")
def kick(context: CliContext, arguments: Arguments) -> str:
    """Send somebody out, or all."""
    return _administer(context, arguments, "K" if _all(arguments) else "k", "kicked")


@command("meetme mute", "meetme mute <confno> all|<userno>")
def mute(context: CliContext, arguments: Arguments) -> str:
    """Mute somebody, or all but administrators."""
    return _administer(context, arguments, "N" if _all(arguments) else "M", "muted")


@command("meetme unmute", "meetme unmute <confno> all|<userno>")
def unmute(context: CliContext, arguments: Arguments) -> str:
    """Let somebody who was muted talk again, or all."""
    return _administer(context, arguments, "n" if _all(arguments) else "m", "unmuted")


def _all(arguments: Arguments) -> bool:
    return len(arguments) == 2 and arguments[1].lower() == "all"


def _administer(context: CliContext, arguments: Arguments, letter: str, done: str) -> str:
    found = _found(context, arguments, 2)
    if found is None:
        return _none(arguments[0])
    if not administer(found, letter, arguments[1]):
        return f"No such user {arguments[1]} in conference {found.name}.\n"
    return f"Conference {found.name}: {arguments[1] or 'room'} {done}.\n"
