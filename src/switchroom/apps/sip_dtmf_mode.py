"""SIPDtmfMode(): how digits are sent within this call, for dialplans of before 21.

Family: SIP
"""

from __future__ import annotations

from switchroom.base.errors import BadArgumentsError
from switchroom.dialplan.assignment import assign
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel

_MODES = {"inband": "inband", "info": "info", "rfc2833": "rfc4733", "auto": "auto"}


@application("SIPDtmfMode")
async def sip_dtmf_mode(channel: Channel, mode: str) -> None:
    """Send digits in another way from now on; ``PJSIP_DTMF_MODE()`` does the same.

    Args:
        channel: The channel.
        mode: ``inband``, ``info`` or ``rfc2833``.

    Examples:
        SIPDtmfMode(info)
        SendDTMF(1)
    """
    wanted = _MODES.get(mode.strip().lower())
    if wanted is None:
        raise BadArgumentsError(f"SIPDtmfMode: {mode!r} is none of {', '.join(_MODES)}")
    waiting = assign(channel, "PJSIP_DTMF_MODE()", wanted)
    if waiting is not None:
        await waiting
