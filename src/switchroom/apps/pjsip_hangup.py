"""PJSIPHangup(): refuse a call with a status of SIP.

Family: SIP
"""

from __future__ import annotations

from switchroom.base.errors import BadArgumentsError
from switchroom.channels.sip.causes import cause_of_status
from switchroom.channels.sip.driver import SipChannelDriver
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.sip.message import REASONS

#: ``BUSY_HERE`` and the like: reason phrases as names.
_NAMES = {
    "".join(letter if letter.isalnum() else "_" for letter in reason.upper()): status
    for status, reason in REASONS.items()
}


@application("PJSIPHangup")
def pjsip_hangup(channel: Channel, cause: str) -> None:
    """Hang up, with a status of SIP where the call was not answered yet.

    Args:
        channel: The channel.
        cause: A status from 400 to 699, or its name: ``BUSY_HERE``.

    Examples:
        PJSIPHangup(486)
        PJSIPHangup(NOT_FOUND)
    """
    text = cause.strip().upper()
    is_number = text.isascii() and text.isdigit() and len(text) == 3
    status = int(text) if is_number else _NAMES.get(text, 0)
    if not 400 <= status < 700:
        raise BadArgumentsError(f"PJSIPHangup: {cause!r} is no status of a refusal")
    if not isinstance(channel.driver, SipChannelDriver):
        raise BadArgumentsError(f"PJSIPHangup: {channel.name} is no SIP channel")
    channel.driver.refusal = status
    channel.hangup(cause_of_status(status))
