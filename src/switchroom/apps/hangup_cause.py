"""HangupCauseClear(): forget how dialled channels ended.

Family: Calls
"""

from __future__ import annotations

from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.pbx.hangup_causes import DialledEnds


@application("HangupCauseClear")
def clear_hangup_causes(channel: Channel) -> None:
    """Forget why the channels that this one dialled have ended, before it dials again.

    Examples:
        Dial(PJSIP/100,20)
        HangupCauseClear()
        Dial(PJSIP/101,20)
    """
    channel.datastore(DialledEnds).clear()
