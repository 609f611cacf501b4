"""Call records as CSV files: ``Master.csv`` for all, and one file for each account.

A record that is acknowledged is in the master file, whole, whatever ends the process then; the
accounts' files come after it.
"""

from __future__ import annotations

import time
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from switchroom.storage.call_record import CallRecord, billed_seconds
from switchroom.storage.line_files import LineFiles, is_plain_name

MASTER = "Master.csv"


@dataclass(frozen=True, slots=True)
class CsvColumns:
    """Which columns there are, and how times and seconds are written."""

    in_utc: bool = False
    unique_id: bool = False
    user_field: bool = False
    new_columns: bool = False  #: the peer's account, the linked id and the sequence
    bills_initiated: bool = False  #: a second that has begun is billed


def csv_line(record: CallRecord, columns: CsvColumns = CsvColumns()) -> str:
    """One record as a line, its end included; texts are quoted, numbers are not."""
    end = record.start if record.end is None else record.end
    billed = billed_seconds(record.talked(end), initiated=columns.bills_initiated)
    cells = [
        _quoted(record.accountcode),
        _quoted(record.src),
        _quoted(record.dst),
        _quoted(record.dcontext),
        _quoted(record.clid),
        _quoted(record.channel),
        _quoted(record.dstchannel),
        _quoted(record.lastapp),
        _quoted(record.lastdata),
        _moment(record.start, columns),
        _moment(record.answer, columns),
        _moment(record.end, columns),
        str(int(record.duration(end))),
        str(billed),
        _quoted(record.disposition),
        _quoted(record.amaflags),
    ]
    if columns.unique_id:
        cells.append(_quoted(record.uniqueid))
    if columns.user_field:
        cells.append(_quoted(record.userfield))
    if columns.new_columns:
        cells += [_quoted(record.peeraccount), _quoted(record.linkedid), str(record.sequence)]
    return ",".join(cells) + "\n"


def _quoted(text: str) -> str:
    # A line is a record: what would break it becomes a blank.
    plain = text.replace('"', '""').replace("\r", " ").replace("\n", " ")
    return f'"{plain}"'


def _moment(moment: float | None, columns: CsvColumns) -> str:
    if moment is None:
        return '""'
    broken_down = time.gmtime(moment) if columns.in_utc else time.localtime(moment)
    return time.strftime('"%Y-%m-%d %H:%M:%S"', broken_down)


class CdrCsv:
    """The CSV files of a folder; safe to use from any thread.

    Args:
        folder: Made when absent.
        columns: What a line holds.
        by_account: There is a file for each account too.
    """

    name = "csv"

    def __init__(
        self, folder: Path, columns: CsvColumns = CsvColumns(), *, by_account: bool = True
    ) -> None:
        self._columns = columns
        self._by_account = by_account
        self._files = LineFiles(folder, "call records")

    def write(self, record: CallRecord) -> Future[None]:
        """Take a record; what is returned is done when it is on disk."""
        account = record.accountcode
        has_file = self._by_account and is_plain_name(account) and account.lower() != "master"
        return self._files.write(
            MASTER,
            csv_line(record, self._columns),
            further=(f"{account}.csv",) if has_file else (),
        )

    def close(self) -> None:
        """Write what there is and end; what cannot be written now is lost, and told."""
        self._files.close()
