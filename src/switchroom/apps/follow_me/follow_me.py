"""FollowMe(): look for somebody at one number after the other.

Family: Calls
"""

from __future__ import annotations

from switchroom.apps.follow_me.realtime import find_profile
from switchroom.apps.follow_me.search import NO_OPTIONS, FollowMeOptions, FollowMeSearch
from switchroom.config.followme import FollowMeConfig
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel


class FollowMeProfiles:
    """Of one node; replaced on reload."""

    def __init__(self) -> None:
        self.config = FollowMeConfig()


@application("FollowMe")
async def follow_me(channel: Channel, profile: str, options: FollowMeOptions = NO_OPTIONS) -> None:
    """Look for somebody at the numbers of a profile of followme.conf, one step after the other.

    Whoever answers hears who calls, and takes the call or not (``takecall``, ``declinecall``). The
    dialplan goes on where nobody does, and after the conversation.

    Args:
        channel: The channel.
        profile: A section of followme.conf, or a row of the realtime family ``followme``; where
            there is none the dialplan goes on.
        options: Option letters.

    Variables:
        DIALEDTIME: The seconds since the beginning.
        ANSWEREDTIME: The seconds that were talked.

    Examples:
        exten => 100,1,FollowMe(ann,an)
         same => n,Playback(vm-nobodyavail)
    """
    found = channel.pbx.datastore(FollowMeProfiles).config.profiles.get(profile.strip())
    if found is None:
        found = await find_profile(channel.pbx, profile.strip())
    if found is not None:
        await FollowMeSearch(channel, found, options).run()
