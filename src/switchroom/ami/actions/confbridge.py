"""Conferences."""

from __future__ import annotations

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, Listed, Reply, done, listing
from switchroom.ami.request import Request
from switchroom.base.errors import MediaError
from switchroom.conference.conference import Conference, Conferences
from switchroom.conference.room import Member

_NONE_ACTIVE = "No active conferences."


def _yes(flag: object) -> str:
    return "Yes" if flag else "No"


def _conference(request: Request) -> Conference:
    name = request.required("Conference", "No Conference name provided.")
    conferences = request.pbx.datastore(Conferences)
    if not conferences:
        raise ActionError(_NONE_ACTIVE)
    found = conferences.get(name)
    if found is None:
        raise ActionError("No Conference by that name found.")
    return found


@action("ConfbridgeListRooms", Privilege.REPORTING)
def list_rooms(request: Request) -> Reply:
    """List the conferences that are held."""
    conferences = request.pbx.datastore(Conferences)
    if not conferences:
        raise ActionError(_NONE_ACTIVE)
    events = [
        Listed(
            "ConfbridgeListRooms",
            (
                ("Conference", name),
                ("Parties", str(each.room.people)),
                ("Marked", str(each.room.marked)),
                ("Locked", _yes(each.room.is_locked)),
                ("Muted", _yes(each.room.mutes_all)),
            ),
        )
        for name, each in sorted(conferences.items())
    ]
    message = "Confbridge conferences will follow"
    return listing(message, "ConfbridgeListRoomsComplete", events)


@action("ConfbridgeList", Privilege.REPORTING)
def list_members(request: Request) -> Reply:
    """List who is in a conference."""
    conference = _conference(request)
    events = [_member(request, conference, each) for each in conference.room.members]
    message = "Confbridge user list will follow"
    return listing(message, "ConfbridgeListComplete", events)


def _member(request: Request, conference: Conference, member: Member) -> Listed:
    profile = member.profile
    channel = conference.attendances[member.channel].channel
    answered = channel.answered_at
    seconds = int(request.pbx.now() - answered) if answered is not None else 0
    return Listed(
        "ConfbridgeList",
        (
            ("Conference", conference.name),
            ("Admin", _yes(profile.admin)),
            ("MarkedUser", _yes(profile.marked)),
            ("WaitMarked", _yes(profile.wait_marked)),
            ("EndMarked", _yes(profile.end_marked)),
            ("Waiting", _yes(member.is_waiting)),
            ("Muted", _yes(conference.room.is_silenced(member))),
            ("Talking", _yes(member.is_talking)),
            ("AnsweredTime", str(seconds)),
            *request.context.hub.snapshots.channel(channel),
        ),
    )


def _channel_name(request: Request) -> str:
    return request.required("Channel", "No Channel name provided.")


@action("ConfbridgeKick", Privilege.CALL)
def kick(request: Request) -> Reply:
    """Send a channel out of a conference; ``all``, or ``participants``."""
    conference = _conference(request)
    if not conference.kick(_channel_name(request)):
        raise ActionError("No Channel by that name found in Conference.")
    return done("User kicked")


@action("ConfbridgeMute", Privilege.CALL)
def mute(request: Request) -> Reply:
    """Mute a channel in a conference; ``all``, or ``participants``."""
    conference = _conference(request)
    if not conference.mute(_channel_name(request), muted=True):
        raise ActionError("No Channel by that name found in Conference.")
    return done("User muted")


@action("ConfbridgeUnmute", Privilege.CALL)
def unmute(request: Request) -> Reply:
    """Let a channel that was muted talk again."""
    conference = _conference(request)
    if not conference.mute(_channel_name(request), muted=False):
        raise ActionError("No Channel by that name found in Conference.")
    return done("User unmuted")


@action("ConfbridgeLock", Privilege.CALL)
def lock(request: Request) -> Reply:
    """Let nobody into a conference any more but administrators."""
    _conference(request).room.lock(locked=True)
    return done("Conference locked")


@action("ConfbridgeUnlock", Privilege.CALL)
def unlock(request: Request) -> Reply:
    """Let everybody into a conference again."""
    _conference(request).room.lock(locked=False)
    return done("Conference unlocked")


@action("ConfbridgeStartRecord", Privilege.SYSTEM)
def start_record(request: Request) -> Reply:
    """Record all that is said in a conference."""
    conference = _conference(request)
    names = [request.get("RecordFile")] if request.get("RecordFile") else []
    try:
        conference.start_recording(*names)
    except MediaError as error:
        raise ActionError(f"Internal error starting conference recording: {error}") from error
    return done("Conference Recording Started.")


@action("ConfbridgeStopRecord", Privilege.SYSTEM)
async def stop_record(request: Request) -> Reply:
    """End the recording of a conference."""
    if not await _conference(request).stop_recording():
        raise ActionError("Internal error while stopping recording.")
    return done("Conference Recording Stopped.")


@action("ConfbridgeSetSingleVideoSrc", Privilege.CALL)
def single_video_source(request: Request) -> Reply:
    """Let one channel be seen by all others of a conference."""
    conference = _conference(request)
    name = _channel_name(request)
    member = next(iter(conference.members_of(name)), None)
    if member is None:
        raise ActionError("No Channel by that name found in Conference.")
    if not conference.showing.has_video(member.channel):
        raise ActionError("That channel has no video.")
    conference.showing.show(member.channel)
    return done("Conference single video source set.")
