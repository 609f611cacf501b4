"""CDR: the call record as it stands now.

Family: Channels and calls
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.dialplan.assignment import assign
from switchroom.dialplan.options import option
from switchroom.dialplan.parties import full_text
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_settings import ChannelSettings
from switchroom.pbx.record_properties import RecordProperties, RecordVariables


@dataclass(frozen=True, slots=True)
class CdrOptions:
    """Option letters of CDR."""

    fraction: bool = option("f", "Times and spans with microseconds, times since 1970.")
    raw: bool = option("u", "Times as seconds since 1970; numbers instead of names.")


#: Asterisk: a record says ANSWERED when it is closed, whatever has happened before (22).
_DISPOSITION = "NO ANSWER"


def _disposition(channel: Channel) -> str:
    return "ANSWERED" if channel.is_hung_up and channel.answered_at else _DISPOSITION


_TEXTS: Mapping[str, Callable[[Channel], str]] = MappingProxyType(
    {
        "clid": lambda channel: full_text(channel.caller),
        "src": lambda channel: channel.caller.number,
        "dst": lambda channel: channel.extension,
        "dcontext": lambda channel: channel.context,
        "channel": lambda channel: channel.name,
        "dstchannel": lambda channel: "",
        "lastapp": lambda channel: channel.application,
        "lastdata": lambda channel: channel.data,
        "disposition": _disposition,
        "accountcode": lambda channel: channel.account_code,
        "peeraccount": lambda channel: channel.datastore(ChannelSettings).peer_account,
        "userfield": lambda channel: channel.datastore(ChannelSettings).user_field,
        "tenantid": lambda channel: channel.datastore(ChannelSettings).tenant_id,
        "uniqueid": lambda channel: channel.unique_id,
        "linkedid": lambda channel: channel.linked_id,
        "sequence": lambda channel: channel.unique_id.rpartition(".")[2],
    }
)
_TIMES: Mapping[str, Callable[[Channel], float | None]] = MappingProxyType(
    {
        "start": lambda channel: channel.created_at,
        "answer": lambda channel: channel.answered_at,
        "end": lambda channel: None,
    }
)
_SPANS: Mapping[str, Callable[[Channel], float | None]] = MappingProxyType(
    {"duration": lambda channel: channel.created_at, "billsec": lambda channel: channel.answered_at}
)
#: Fields that are set on the channel itself.
_WRITABLE = {"accountcode", "userfield", "amaflags", "peeraccount", "tenantid"}


def _time_text(moment: float | None, options: CdrOptions) -> str:
    if moment is None:
        return "0.000000" if options.raw or options.fraction else ""
    if options.raw or options.fraction:
        return f"{moment:.6f}"
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(moment))


@function("CDR")
def cdr(channel: Channel, name: str, options: CdrOptions = CdrOptions()) -> str:
    """A field of the call record as it stands now, or a variable that was added to it.

    Args:
        channel: The channel.
        name: ``clid``, ``src``, ``dst``, ``dcontext``, ``channel``, ``dstchannel``, ``lastapp``,
            ``lastdata``, ``start``, ``answer``, ``end``, ``duration``, ``billsec``,
            ``disposition``, ``amaflags``, ``accountcode``, ``uniqueid``, ``linkedid``,
            ``userfield``, ``sequence``, or a variable.
        options: Option letters, for reading.

    Examples:
        Set(CDR(userfield)=order 4711)
        Set(CDR(team)=sales)
        NoOp(${CDR(userfield)} ${CDR(team)})  ; => order 4711 sales

        exten => s,1,Dial(PJSIP/100,20)
        exten => h,1,NoOp(talked for ${CDR(billsec,f)} seconds)
    """
    field = name.strip().lower()
    if field in _TEXTS:
        return _TEXTS[field](channel)
    if field in _TIMES:
        return _time_text(_TIMES[field](channel), options)
    if field in _SPANS:
        began = _SPANS[field](channel)
        span = channel.pbx.now() - began if began is not None else 0.0
        return f"{span:.6f}" if options.fraction else str(int(span))
    if field == "amaflags":
        flag = channel.datastore(ChannelSettings).ama_flag
        return str(int(flag)) if options.raw else flag.name
    return channel.datastore(RecordVariables).get(field, "")


@function("CDR_PROP", write=True)
def set_cdr_property(channel: Channel, value: str, name: str) -> None:
    """Set how this channel is recorded.

    Args:
        channel: The channel.
        value: 1 or 0.
        name: ``disable``: it gets no record; ``party_a``: where it is bridged, its record counts.

    Examples:
        ; internal calls cost nothing
        Set(CDR_PROP(disable)=1)
    """
    properties = channel.datastore(RecordProperties)
    is_on = bool(leading_int(value))
    match name.strip().lower():
        case "disable":
            properties.is_disabled = is_on
        case "party_a":
            properties.is_party_a = is_on
        case _:
            raise DialplanError(f"CDR_PROP: {name!r} is neither disable nor party_a")


@function("CDR", write=True)
async def set_cdr(channel: Channel, value: str, name: str, options: str = "") -> None:
    """Set a field of the call record, or add a variable to it.

    Args:
        channel: The channel.
        value: The value.
        name: ``accountcode``, ``userfield``, ``amaflags``, or a variable; what the call itself
            says cannot be set.
        options: Option letters, for reading.
    """
    field = name.strip().lower()
    if field in _WRITABLE:
        waiting = assign(channel, f"CHANNEL({field})", value)
        assert waiting is None
    elif field in _TEXTS or field in _TIMES or field in _SPANS:
        raise DialplanError(f"CDR: {name!r} cannot be set")
    else:
        channel.datastore(RecordVariables)[field] = value
