"""SoftHangup(): end another call.

Family: Calls
"""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.pbx.states.device_state import channels_of
from switchroom.pbx.telling import request_hangup


@dataclass(frozen=True, slots=True)
class SoftHangupOptions:
    """Option letters of SoftHangup."""

    all_of_device: bool = option("a", "All channels of a device: the name is without the number.")


@application("SoftHangup", goes_on=True)
def soft_hangup(
    channel: Channel, name: str, options: SoftHangupOptions = SoftHangupOptions()
) -> None:
    """Hang up another channel.

    Args:
        channel: The channel.
        name: The other one's name.
        options: Option letters.

    Examples:
        SoftHangup(PJSIP/100-00000001)
        ; all calls of a phone
        SoftHangup(PJSIP/100,a)
    """
    wanted = name.strip().lower()
    found = [each for each in channel.pbx.channels.values() if each.name.lower() == wanted]
    for each in channels_of(channel.pbx, name.strip()) if options.all_of_device else found[:1]:
        request_hangup(each)
