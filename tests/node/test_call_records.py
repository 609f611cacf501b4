"""Call records from ``cdr.conf`` to the CSV files, of calls in a core of its own."""

from __future__ import annotations

import asyncio
import csv
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from switchroom.channels.local import LocalTechnology
from switchroom.config.asterisk_conf import Directories
from switchroom.config.language.reader import parse_config
from switchroom.config.records.cdr import read_cdr
from switchroom.node.parts.call_records import change_rules, keep_records
from switchroom.pbx.events import NewExtension
from switchroom.pbx.originate import Origination, RunApplication, originate
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.records.cdr_recorder import CallRecords
from tests.support.dialplan import make_interpreter
from tests.support.fakes import make_channel, make_pbx, run_virtual

CSV = "[csv]\nloguniqueid=yes\nloguserfield=yes\nnewcdrcolumns=yes\n"
DIALPLAN = """\
[in]
exten => answers,1,Set(CHANNEL(accountcode)=sales)
 same => n,Set(CDR(userfield)=order "1", paid)
 same => n,Set(CDR_PROP(disable)=0)
 same => n,Answer()
exten => hidden,1,NoCDR()
 same => n,Answer()
exten => forks,1,Answer()
 same => n,Set(CDR(userfield)=first)
 same => n,ForkCDR(er)
 same => n,Dial(Local/busy@in/n,5)
exten => busy,1,Busy(1)
exten => reads,1,Answer()
 same => n,Dial(Local/busy@in/n,5)
 same => n,Set(GLOBAL(SEEN)=${CDR(dstchannel):0:14} ${CDR(disposition)} ${CDR(disposition,u)})
 same => n,Set(GLOBAL(OPEN)=${CDR(lastapp)} ${CDR(dst)} ${CDR(disposition,u)} ${CDR(sequence)})
exten => h,1,Set(GLOBAL(END)=${CDR(lastapp)} ${CDR(disposition)} ${LEN(${CDR(end)})})
"""


def records_of(
    conf: str, folder: Path, extension: str, *, account: str = "Master"
) -> tuple[list[list[str]], Pbx]:
    """The CSV rows of a call to ``extension``."""

    async def main() -> Pbx:
        async with AsyncExitStack() as stack:
            pbx = make_pbx(
                make_interpreter(DIALPLAN),
                technologies={"LOCAL": LocalTechnology()},
                directories=Directories(astlogdir=folder),
                now=asyncio.get_running_loop().time,
            )
            keep_records(pbx, read_cdr(parse_config(conf)), stack)
            await stack.enter_async_context(pbx)
            await originate(
                pbx, Origination(f"Local/{extension}@in/n", RunApplication("Wait", "30"))
            )
            await asyncio.sleep(60)
            assert pbx.channels == {}
        return pbx

    pbx = run_virtual(main())
    path = folder / "cdr-csv" / f"{account}.csv"
    return list(csv.reader(path.read_text().splitlines())) if path.exists() else [], pbx


def test_a_call_has_its_lines_in_the_files(tmp_path: Path) -> None:
    rows, _ = records_of(CSV, tmp_path, "answers")
    assert {len(row) for row in rows} == {21}
    row = next(row for row in rows if row[0] == "sales")
    assert row[2:4] == ["answers", "in"]
    assert row[5].endswith(";2")
    assert row[7] == "Answer"
    assert row[14:16] == ["ANSWERED", "DOCUMENTATION"]
    assert row[17] == 'order "1", paid'
    only, _ = records_of(CSV, tmp_path / "again", "answers", account="sales")
    assert [each[0] for each in only] == ["sales"]


@pytest.mark.parametrize(
    "conf", ["", "[general]\nunanswered=yes\n", "[general]\nenable=no\n" + CSV]
)
def test_who_keeps_no_records_hears_no_events(conf: str, tmp_path: Path) -> None:
    rows, pbx = records_of(conf, tmp_path, "answers")
    assert rows == []
    assert not pbx.events.wants(NewExtension)
    assert not list(tmp_path.iterdir())


def test_a_channel_can_have_no_record(tmp_path: Path) -> None:
    rows, _ = records_of(CSV, tmp_path, "hidden")
    assert [row[5][-2:] for row in rows] == [";1"]


def test_only_channels_that_ask_for_it_have_one(tmp_path: Path) -> None:
    conf = "[general]\nchanneldefaultenabled=no\n" + CSV
    rows, _ = records_of(conf, tmp_path, "answers")
    assert [row[5][-2:] for row in rows] == [";2"]


def test_a_forked_record_goes_on_beside_the_first(tmp_path: Path) -> None:
    rows, _ = records_of(CSV, tmp_path, "forks")
    found = [row for row in rows if row[2] == "forks" and row[5].endswith(";2")]
    assert [(row[7], row[14], bool(row[6])) for row in found] == [
        ("ForkCDR", "ANSWERED", False),
        ("Dial", "BUSY", True),
    ]


def test_the_dialplan_reads_its_record(tmp_path: Path) -> None:
    _, pbx = records_of(CSV, tmp_path, "reads")
    seen = pbx.global_variables
    assert seen["SEEN"] == "Local/busy@in- BUSY 4"
    # What is executed after a dial that came to nothing has a record of its own.
    assert seen["OPEN"].startswith("Set reads 0 ")
    assert seen["END"] == "Set ANSWERED 19"


def test_a_batch_is_written_when_the_node_ends(tmp_path: Path) -> None:
    conf = "[general]\nbatch=yes\nsize=50\n" + CSV
    rows, pbx = records_of(conf, tmp_path, "answers")
    assert len(rows) == 2
    assert pbx.datastore(CallRecords).batch.size == 50


def test_rules_can_be_changed_while_calls_go_on(tmp_path: Path) -> None:
    async def main() -> None:
        async with AsyncExitStack() as stack:
            pbx = make_pbx(directories=Directories(astlogdir=tmp_path))
            keep_records(pbx, read_cdr(parse_config("[general]\nbatch=yes\n" + CSV)), stack)
            await stack.enter_async_context(pbx)
            make_channel(pbx).finish()
            records = pbx.datastore(CallRecords)
            change_rules(pbx, read_cdr(parse_config("[general]\nbatch=yes\nunanswered=yes\n")))
            make_channel(pbx).finish()
            assert len(records.batch.kept) == 1
            change_rules(pbx, read_cdr(parse_config("")))
            assert records.batch.kept == []

    run_virtual(main())
    assert (tmp_path / "cdr-csv" / "Master.csv").read_text().count("\n") == 1
