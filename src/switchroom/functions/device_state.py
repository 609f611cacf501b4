"""DEVICE_STATE, EXTENSION_STATE and HINT: who is free.

Family: Groups, devices and hints
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel
from switchroom.pbx.states.device_state import (
    CUSTOM,
    DeviceState,
    device_state,
    parse_device_state,
    set_custom_state,
)
from switchroom.pbx.states.hints import Hint, extension_state, find_hint


@function("DEVICE_STATE")
def read_device_state(channel: Channel, device: Rest) -> str:
    """The state of a device.

    UNKNOWN, NOT_INUSE, INUSE, BUSY, INVALID, UNAVAILABLE, RINGING, RINGINUSE or ONHOLD.

    Args:
        channel: The channel.
        device: ``Technology/resource``, or ``Custom:name`` for one that the dialplan sets.

    Examples:
        exten => s,1,Set(DEVICE_STATE(Custom:night)=INUSE)
         same => n,NoOp(${DEVICE_STATE(Custom:night)})  ; => INUSE
         same => n,GotoIf($["${DEVICE_STATE(PJSIP/100)}" = "NOT_INUSE"]?free)
         same => n,Hangup(BUSY)
         same => n(free),Dial(PJSIP/100,20)
    """
    return device_state(channel.pbx, device.strip())


@function("DEVICE_STATE", write=True)
async def write_device_state(channel: Channel, value: str, device: Rest) -> None:
    """Set the state of a device that the dialplan makes up; it is kept over a restart.

    Args:
        channel: The channel.
        value: A state; what is none is UNKNOWN.
        device: ``Custom:name``.
    """
    kind, _, name = device.strip().partition(":")
    if kind.lower() != CUSTOM.lower() or not name:
        raise DialplanError(f"DEVICE_STATE: only Custom:name can be set, not {device!r}")
    await set_custom_state(channel.pbx, name, parse_device_state(value))


def _hint(channel: Channel, text: str) -> Hint | None:
    extension, _, context = text.strip().partition("@")
    return find_hint(channel.pbx, context or "default", extension)


@function("EXTENSION_STATE")
def read_extension_state(channel: Channel, extension: Rest) -> str:
    """The state of an extension's hint; UNKNOWN where it has none.

    Args:
        channel: The channel.
        extension: ``extension[@context]``.

    Examples:
        exten => night,hint,Custom:night
        exten => s,1,Set(DEVICE_STATE(Custom:night)=INUSE)
         same => n,NoOp(${EXTENSION_STATE(night@example)})  ; => INUSE
    """
    hint = _hint(channel, extension)
    return DeviceState.UNKNOWN if hint is None else extension_state(channel.pbx, hint)


@function("HINT")
def read_hint(channel: Channel, extension: str, options: str = "") -> str:
    """The devices of an extension's hint; nothing where it has none.

    Args:
        channel: The channel.
        extension: ``extension[@context]``.
        options: ``n``: the hint's name instead.

    Examples:
        exten => 100,hint,PJSIP/100&Custom:away-100
        exten => s,1,NoOp(${HINT(100@example)})  ; => PJSIP/100&Custom:away-100
         same => n,Dial(${CUT(HINT(100@example),&,1)},20)
    """
    hint = _hint(channel, extension)
    if hint is None:
        return ""
    return hint.name if "n" in options else hint.text
