"""Text messages."""

from __future__ import annotations

import base64
import binascii

from switchroom.ami.actions.originate import variables_of
from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, Reply, done
from switchroom.ami.request import Request
from switchroom.base.text import from_octets
from switchroom.pbx.text_message import MAX_BODY, MessageSenders, TextMessage
from switchroom.pbx.texting import CanSendText, ChannelText


@action("MessageSend", Privilege.MESSAGE)
async def message_send(request: Request) -> Reply:
    """Send a text message that belongs to no call."""
    to = request.get("Destination") or request.get("To")
    if not to:
        raise ActionError("No destination specified.")
    send = request.pbx.datastore(MessageSenders).get(to.partition(":")[0].strip().lower())
    if send is None:
        raise ActionError("Message technology not found.")
    body = request.get("Body")
    if encoded := request.get("Base64Body"):
        try:
            body = from_octets(base64.b64decode(encoded, validate=True))
        except (binascii.Error, ValueError) as error:
            raise ActionError("Failed to decode the body") from error
    if len(body) > MAX_BODY:
        raise ActionError("Message is too long")
    variables = dict(variables_of(request.action.all("Variable")))
    message = TextMessage(
        to=request.get("To", to),
        from_=request.get("From"),
        body=body,
        data=variables,
        outbound=set(variables),
    )
    if not await send(to, message):
        raise ActionError("Message failed to send.")
    return done("Message successfully sent")


@action("SendText", Privilege.CALL)
async def send_text(request: Request) -> Reply:
    """Send a text to a channel's party, within its call."""
    channel = request.channel()
    text = request.required("Message", "No Message specified")
    if not isinstance(channel.driver, CanSendText):
        raise ActionError("Failure")
    kind = request.get("Content-Type", "text/plain")
    if not await channel.driver.send_text(ChannelText(text, kind)):
        raise ActionError("Failure")
    return done("Success")
