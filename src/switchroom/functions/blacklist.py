"""BLACKLIST: callers nobody wants to hear.

Family: Parties of a call
"""

from __future__ import annotations

from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel


@function("BLACKLIST")
def is_blacklisted(channel: Channel) -> str:
    """1 where the AstDB's family ``blacklist`` has the caller's number or name, 0 where not.

    Examples:
        exten => s,1,Set(CALLERID(num)=0900123456)
         same => n,Set(DB(blacklist/0900123456)=1)
         same => n,ExecIf(${BLACKLIST()}?Set(unwanted=yes))
         same => n,NoOp(${unwanted})  ; => yes
    """
    known = (channel.caller.number, channel.caller.name)
    listed = any(key and channel.pbx.astdb.get("blacklist", key) is not None for key in known)
    return "1" if listed else "0"
