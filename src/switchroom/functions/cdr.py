"""CDR: the call record as it stands now.

Family: Channels and calls
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.dialplan.assignment import assign
from switchroom.dialplan.options import option
from switchroom.dialplan.parties import full_text
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_settings import ChannelSettings
from switchroom.pbx.records.cdr_recorder import CallRecords, recorder_of
from switchroom.pbx.records.properties import (
    FinishedRecord,
    RecordProperties,
    RecordVariables,
)
from switchroom.storage.call_record import CallRecord, Disposition, billed_seconds


@dataclass(frozen=True, slots=True)
class CdrOptions:
    """Option letters of CDR."""

    fraction: bool = option("f", "Times and spans with microseconds, times since 1970.")
    raw: bool = option("u", "Times as seconds since 1970; numbers instead of names.")


_TEXTS = frozenset(
    {
        "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata",
        "accountcode", "peeraccount", "userfield", "tenantid", "uniqueid", "linkedid", "sequence",
    }
)  # fmt: skip
_TIMES = frozenset({"start", "answer", "end"})
_SPANS = frozenset({"duration", "billsec"})
#: Fields that are set on the channel itself.
_WRITABLE = {"accountcode", "userfield", "amaflags", "peeraccount", "tenantid"}


def record_of(channel: Channel) -> CallRecord:
    """The newest record of a channel, or what it would say where nobody keeps records."""
    if (finished := channel.datastore(FinishedRecord).record) is not None:
        return finished
    recorder = recorder_of(channel.pbx)
    record = recorder.book.newest(channel.name) if recorder is not None else None
    if record is not None:
        return record
    settings = channel.datastore(ChannelSettings)
    is_over = channel.is_hung_up and channel.answered_at is not None
    return CallRecord(
        clid=full_text(channel.caller),
        src=channel.caller.number,
        dst=channel.extension,
        dcontext=channel.context,
        channel=channel.name,
        dstchannel="",
        lastapp=channel.application,
        lastdata=channel.data,
        start=channel.created_at,
        answer=channel.answered_at,
        end=None,
        # Asterisk: a record says ANSWERED when it is closed, whatever has happened before (22).
        disposition=Disposition.ANSWERED if is_over else Disposition.NO_ANSWER,
        amaflags=settings.ama_flag.name,
        accountcode=channel.account_code,
        peeraccount=settings.peer_account,
        tenantid=settings.tenant_id,
        uniqueid=channel.unique_id,
        linkedid=channel.linked_id,
        userfield=settings.user_field,
        sequence=leading_int(channel.unique_id.rpartition(".")[2]) or 0,
    )


def _disposition(record: CallRecord, options: CdrOptions) -> str:
    if not options.raw:
        return str(record.disposition)
    return "0" if record.end is None else str(record.disposition.number)


def _span_text(channel: Channel, record: CallRecord, field: str, options: CdrOptions) -> str:
    now = channel.pbx.now()
    span = record.duration(now) if field == "duration" else record.talked(now)
    if options.fraction:
        return f"{span:.6f}"
    initiated = field == "billsec" and channel.pbx.datastore(CallRecords).bills_initiated
    return str(billed_seconds(span, initiated=initiated))


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
    record = record_of(channel)
    if field in _TEXTS:
        return str(getattr(record, field))
    if field in _TIMES:
        return _time_text(getattr(record, field), options)
    if field in _SPANS:
        return _span_text(channel, record, field, options)
    if field == "disposition":
        return _disposition(record, options)
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
    elif field in _TEXTS | _TIMES | _SPANS | {"disposition"}:
        raise DialplanError(f"CDR: {name!r} cannot be set")
    else:
        channel.datastore(RecordVariables)[field] = value
