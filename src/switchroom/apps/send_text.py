"""SendText(), ReceiveText(): texts beside the voice of a call.

Family: Text messages
"""

from __future__ import annotations

from switchroom.base.text import leading_float
from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel
from switchroom.pbx.texting import CanSendText, ChannelText, next_text


@application("SendText")
async def send_text(channel: Channel, text: Rest = "") -> None:
    """Send a text to the caller's phone, within the call.

    Args:
        channel: The channel.
        text: What is sent, where SENDTEXT_BODY is empty.

    Variables:
        SENDTEXTSTATUS: SUCCESS, FAILURE where the phone did not take it, or UNSUPPORTED.
        SENDTEXTTYPE: ENHANCED, or NONE where nothing was sent.
        SENDTEXT_BODY: The text, where it is longer than an argument may be; cleared.
        SENDTEXT_CONTENT_TYPE: Its type, text/plain if empty; cleared.
        SENDTEXT_FROM_DISPLAYNAME: Who sends; cleared.
        SENDTEXT_TO_DISPLAYNAME: Who gets it; cleared.

    Examples:
        SendText(Your table is ready)
        NoOp(${SENDTEXTSTATUS})
    """
    variables = channel.variables
    message = ChannelText(
        variables.get("SENDTEXT_BODY", "") or text,
        variables.get("SENDTEXT_CONTENT_TYPE", "") or "text/plain",
        variables.get("SENDTEXT_FROM_DISPLAYNAME", ""),
        variables.get("SENDTEXT_TO_DISPLAYNAME", ""),
    )
    for name in _CLEARED:
        if variables.get(name):
            channel.set_variable(name, "")
    kind, status = "NONE", "UNSUPPORTED"
    if isinstance(channel.driver, CanSendText):
        taken = await channel.driver.send_text(message)
        kind, status = "ENHANCED", "SUCCESS" if taken else "FAILURE"
    channel.set_variable("SENDTEXTTYPE", kind)
    channel.set_variable("SENDTEXTSTATUS", status)


_CLEARED = (
    "SENDTEXT_BODY", "SENDTEXT_CONTENT_TYPE", "SENDTEXT_FROM_DISPLAYNAME",
    "SENDTEXT_TO_DISPLAYNAME",
)  # fmt: skip


@application("ReceiveText")
async def receive_text(channel: Channel, timeout: str = "") -> None:  # noqa: ASYNC109  # the dialplan's own argument
    """Wait for a text from the caller's phone, within the call.

    Args:
        channel: The channel.
        timeout: Seconds; empty or 0: for as long as the call lasts.

    Variables:
        RECEIVETEXTSTATUS: SUCCESS, or FAILURE where none came.
        RECEIVETEXTMESSAGE: The text.

    Examples:
        ReceiveText(20)
        NoOp(${RECEIVETEXTSTATUS}: ${RECEIVETEXTMESSAGE})
    """
    within = leading_float(timeout)
    found = await next_text(channel, within if within and within > 0 else None)
    channel.set_variable("RECEIVETEXTSTATUS", "FAILURE" if found is None else "SUCCESS")
    channel.set_variable("RECEIVETEXTMESSAGE", "" if found is None else found.body)
