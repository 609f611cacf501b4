"""What the entries of a conference's menu do: one function each, by the name in the file."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from switchroom.conference.attendance import Attendance, Volume, tell_stay
from switchroom.conference.menu import Meant
from switchroom.conference.room import Leaving
from switchroom.config.confbridge import MenuAction

logger = logging.getLogger(__name__)

Action = Callable[[Attendance, MenuAction], Awaitable[None]]


async def perform(attendance: Attendance, meant: Meant) -> None:
    """Do what keys mean, one action after the other."""
    for action in meant.actions:
        if attendance.over.done():
            return
        _tell(attendance, action)
        if action.name == "playback_and_continue":
            async with attendance.aside():
                if await attendance.hear(_files(action), until_key=True):
                    attendance.keys.resume(meant.keys)
        else:
            await _ACTIONS[action.name](attendance, action)


def _tell(attendance: Attendance, action: MenuAction) -> None:
    """Say what a key does, to test harnesses."""
    match action.name:
        case "playback" | "playback_and_continue":
            state, more = "CONF_MENU_PLAYBACK", [("Playback", action.argument)]
        case "dialplan_exec":
            state, more = "CONF_MENU_DIALPLAN", [("Dialplan", action.argument)]
        case name:
            state, more = "CONF_MENU_ACTION", [("Action", name)]
    tell_stay(attendance, state, f"{action.name} {action.argument}".strip(), *more)


def _files(action: MenuAction) -> tuple[str, ...]:
    return tuple(name.strip() for name in action.argument.split("&"))


async def _playback(attendance: Attendance, action: MenuAction) -> None:
    async with attendance.aside():
        await attendance.hear(_files(action))


async def _say(attendance: Attendance, sound: str) -> None:
    async with attendance.aside():
        await attendance.hear((attendance.conference.profile.sounds[sound],))


async def _toggle_mute(attendance: Attendance, action: MenuAction) -> None:
    conference, member = attendance.conference, attendance.member
    muted = not member.is_muted
    conference.carry_out(conference.room.mute(member, muted=muted))
    await _say(attendance, "muted" if muted else "unmuted")


async def _nothing(attendance: Attendance, action: MenuAction) -> None:
    """The key is taken, that is all."""


def _louder(volume: Callable[[Attendance], Volume], more: int) -> Action:
    async def change(attendance: Attendance, action: MenuAction) -> None:
        volume(attendance).change(more)
        attendance.seat()

    return change


async def _dialplan_exec(attendance: Attendance, action: MenuAction) -> None:
    channel = attendance.channel
    context, extension, priority, *_ = *(p.strip() for p in action.argument.split(",")), "", ""
    place = (context, extension or "s", int(priority) if priority.isdigit() else 1)
    dialplan = channel.pbx.dialplan
    if not dialplan.exists(channel, place[1], place[2], place[0]):
        logger.warning("%s: dialplan_exec: there is no %s,%s,%d", channel.name, *place)
        return
    back = (channel.context, channel.extension, channel.priority)
    step = (channel.application, channel.data)
    async with attendance.aside():
        key, channel.on_key = channel.on_key, None
        channel.context, channel.extension, channel.priority = place
        try:
            await dialplan.run_inside(channel, lambda: not attendance.over.done())
        finally:
            channel.on_key = key
            if not channel.is_redirected:
                channel.context, channel.extension, channel.priority = back
                channel.application, channel.data = step
                channel.jumped = False


async def _leave(attendance: Attendance, action: MenuAction) -> None:
    attendance.expel(Leaving.DTMF)


def _is_allowed(attendance: Attendance, action: MenuAction) -> bool:
    if attendance.member.profile.admin:
        return True
    logger.warning("%s: %s is for administrators", attendance.channel.name, action.name)
    return False


async def _kick_last(attendance: Attendance, action: MenuAction) -> None:
    conference = attendance.conference
    last = conference.room.last_to_kick()
    if not _is_allowed(attendance, action) or last is None or last is attendance.member:
        await _say(attendance, "error_menu")
        return
    conference.carry_out(conference.room.kick(last))


async def _toggle_lock(attendance: Attendance, action: MenuAction) -> None:
    room = attendance.conference.room
    if not _is_allowed(attendance, action):
        return
    room.lock(locked=not room.is_locked)
    await _say(attendance, "locked_now" if room.is_locked else "unlocked_now")


async def _toggle_mute_all(attendance: Attendance, action: MenuAction) -> None:
    conference = attendance.conference
    if _is_allowed(attendance, action):
        conference.carry_out(conference.room.mute_all(muted=not conference.room.mutes_all))


async def _count(attendance: Attendance, action: MenuAction) -> None:
    async with attendance.aside():
        await attendance.hear(attendance.conference.room.count_for(attendance.member))


async def _show(attendance: Attendance, action: MenuAction) -> None:
    attendance.conference.showing.show(attendance.member.channel)


async def _show_no_longer(attendance: Attendance, action: MenuAction) -> None:
    attendance.conference.showing.release(attendance.member.channel)


def _listening(attendance: Attendance) -> Volume:
    return attendance.listen_volume


def _talking(attendance: Attendance) -> Volume:
    return attendance.talk_volume


_ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        "playback": _playback,
        "toggle_mute": _toggle_mute,
        "toggle_binaural": _nothing,
        "no_op": _nothing,
        "decrease_listening_volume": _louder(_listening, -1),
        "increase_listening_volume": _louder(_listening, 1),
        "reset_listening_volume": _louder(_listening, 0),
        "decrease_talking_volume": _louder(_talking, -1),
        "increase_talking_volume": _louder(_talking, 1),
        "reset_talking_volume": _louder(_talking, 0),
        "dialplan_exec": _dialplan_exec,
        "leave_conference": _leave,
        "admin_kick_last": _kick_last,
        "admin_toggle_conference_lock": _toggle_lock,
        "admin_toggle_mute_participants": _toggle_mute_all,
        "participant_count": _count,
        "set_as_single_video_src": _show,
        "release_as_single_video_src": _show_no_longer,
    }
)
