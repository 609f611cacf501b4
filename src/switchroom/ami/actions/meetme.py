"""Rooms of MeetMe()."""

from __future__ import annotations

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, Listed, Reply, done, listing
from switchroom.ami.request import Request
from switchroom.conference.conference import Conference
from switchroom.conference.meetme import MeetMeConferences, administer, find_user
from switchroom.conference.room import Member


def _yes(flag: object) -> str:
    return "Yes" if flag else "No"


def _rooms(request: Request) -> MeetMeConferences:
    rooms = request.pbx.datastore(MeetMeConferences)
    if not rooms:
        raise ActionError("No active conferences.")
    return rooms


def _span(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


@action("MeetmeListRooms", Privilege.REPORTING)
def list_rooms(request: Request) -> Reply:
    """List the rooms that somebody is in."""
    rooms = _rooms(request)
    events = [
        Listed(
            "MeetmeListRooms",
            (
                ("Conference", number),
                ("Parties", f"{each.room.people:04}"),
                ("Marked", f"{each.room.marked:04}" if each.room.marked else "N/A"),
                ("Activity", _span(request.pbx.now() - each.began_at)),
                ("Creation", "Dynamic" if rooms.is_dynamic(number) else "Static"),
                ("Locked", _yes(each.room.is_locked)),
            ),
        )
        for number, each in sorted(rooms.items())
    ]
    return listing("Meetme conferences will follow", "MeetmeListRoomsComplete", events)


@action("MeetmeList", Privilege.REPORTING)
def list_members(request: Request) -> Reply:
    """List who is in a room, or in all of them."""
    wanted = request.get("Conference")
    events = [
        _member(conference, each)
        for number, conference in sorted(_rooms(request).items())
        if wanted in {"", number}
        for each in conference.room.members
    ]
    return listing("Meetme user list will follow", "MeetmeListComplete", events)


def _member(conference: Conference, member: Member) -> Listed:
    channel = conference.attendances[member.channel].channel
    muted = "No"
    if conference.room.is_silenced(member):
        muted = "By self" if member.is_muted else "By admin"
    return Listed(
        "MeetmeList",
        (
            ("Conference", conference.name),
            ("UserNumber", str(member.number)),
            ("CallerIDNum", channel.caller.number or "<unknown>"),
            ("CallerIDName", channel.caller.name or "<no name>"),
            ("ConnectedLineNum", channel.connected.number or "<unknown>"),
            ("ConnectedLineName", channel.connected.name or "<no name>"),
            ("Channel", channel.name),
            ("Admin", _yes(member.profile.admin)),
            ("Role", "Listen only" if member.profile.start_muted else "Talk and listen"),
            ("MarkedUser", _yes(member.is_marked)),
            ("Muted", muted),
            ("Talking", _yes(member.is_talking)),
        ),
    )


@action("MeetmeMute", Privilege.CALL)
def mute(request: Request) -> Reply:
    """Mute somebody in a room."""
    _change(request, "M")
    return done("User muted")


@action("MeetmeUnmute", Privilege.CALL)
def unmute(request: Request) -> Reply:
    """Let somebody who was muted talk again."""
    _change(request, "m")
    return done("User unmuted")


def _change(request: Request, command: str) -> None:
    number = request.required("Meetme", "Meetme conference not specified")
    user = request.required("Usernum", "Meetme user number not specified")
    found = request.pbx.datastore(MeetMeConferences).get(number)
    if found is None:
        raise ActionError("Meetme conference does not exist")
    if not user.isdigit() or find_user(found, user) is None:
        raise ActionError("User not found")
    administer(found, command, user)
