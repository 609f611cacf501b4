"""One channel as ``core show channel`` prints it."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.base.text import leading_int
from switchroom.cli.bridge_view import bridge_ids
from switchroom.dialplan.absolute_timeout import AbsoluteTimeout
from switchroom.functions.cdr import record_of
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_settings import AmaFlag, ChannelSettings
from switchroom.pbx.technology import HasAudioFormat
from switchroom.storage.call_record import Disposition

NONE = "(N/A)"


def channel_text(channel: Channel, now: float) -> str:
    """All there is to say of it.

    Args:
        channel: The channel.
        now: By the wall clock.
    """
    return "".join(
        [
            *_titled(" -- General --", _general(channel, now)),
            *_titled(" --   PBX   --", _dialplan(channel)),
            "      Variables:\n",
            *(f"{name}={value}\n" for name, value in channel.variables.items()),
            "  CDR Variables:\n",
            *(f"level 1: {name}={value}\n" for name, value in _record(channel)),
            "\n -- Streams --\n",
            *_streams(channel),
        ]
    )


def _titled(title: str, fields: Iterator[tuple[str, str]]) -> Iterator[str]:
    yield f"{title}\n"
    for name, value in fields:
        yield f"{name:>15}: {value}\n"


def _general(channel: Channel, now: float) -> Iterator[tuple[str, str]]:
    caller, connected = channel.caller, channel.connected
    audio = _audio_format(channel)
    yield "Name", channel.name
    yield "Type", channel.name.partition("/")[0]
    yield "UniqueID", channel.unique_id
    yield "LinkedID", channel.linked_id
    yield "Caller ID", caller.number or NONE
    yield "Caller ID Name", caller.name or NONE
    yield "Connected Line ID", connected.number or NONE
    yield "Connected Line ID Name", connected.name or NONE
    yield "Eff. Connected Line ID", connected.number or NONE
    yield "Eff. Connected Line ID Name", connected.name or NONE
    yield "DNID Digits", caller.dnid or NONE
    yield "Language", channel.language
    yield "State", f"{channel.state.text} ({int(channel.state)})"
    yield "NativeFormats", f"({audio})"
    yield "WriteFormat", audio
    yield "ReadFormat", audio
    yield "WriteTranscode", "No "
    yield "ReadTranscode", "No "
    yield "Time to Hangup", str(round(channel.datastore(AbsoluteTimeout).left))
    yield "Elapsed Time", _elapsed(now - channel.created_at)
    yield "Bridge ID", bridge_ids(channel.pbx).get(channel.name, "(Not bridged)")


def _dialplan(channel: Channel) -> Iterator[tuple[str, str]]:
    settings = channel.datastore(ChannelSettings)
    call = leading_int(channel.linked_id.rpartition(".")[2]) or 0
    yield "Context", channel.context
    yield "Extension", channel.extension
    yield "Priority", str(channel.priority)
    yield "Call Group", _mask(settings.call_groups)
    yield "Pickup Group", _mask(settings.pickup_groups)
    yield "Application", channel.application or NONE
    yield "Data", channel.data or "(None)"
    yield " Call Identifier", f"[C-{call:08x}]"


def _mask(groups: frozenset[int]) -> str:
    """Groups as the bits of a number."""
    return str(sum(1 << group for group in groups))


def _record(channel: Channel) -> Iterator[tuple[str, str]]:
    """The call record, raw; what is empty is left out."""
    record = record_of(channel)
    is_up = record.answer is not None and record.end is None
    disposition = Disposition.ANSWERED if is_up else record.disposition
    fields = {
        "clid": record.clid, "src": record.src, "dst": record.dst, "dcontext": record.dcontext,
        "channel": record.channel, "dstchannel": record.dstchannel, "lastapp": record.lastapp,
        "lastdata": record.lastdata, "start": f"{record.start:.6f}",
        "answer": f"{record.answer or 0:.6f}", "end": f"{record.end or 0:.6f}",
        # Asterisk: of a record that is open they are not counted here (22).
        "duration": str(int(record.duration(record.end or record.start))),
        "billsec": str(int(record.talked(record.end or record.start))),
        "disposition": str(disposition.number),
        "amaflags": str(int(AmaFlag[record.amaflags])),
        "accountcode": record.accountcode, "peeraccount": record.peeraccount,
        "uniqueid": record.uniqueid, "linkedid": record.linkedid, "userfield": record.userfield,
        "sequence": str(record.sequence),
    }  # fmt: skip
    yield from ((name, value) for name, value in fields.items() if value)
    yield from record.variables.items()


def _streams(channel: Channel) -> Iterator[str]:
    yield "Name: audio-0\n"
    yield "    Type: audio\n"
    yield "    State: sendrecv\n"
    yield "    Group: -1\n"
    yield f"    Formats: ({_audio_format(channel)})\n"
    yield "    Metadata:\n"


def _audio_format(channel: Channel) -> str:
    driver = channel.driver
    return driver.audio_format if isinstance(driver, HasAudioFormat) else "slin"


def _elapsed(seconds: float) -> str:
    minutes, second = divmod(max(0, int(seconds)), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}h{minute}m{second}s"
