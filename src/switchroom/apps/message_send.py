"""MessageSend(): send a text message.

Family: Text messages
"""

from __future__ import annotations

from dataclasses import replace

from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.pbx.text_message import MessageSenders, TextMessage


@application("MessageSend", goes_on=True)
async def message_send(channel: Channel, destination: str, from_: str = "", to: str = "") -> None:
    """Send the text message of this channel, as MESSAGE(body) has it.

    Variables:
        MESSAGE_SEND_STATUS: SUCCESS when it is on its way, INVALID_PROTOCOL where no technology
            is called so, INVALID_URI where there is no way to the destination.

    Args:
        channel: The channel.
        destination: ``pjsip:endpoint``, ``pjsip:endpoint/sip:user@host``, ``pjsip:number@endpoint``
            or ``pjsip:sip:user@host``.
        from_: Who sends, ``"Name" <sip:user@host>``; without it MESSAGE(from).
        to: Whom the message names as its receiver, where that is not the destination.

    Examples:
        Set(MESSAGE(body)=Lunch is ready)
        MessageSend(pjsip:alice,"Kitchen" <sip:kitchen@pbx.example.com>)
    """
    technology = destination.partition(":")[0].strip().lower()
    send = channel.pbx.datastore(MessageSenders).get(technology)
    status = "INVALID_PROTOCOL"
    if send is not None:
        message = channel.datastore(TextMessage)
        own = replace(message, from_=from_ or message.from_, to=to or destination)
        status = "SUCCESS" if await send(destination, own) else "INVALID_URI"
    channel.set_variable("MESSAGE_SEND_STATUS", status)
