"""One party's stay in the call of a shared line. No application itself."""

from __future__ import annotations

from switchroom.apps.conferences.entry import Entry, attend
from switchroom.conference.conference import Conference
from switchroom.conference.room import Leaving
from switchroom.conference.shared_lines import LineCall, LineConferences, SharedLines, Station
from switchroom.config.confbridge import BridgeProfile, Menu, UserProfile
from switchroom.pbx.borrowing import borrow
from switchroom.pbx.channel import Channel

CREATOR = "SLA"
#: Nothing is said, and keys reach the trunk: a line is dialled on as if it were a plain one.
_USER = UserProfile(name=CREATOR, quiet=True, passes_digits=True)


async def be_in(channel: Channel, call: LineCall) -> None:
    """Let a channel hear and be heard until the call is over, or it hangs up."""
    conferences = channel.pbx.datastore(LineConferences)
    profile = BridgeProfile(name=CREATOR, language=channel.language)
    conference = conferences.open(channel.pbx, call.conference, profile, creator=CREATOR)
    if not conference.on_change:
        conference.on_change.append(lambda: _end_if_over(conference, call))
    entry = Entry(call.conference, profile, _USER, Menu(CREATOR), CREATOR, application=CREATOR)
    try:
        await attend(channel, entry, conferences)
    finally:
        conference.close_unused()


def _end_if_over(conference: Conference, call: LineCall) -> None:
    """Who comes in when the call has just ended would stay there alone."""
    if call.is_over:
        conference.expel_all(Leaving.HANGUP)


async def be_station(channel: Channel, call: LineCall, station: Station) -> None:
    """Let a station that is dialled, and has taken the call, be in it until it is over."""
    try:
        await borrow(channel, be_in(channel, call))
    finally:
        channel.pbx.datastore(SharedLines).leave(call, channel)
        channel.hangup()


async def be_trunk(channel: Channel, call: LineCall) -> None:
    """Let a trunk that was dialled, and has answered, be in the call until it is over."""
    try:
        await borrow(channel, be_in(channel, call))
    finally:
        channel.pbx.datastore(SharedLines).end(call)
        channel.hangup()
