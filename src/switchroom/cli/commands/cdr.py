"""``cdr …``: how call records are kept, those of the calls that go on, and batches."""

from __future__ import annotations

import time
from collections.abc import Iterable

from switchroom.cli.commands.channels import channel_names
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.pbx.records.cdr_batch import RecordBatch
from switchroom.pbx.records.cdr_recorder import CallRecords
from switchroom.storage.call_record import CallRecord, billed_seconds

_COLUMNS = (
    f"{'Channel':<25} {'Dst. Channel':<25} {'LastApp':<15} {'Start':<8} {'Answer':<8}"
    f" {'End':<8} {'Billsec':<8} {'Duration':<8}\n"
)


def _yes_no(value: bool) -> str:  # noqa: FBT001  # what is printed
    return "Yes" if value else "No"


def _underlined(title: str) -> str:
    return f"{title}\n{'-' * len(title)}\n"


@command("cdr show status")
def show_status(context: CliContext, arguments: Arguments) -> str:
    """Show which call records are kept, and where they go."""
    if arguments:
        raise UsageError
    records = context.pbx.datastore(CallRecords)
    rules, batch = records.rules, records.batch
    lines = [
        "\n",
        f"Call Detail Record (CDR) settings\n{'-' * 34}\n",
        f"  Logging:                    {'Enabled' if records.is_on else 'Disabled'}\n",
        f"  Mode:                       {'Batch' if batch.size > 1 else 'Simple'}\n",
    ]
    if not records.is_on:
        return "".join([*lines, "\n"])
    lines += [
        f"  Log calls by default:       {_yes_no(rules.records_by_default)}\n",
        f"  Log unanswered calls:       {_yes_no(rules.keeps_unanswered)}\n",
        f"  Log congestion:             {_yes_no(rules.tells_congestion)}\n\n",
        f"  Ignore bridging changes:    {_yes_no(not rules.heeds_bridges)}\n\n",
        f"  Ignore dial state changes:  {_yes_no(not rules.heeds_dials)}\n\n",
        f"  Cancel disposition enabled: {_yes_no(rules.tells_cancel)}\n\n",
    ]
    if batch.size > 1:
        lines += _batch_lines(batch)
    names = [backend.name for backend in batch.backends] or ["(none)"]
    lines += ["* Registered Backends\n", "  -------------------\n"]
    return "".join([*lines, *(f"    {name}\n" for name in names), "\n"])


def _batch_lines(batch: RecordBatch) -> list[str]:
    kept = len(batch.kept)
    return [
        "* Batch Mode Settings\n",
        "  -------------------\n",
        f"  Current batch size:         {kept} record{'' if kept == 1 else 's'}\n",
        f"  Maximum batch size:         {batch.size} records\n",
        f"  Maximum batch time:         {batch.within:.0f} seconds\n",
        f"  Next batch processing time: {batch.seconds_left:.0f} seconds\n\n",
    ]


def _channels(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return channel_names(context, arguments)


@command("cdr show active", "cdr show active [channel]", complete=_channels)
def show_active(context: CliContext, arguments: Arguments) -> str:
    """List the newest record of each channel, or show the one of a channel whole."""
    if len(arguments) > 1:
        raise UsageError
    recorder = context.pbx.datastore(CallRecords).recorder
    now = context.clock()
    if arguments:
        record = recorder.book.newest(arguments[0]) if recorder is not None else None
        if record is None:
            raise CommandFailedError(f"There is no call record of {arguments[0]}")
        return _whole(record, now)
    title = _underlined("Channels with Call Detail Record (CDR) Information")
    rows = [] if recorder is None else [_row(each, now) for each in recorder.book.open_records()]
    return "".join(["\n", title, _COLUMNS, *rows])


def _clock(moment: float | None) -> str:
    if moment is None:
        return ""
    return time.strftime("%H:%M:%S", time.localtime(moment))


def _row(record: CallRecord, now: float) -> str:
    billed = billed_seconds(record.talked(now), initiated=False)
    return (
        f"{record.channel:<25.25} {record.dstchannel or '<none>':<25.25} {record.lastapp:<15.15}"
        f" {_clock(record.start):<8} {_clock(record.answer):<8} {_clock(record.end):<8}"
        f" {billed:<8} {int(record.duration(now)):<8}\n"
    )


def _whole(record: CallRecord, now: float) -> str:
    fields = {
        "Channel": record.channel,
        "Dst. Channel": record.dstchannel or "<none>",
        "Caller": record.clid,
        "Destination": f"{record.dst}@{record.dcontext}",
        "LastApp": f"{record.lastapp}({record.lastdata})",
        "Start": _clock(record.start),
        "Answer": _clock(record.answer),
        "End": _clock(record.end),
        "Billsec": str(int(record.talked(now))),
        "Duration": str(int(record.duration(now))),
        "Disposition": str(record.disposition),
        "AMA flags": record.amaflags,
        "Account": record.accountcode,
        "Unique id": record.uniqueid,
        "Linked id": record.linkedid,
        "User field": record.userfield,
        "Sequence": str(record.sequence),
        **{f"CDR({name})": value for name, value in record.variables.items()},
    }
    title = _underlined(f"Call Detail Record of {record.channel}")
    return "".join(
        ["\n", title, *(f"  {name + ':':<14} {value}\n" for name, value in fields.items())]
    )


@command("cdr submit")
def submit(context: CliContext, arguments: Arguments) -> str:
    """Hand the records of the batch on to the backends now."""
    if arguments:
        raise UsageError
    batch = context.pbx.datastore(CallRecords).batch
    if batch.size <= 1:
        raise CommandFailedError("Each record is handed on at once: batch mode is off")
    count = batch.submit()
    return f"{count} record{'' if count == 1 else 's'} handed on\n"
