"""ChannelRedirect(): send another call elsewhere.

Family: Calls
"""

from __future__ import annotations

from switchroom.dialplan.places import parse_place
from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_search import find_channel


@application("ChannelRedirect")
def channel_redirect(channel: Channel, name: str, place: Rest) -> None:
    """Let another channel go on elsewhere at once.

    Args:
        channel: The channel.
        name: The other one's name.
        place: ``[[context,]extension,]priority``, seen from there.

    Variables:
        CHANNELREDIRECT_STATUS: SUCCESS or NOCHANNEL.

    Examples:
        exten => s,1,ChannelRedirect(PJSIP/100-00000001,example,desk,1)
         same => n,NoOp(${CHANNELREDIRECT_STATUS})  ; => NOCHANNEL
        exten => desk,1,Dial(PJSIP/101)
    """
    other = find_channel(channel.pbx, name)
    if other is None:
        channel.set_variable("CHANNELREDIRECT_STATUS", "NOCHANNEL")
        return
    other.redirect(*parse_place(other, place))
    channel.set_variable("CHANNELREDIRECT_STATUS", "SUCCESS")
