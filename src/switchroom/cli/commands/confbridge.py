"""``confbridge …``: the conferences, and what administrators do with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from switchroom.base.errors import MediaError
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.conference.conference import Conference, Conferences
from switchroom.conference.room import Member
from switchroom.conference.settings import ConfBridgeSettings
from switchroom.config.confbridge import BridgeProfile, ConfBridgeConfig, UserProfile

_ROOMS = "{:<32} {:>6} {:>6} {:<6} {:<5}"
_TITLES = "{:<32} {:<6} {:<6} {:<6} {:<5}"
_MEMBERS = "{:<30} {:<6} {:<16} {:<16} {:<16} {}"
_WIDTHS = (30, 6, 16, 16, 16, 16)


def _conferences(context: CliContext) -> Conferences:
    return context.pbx.datastore(Conferences)


def _config(context: CliContext) -> ConfBridgeConfig:
    return context.pbx.datastore(ConfBridgeSettings).config


def _named(context: CliContext, arguments: Arguments, count: int) -> Conference | None:
    if len(arguments) != count:
        raise UsageError
    return _conferences(context).get(arguments[0])


def _unknown(name: str) -> str:
    return f"No conference bridge named '{name}' found!\n"


def _yes(flag: object) -> str:
    return "Yes" if flag else "No"


def _names(context: CliContext, arguments: Arguments) -> Iterable[str]:
    """Conferences, and behind one of them its channels."""
    if not arguments:
        return list(_conferences(context))
    found = _conferences(context).get(arguments[0])
    if len(arguments) > 1 or found is None:
        return []
    return [*(member.channel for member in found.room.members), "all", "participants"]


@command("confbridge list", "confbridge list [<name>]", complete=_names)
def list_(context: CliContext, arguments: Arguments) -> str:
    """List the conferences, or those in one of them.

    Flags: A administrator, M marked, W waits for somebody marked, E leaves with the last marked
    one, m muted, w waits now.
    """
    if len(arguments) > 1:
        raise UsageError
    if not arguments:
        lines = [
            _TITLES.format("Conference Bridge Name", "Users", "Marked", "Locked", "Muted"),
            " ".join("=" * width for width in (32, 6, 6, 6, 5)),
        ]
        lines += [
            _ROOMS.format(
                name, found.room.people, found.room.marked, _yes(found.room.is_locked),
                _yes(found.room.mutes_all),
            )
            for name, found in sorted(_conferences(context).items())
        ]  # fmt: skip
        return "\n".join(line.rstrip() for line in lines) + "\n"
    conference = _conferences(context).get(arguments[0])
    if conference is None:
        return _unknown(arguments[0])
    header = ("Channel", "Flags", "User Profile", "Bridge Profile", "Menu", "CallerID")
    lines = [_MEMBERS.format(*header), " ".join("=" * width for width in _WIDTHS)]
    lines += [_member_line(conference, member) for member in conference.room.members]
    return "\n".join(lines) + "\n"


def _member_line(conference: Conference, member: Member) -> str:
    attendance = conference.attendances[member.channel]
    return _MEMBERS.format(
        member.channel,
        _flags(conference, member),
        member.profile.name,
        conference.profile.name,
        attendance.menu.name,
        attendance.channel.caller.number or "<unknown>",
    )


def _flags(conference: Conference, member: Member) -> str:
    profile = member.profile
    flags = {
        "A": profile.admin, "M": profile.marked, "W": profile.wait_marked,
        "E": profile.end_marked or profile.end_marked_any,
        "m": conference.room.is_silenced(member), "w": member.is_waiting,
    }  # fmt: skip
    return "".join(letter for letter, is_set in flags.items() if is_set)


@command("confbridge kick", "confbridge kick <conference> <channel>", complete=_names)
def kick(context: CliContext, arguments: Arguments) -> str:
    """Send a channel out of a conference; ``all``, or ``participants``: all but administrators."""
    conference = _named(context, arguments, 2)
    if conference is None:
        return _unknown(arguments[0])
    if not conference.kick(arguments[1]):
        return f"No participant named '{arguments[1]}' found!\n"
    return f"Kicked {arguments[1]} out of conference '{conference.name}'\n"


@command("confbridge mute", "confbridge mute <conference> <channel>", complete=_names)
def mute(context: CliContext, arguments: Arguments) -> str:
    """Mute a channel, ``all``, or ``participants``: all but administrators."""
    return _mute(context, arguments, muted=True)


@command("confbridge unmute", "confbridge unmute <conference> <channel>", complete=_names)
def unmute(context: CliContext, arguments: Arguments) -> str:
    """Let a channel that was muted talk again; ``all``, or ``participants``."""
    return _mute(context, arguments, muted=False)


def _mute(context: CliContext, arguments: Arguments, *, muted: bool) -> str:
    conference = _named(context, arguments, 2)
    if conference is None:
        return _unknown(arguments[0])
    if not conference.mute(arguments[1], muted=muted):
        return f"No channel '{arguments[1]}' found in conference '{conference.name}'\n"
    return f"{'Muted' if muted else 'Unmuted'} {arguments[1]} in conference '{conference.name}'\n"


@command("confbridge lock", "confbridge lock <conference>", complete=_names)
def lock(context: CliContext, arguments: Arguments) -> str:
    """Let nobody in any more but administrators."""
    return _lock(context, arguments, locked=True)


@command("confbridge unlock", "confbridge unlock <conference>", complete=_names)
def unlock(context: CliContext, arguments: Arguments) -> str:
    """Let everybody in again."""
    return _lock(context, arguments, locked=False)


def _lock(context: CliContext, arguments: Arguments, *, locked: bool) -> str:
    conference = _named(context, arguments, 1)
    if conference is None:
        return _unknown(arguments[0])
    conference.room.lock(locked=locked)
    return f"Conference '{conference.name}' is {'locked' if locked else 'unlocked'}.\n"


@command(
    "confbridge record start", "confbridge record start <conference> [<file>]", complete=_names
)
def record_start(context: CliContext, arguments: Arguments) -> str:
    """Record all that is said in a conference.

    A relative file is below the spool's folder ``monitor``; its suffix names the format.
    """
    if len(arguments) > 2:
        raise UsageError
    conference = _named(context, arguments[:1], 1)
    if conference is None:
        return _unknown(arguments[0])
    try:
        path = conference.start_recording(*arguments[1:2])
    except MediaError as error:
        raise CommandFailedError(str(error)) from error
    return f"Recording conference '{conference.name}' into {path}\n"


@command("confbridge record stop", "confbridge record stop <conference>", complete=_names)
async def record_stop(context: CliContext, arguments: Arguments) -> str:
    """End the recording of a conference."""
    conference = _named(context, arguments, 1)
    if conference is None:
        return _unknown(arguments[0])
    if not await conference.stop_recording():
        return f"Conference '{conference.name}' is not recorded.\n"
    return f"Recording of conference '{conference.name}' stopped.\n"


def _title(what: str) -> str:
    return f"--------- {what} -----------\n"


def _listed(what: str, names: Iterable[str], arguments: Arguments) -> str:
    if arguments:
        raise UsageError
    return _title(what) + "".join(f"{name}\n" for name in names)


@command("confbridge show profile bridges")
def show_bridges(context: CliContext, arguments: Arguments) -> str:
    """List the bridge profiles."""
    return _listed("Bridge Profiles", _config(context).bridges, arguments)


@command("confbridge show profile users")
def show_users(context: CliContext, arguments: Arguments) -> str:
    """List the user profiles."""
    return _listed("User Profiles", _config(context).users, arguments)


@command("confbridge show menus", "confbridge show menus")
def show_menus(context: CliContext, arguments: Arguments) -> str:
    """List the menus."""
    return _listed("Menus", _config(context).menus, arguments)


@command("confbridge show profile bridge", "confbridge show profile bridge <profile>")
def show_bridge(context: CliContext, arguments: Arguments) -> str:
    """Show what a bridge profile says."""
    return _show(_config(context).bridges, arguments, "bridge profile")


@command("confbridge show profile user", "confbridge show profile user <profile>")
def show_user(context: CliContext, arguments: Arguments) -> str:
    """Show what a user profile says; PINs are not shown."""
    return _show(_config(context).users, arguments, "user profile")


def _show(
    profiles: Mapping[str, BridgeProfile] | Mapping[str, UserProfile], arguments: Arguments,
    what: str,
) -> str:  # fmt: skip
    if len(arguments) != 1:
        raise UsageError
    profile = profiles.get(arguments[0])
    if profile is None:
        return f"No conference {what} named '{arguments[0]}' found!\n"
    lines = [_title(f"{what.title()} {profile.name}").rstrip()]
    for field, value in _values(profile).items():
        lines.append(f"{field + ':':<28} {value}")
    return "\n".join(lines) + "\n"


def _values(profile: BridgeProfile | UserProfile) -> Mapping[str, str]:
    shown: dict[str, str] = {}
    for name in type(profile).__slots__:
        value = getattr(profile, name)
        if name == "sounds":
            shown |= {f"sound_{key}": sound for key, sound in value.items()}
        elif name == "pin":
            shown[name] = "set" if value else "none"
        elif isinstance(value, bool):
            shown[name] = _yes(value).lower()
        else:
            shown[name] = ", ".join(value) if isinstance(value, tuple) else str(value)
    return shown


@command("confbridge show menu", "confbridge show menu <menu>")
def show_menu(context: CliContext, arguments: Arguments) -> str:
    """Show what the keys of a menu do."""
    if len(arguments) != 1:
        raise UsageError
    menu = _config(context).menus.get(arguments[0])
    if menu is None:
        return f"No conference menu named '{arguments[0]}' found!\n"
    lines = [f"Name: {menu.name}"]
    lines += [f"{keys}={','.join(map(str, acts))}" for keys, acts in menu.keys.items()]
    return "\n".join(lines) + "\n"
