"""UserEvent(): tell whoever listens something of the dialplan's own.

Family: Programs and logs
"""

from __future__ import annotations

from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.pbx.events import UserEvent


@application("UserEvent")
def user_event(channel: Channel, name: str, *body: str) -> None:
    """Send an event to managers and whoever else listens.

    Args:
        channel: The channel.
        name: Of the event.
        body: ``Key: value`` each.

    Examples:
        UserEvent(Order,Number: 4711,Caller: ${CALLERID(num)})
    """
    events = channel.pbx.events
    if events.wants(UserEvent):
        lines = tuple(line.strip() for line in body)
        events.publish(UserEvent(channel.name, channel.unique_id, name, lines))
