"""CONFBRIDGE and its like: conferences.

Family: Conferences
"""

from __future__ import annotations

import logging

from switchroom.base.errors import ConfigError, DialplanError
from switchroom.conference.conference import Conference, Conferences
from switchroom.conference.room import Member
from switchroom.conference.settings import ChannelProfiles, ConfBridgeSettings
from switchroom.dialplan.escalation import escalates
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel

logger = logging.getLogger(__name__)

_COUNTS = ("admins", "locked", "marked", "muted", "parties")


@function("CONFBRIDGE", write=True)
@escalates
def confbridge(channel: Channel, value: str, kind: str, option: str) -> None:
    """Set an option of the profile that ConfBridge() uses for this channel, where it names none.

    Args:
        channel: The channel.
        value: As in ``confbridge.conf``.
        kind: ``bridge``, ``user`` or ``menu``.
        option: A name of ``confbridge.conf``; ``template`` begins with a profile of that file,
            ``clear`` forgets what was set.

    Examples:
        exten => 600,1,Set(CONFBRIDGE(user,template)=default_user)
         same => n,Set(CONFBRIDGE(user,startmuted)=yes)
         same => n,Set(CONFBRIDGE(menu,1)=toggle_mute)
         same => n,ConfBridge(600)
    """
    config = channel.pbx.datastore(ConfBridgeSettings).config
    try:
        channel.datastore(ChannelProfiles).write(
            config, kind.strip().lower(), option.strip(), value.strip()
        )
    except KeyError:
        raise DialplanError(f"CONFBRIDGE: {kind!r} is neither bridge, user nor menu") from None
    except ConfigError as error:
        raise DialplanError(f"CONFBRIDGE({kind},{option}): {error.message}") from error


@function("CONFBRIDGE_INFO")
def confbridge_info(channel: Channel, kind: str, conference: str = "") -> str:
    """Something about a conference; nothing where there is none of that name.

    Args:
        channel: The channel.
        kind: ``parties``, ``admins``, ``marked``: how many there are; ``locked``, ``muted``: 1
            or 0.
        conference: Its name or number.

    Examples:
        exten => 600,1,GotoIf($[0${CONFBRIDGE_INFO(parties,600)} > 9]?full)
         same => n,ConfBridge(600)
         same => n(full),Playback(conf-full)
    """
    word = kind.strip().lower()
    if not conference.strip():
        raise DialplanError("CONFBRIDGE_INFO: which conference?")
    if word not in _COUNTS:
        # Asterisk: the caller goes on with a number (22).
        logger.error(
            "%s: CONFBRIDGE_INFO: there is no %r of a conference, only %s",
            channel.name, kind, ", ".join(_COUNTS),
        )  # fmt: skip
        return "0"
    found = channel.pbx.datastore(Conferences).get(conference.strip())
    return "" if found is None else str(_info(found, word))


def _info(conference: Conference, word: str) -> int:
    room = conference.room
    counts = {
        "parties": room.people,
        "admins": room.admins,
        "marked": room.marked,
        "locked": room.is_locked,
        "muted": room.mutes_all,
    }
    return int(counts[word])


@function("CONFBRIDGE_CHANNELS")
def confbridge_channels(channel: Channel, kind: str, conference: str) -> str:
    """The channels in a conference, separated by commas.

    Args:
        channel: The channel.
        kind: ``parties``: all; ``admins``, ``marked``, ``waiting`` (for somebody marked) or
            ``active``: those of them.
        conference: Its name or number.

    Examples:
        NoOp(${CONFBRIDGE_CHANNELS(parties,600)})
    """
    found = channel.pbx.datastore(Conferences).get(conference.strip())
    if found is None:
        raise DialplanError(f"CONFBRIDGE_CHANNELS: there is no conference {conference!r}")
    members = [m for m in found.room.members if m.is_person and _is_of(m, kind.strip().lower())]
    return ",".join(member.channel for member in members)


def _is_of(member: Member, kind: str) -> bool:
    kinds = {
        "parties": True,
        "admins": member.profile.admin,
        "marked": member.is_marked,
        "waiting": member.is_waiting,
        "active": not member.is_waiting,
    }
    if kind not in kinds:
        raise DialplanError(f"CONFBRIDGE_CHANNELS: {kind!r} is none of {', '.join(kinds)}")
    return kinds[kind]
