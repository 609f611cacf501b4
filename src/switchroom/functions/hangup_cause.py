"""HANGUPCAUSE and HANGUPCAUSE_KEYS: why dialled channels have ended.

Family: Channels and calls
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.pbx.hangup_causes import DialledEnds


@function("HANGUPCAUSE")
def hangup_cause(channel: Channel, name: str, kind: str) -> str:
    r"""Why a channel that this one dialled has ended.

    Args:
        channel: The channel.
        name: The dialled channel's name, one of HANGUPCAUSE_KEYS.
        kind: ``ast``: the cause's name; ``tech``: the reason in its protocol's words.

    Examples:
        exten => 100,1,Dial(PJSIP/100,20)
        exten => h,1,Set(callee=${CUT(HANGUPCAUSE_KEYS(),\,,1)})
         same => n,ExecIf(${EXISTS(${callee})}?NoOp(${HANGUPCAUSE(${callee},ast)}))
    """
    end = channel.datastore(DialledEnds).get(name)
    if end is None:
        raise DialplanError(f"HANGUPCAUSE: this channel dialled no {name!r}")
    match kind.strip().lower():
        case "ast":
            return end.cause.text
        case "tech":
            return end.reason
        case _:
            raise DialplanError(f"HANGUPCAUSE: {kind!r} is neither ast nor tech")


@function("HANGUPCAUSE_KEYS")
def hangup_cause_keys(channel: Channel) -> str:
    """The names of the channels that this one dialled and that have ended, joined by commas.

    Examples:
        exten => 100,1,Dial(PJSIP/100&PJSIP/101,20)
         same => n,NoOp(dialled and ended: ${HANGUPCAUSE_KEYS()})
    """
    return ",".join(channel.datastore(DialledEnds))
