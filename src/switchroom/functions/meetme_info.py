"""MEETME_INFO: the rooms of MeetMe.

Family: Conferences
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.conference.meetme import MeetMeConferences
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel


@function("MEETME_INFO")
def meetme_info(channel: Channel, keyword: str, number: str) -> str:
    """Something about a room of MeetMe that somebody is in.

    Args:
        channel: The channel.
        keyword: ``parties``: how many; ``lock``, ``dynamic``: 1 or 0; ``activity``: for how many
            seconds.
        number: Of the room.

    Examples:
        NoOp(${MEETME_INFO(parties,8600)})
    """
    rooms = channel.pbx.datastore(MeetMeConferences)
    found = rooms.get(number.strip())
    if found is None:
        raise DialplanError(f"MEETME_INFO: nobody is in a room {number!r}")
    values = {
        "parties": found.room.people,
        "lock": found.room.is_locked,
        "activity": channel.pbx.now() - found.began_at,
        "dynamic": rooms.is_dynamic(number.strip()),
    }
    value = values.get(keyword.strip().lower())
    if value is None:
        raise DialplanError(f"MEETME_INFO: {keyword!r} is none of {', '.join(values)}")
    return str(int(value))
