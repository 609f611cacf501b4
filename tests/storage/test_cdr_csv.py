"""Call records as CSV files."""

from __future__ import annotations

import csv
import subprocess
import sys
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path

import pytest

from switchroom.storage.call_record import CallRecord, Disposition
from switchroom.storage.cdr_csv import CdrCsv, CsvColumns, csv_line
from tests.storage.cdr_writer_process import RECORD

WRITER = Path(__file__).with_name("cdr_writer_process.py")
UTC = CsvColumns(in_utc=True)


def test_a_line() -> None:
    assert csv_line(RECORD, UTC) == (
        '"sales","100","200","internal","""Alice"" <100>","PJSIP/a-00000001","PJSIP/b-00000002",'
        '"Dial","PJSIP/b,20","2025-01-01 00:00:00","2025-01-01 00:00:05","2025-01-01 00:01:05",'
        '65,60,"ANSWERED","DOCUMENTATION"\n'
    )


def test_more_columns() -> None:
    columns = replace(UTC, unique_id=True, user_field=True, new_columns=True)
    plain = csv_line(RECORD, UTC).rstrip("\n")
    assert csv_line(RECORD, columns) == (
        f'{plain},"1735689600.7","order 1","support","1735689600.6",12\n'
    )


def test_an_instant_that_never_was_is_empty() -> None:
    line = csv_line(replace(RECORD, answer=None, disposition=Disposition.BUSY), UTC)
    cells = next(csv.reader([line]))
    assert (cells[10], cells[13], cells[14]) == ("", "0", "BUSY")


def test_seconds_that_have_begun_can_be_billed() -> None:
    record = replace(RECORD, end=RECORD.start + 65.2)
    assert next(csv.reader([csv_line(record)]))[13] == "60"
    assert next(csv.reader([csv_line(record, replace(UTC, bills_initiated=True))]))[13] == "61"


def test_a_text_cannot_break_a_line() -> None:
    line = csv_line(replace(RECORD, userfield='a"b\r\nc,d'), replace(UTC, user_field=True))
    assert line.count("\n") == 1
    assert next(csv.reader([line]))[16] == 'a"b  c,d'


def test_master_and_account_files(tmp_path: Path) -> None:
    files = CdrCsv(tmp_path / "cdr-csv", UTC)
    for account in ("sales", "", "support", "sales"):
        files.write(replace(RECORD, accountcode=account)).result(timeout=10)
    files.close()
    lines = {path.name: path.read_text().count("\n") for path in (tmp_path / "cdr-csv").iterdir()}
    assert lines == {"Master.csv": 4, "sales.csv": 2, "support.csv": 1}


@pytest.mark.parametrize("account", ["../etc/passwd", ".hidden", "a/b", "Master", "a\0b"])
def test_an_account_that_is_no_file_name_has_no_file(tmp_path: Path, account: str) -> None:
    files = CdrCsv(tmp_path, UTC)
    files.write(replace(RECORD, accountcode=account)).result(timeout=10)
    files.close()
    assert [path.name for path in tmp_path.iterdir()] == ["Master.csv"]
    assert (tmp_path / "Master.csv").read_text().count("\n") == 1


def test_accounts_may_have_no_files(tmp_path: Path) -> None:
    files = CdrCsv(tmp_path, UTC, by_account=False)
    files.write(RECORD).result(timeout=10)
    files.close()
    assert [path.name for path in tmp_path.iterdir()] == ["Master.csv"]


def test_what_no_disk_takes_is_told_and_not_acknowledged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cdr-csv").write_text("a file where the folder should be")
    files = CdrCsv(tmp_path / "cdr-csv", UTC)
    written = files.write(RECORD)
    files.close()
    with pytest.raises(CancelledError):
        written.result(timeout=10)
    assert "1 call records are lost" in caplog.text


@pytest.mark.slow
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, WRITER, tmp_path], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        acknowledged = [writer.stdout.readline().strip() for _ in range(300)]
        writer.kill()
        acknowledged += [line.strip() for line in writer.stdout if line.endswith("\n")]
    rows = list(csv.reader((tmp_path / "Master.csv").read_text().splitlines()))
    assert {len(row) for row in rows} == {17}
    assert set(acknowledged) <= {row[16] for row in rows}


def _fields(record: CallRecord) -> int:
    return len(next(csv.reader([csv_line(record)])))


def test_columns_are_sixteen() -> None:
    assert _fields(RECORD) == 16
