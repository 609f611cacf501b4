"""CELGenUserEvent(): a channel event of the dialplan's own.

Family: Programs and logs
"""

from __future__ import annotations

from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel
from switchroom.pbx.records.cel import CelUserEvent


@application("CELGenUserEvent", goes_on=True)
def tell_channel_event(channel: Channel, name: str, extra: Rest = "") -> None:
    """Tell a channel event (CEL) of your own, where ``cel.conf`` has USER_DEFINED in its events.

    Args:
        channel: The channel.
        name: What the event is called.
        extra: What else it says.

    Examples:
        CELGenUserEvent(ORDER,number 4711)
    """
    events = channel.pbx.events
    if events.wants(CelUserEvent):
        events.publish(CelUserEvent(channel.name, name, extra))
