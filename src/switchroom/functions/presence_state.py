"""PRESENCE_STATE: what people say of themselves.

Family: Groups, devices and hints
"""

from __future__ import annotations

import base64

from switchroom.base.errors import DialplanError
from switchroom.base.text import to_octets
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.pbx.states.presence import CUSTOM, parse_presence, presence, set_presence


@function("PRESENCE_STATE")
def read_presence(channel: Channel, provider: str, field: str, options: str = "") -> str:
    """What somebody says of himself.

    Args:
        channel: The channel.
        provider: ``CustomPresence:name``.
        field: ``value`` (not_set, unavailable, available, away, xa, chat or dnd), ``subtype`` or
            ``message``.
        options: ``e``: as base64.

    Examples:
        Set(PRESENCE_STATE(CustomPresence:ann)=away,lunch,back at one)
        NoOp(${PRESENCE_STATE(CustomPresence:ann,value)})  ; => away
        NoOp(${PRESENCE_STATE(CustomPresence:ann,message)})  ; => back at one
    """
    found = presence(channel.pbx, provider.strip())
    fields = {"value": str(found.state), "subtype": found.subtype, "message": found.message}
    name = field.strip().lower()
    if name not in fields:
        raise DialplanError(f"PRESENCE_STATE: {field!r} is neither value, subtype nor message")
    if "e" in options and name != "value":
        return base64.b64encode(to_octets(fields[name])).decode()
    return fields[name]


@function("PRESENCE_STATE", write=True)
async def write_presence(channel: Channel, value: str, provider: str) -> None:
    """Set what somebody says of himself; it is kept over a restart.

    Args:
        channel: The channel.
        value: ``state[,subtype[,message[,e]]]``; with ``e`` the last two are base64.
        provider: ``CustomPresence:name``.
    """
    kind, _, name = provider.strip().partition(":")
    if kind.lower() != CUSTOM.lower() or not name:
        raise DialplanError(f"PRESENCE_STATE: only {CUSTOM}:name can be set, not {provider!r}")
    new = parse_presence(value)
    if new is None:
        raise DialplanError(f"PRESENCE_STATE: {value!r} is no state")
    await set_presence(channel.pbx, name, new)
