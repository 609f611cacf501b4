"""ConfBridge() and ConfKick(): conferences.

Family: Conferences
"""

from __future__ import annotations

from switchroom.apps.conferences.entry import Entry, attend
from switchroom.base.errors import DialplanError
from switchroom.conference.conference import Conferences
from switchroom.conference.room import Leaving
from switchroom.conference.settings import ChannelProfiles, ConfBridgeSettings
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel


@application("ConfBridge")
async def conf_bridge(
    channel: Channel,
    conference: str,
    bridge_profile: str = "",
    user_profile: str = "",
    menu: str = "",
) -> None:
    """Talk with everybody who called the same conference.

    The conference begins with the first one in it and ends with the last; whoever comes first says
    with the bridge profile how it is held. Profiles and menus stand in ``confbridge.conf``, or are
    written by CONFBRIDGE() for this call.

    Args:
        channel: The channel.
        conference: Its name or number.
        bridge_profile: How the conference is held; ``default_bridge`` where it is not given.
        user_profile: How this caller takes part; ``default_user`` where it is not given.
        menu: What keys do; ``default_menu`` where it is not given.

    Variables:
        CONFBRIDGE_RESULT: HANGUP, KICKED, ENDMARKED (the last marked one left), DTMF (a key),
            TIMEOUT, or FAILED: the PIN was wrong, the conference locked or full, or a profile is
            missing.

    Examples:
        exten => 600,1,Answer()
         same => n,ConfBridge(600)
        ; the leader, for whom the others wait
        exten => 601,1,Set(CONFBRIDGE(user,admin)=yes)
         same => n,Set(CONFBRIDGE(user,marked)=yes)
         same => n,ConfBridge(600)
    """
    channel.variables["CONFBRIDGE_RESULT"] = Leaving.FAILED  # until it is known: nobody is told
    config = channel.pbx.datastore(ConfBridgeSettings).config
    own = channel.datastore(ChannelProfiles)
    bridge, user = own.bridge(config, bridge_profile), own.user(config, user_profile)
    keys = own.menu(config, menu)
    if bridge is None or user is None or keys is None:
        missing = next(
            f"{kind} profile {name!r}"
            for kind, name, found in (
                ("bridge", bridge_profile, bridge), ("user", user_profile, user),
                ("menu", menu, keys),
            )
            if found is None
        )  # fmt: skip
        raise DialplanError(f"ConfBridge: there is no {missing} in confbridge.conf")
    why = Leaving.HANGUP
    try:
        entry = Entry(conference, bridge, user, keys)
        why = (await attend(channel, entry, channel.pbx.datastore(Conferences))).why
    finally:
        channel.set_variable("CONFBRIDGE_RESULT", why)


@application("ConfKick")
def conf_kick(channel: Channel, conference: str, channel_name: str = "all") -> None:
    """Send somebody out of a conference.

    Args:
        channel: The channel.
        conference: Its name or number.
        channel_name: Whom; ``all``, or ``participants``: all but administrators.

    Variables:
        CONFKICKSTATUS: SUCCESS, or FAILURE: there is no such conference, or he is not in it.

    Examples:
        ConfKick(600,PJSIP/100-00000001)
        ; after hours
        ConfKick(600,participants)
    """
    found = channel.pbx.datastore(Conferences).get(conference.strip())
    kicked = found is not None and found.kick(channel_name or "all")
    channel.set_variable("CONFKICKSTATUS", "SUCCESS" if kicked else "FAILURE")
