"""``switchroom records verify``: whole records pass, and whatever is taken out or doubled is named."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import json
import random
import shutil
import sqlite3
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switchroom.__main__ import main
from switchroom.channels.local import LocalTechnology
from switchroom.config.asterisk_conf import load_asterisk_conf
from switchroom.node.part import Part
from switchroom.node.parts.call_records import KeptRecords
from switchroom.node.parts.channel_events import ToldEvents
from switchroom.node.parts.queues import Queues
from switchroom.node.parts.record_journal import JournalledChannels
from switchroom.pbx.pbx import Pbx
from switchroom.storage.channel_journal import ChannelJournal, read_journal
from tests.support.calls import Parties
from tests.support.dialplan import make_interpreter
from tests.support.fakes import make_channel, make_pbx, run_virtual

CEL_MAPPING = (
    "[mappings]\nMaster.csv => ${CSV_QUOTE(${eventtype})},${CSV_QUOTE(${CHANNEL(channame)})}"
    ",${CSV_QUOTE(${CHANNEL(uniqueid)})},${CSV_QUOTE(${eventextra})}\n"
)
FILES = {
    "cdr.conf": "[general]\nunanswered=yes\n[csv]\nusegmtime=yes\n",
    "cel.conf": "[general]\nenable=yes\nevents=ALL\napps=dial,queue\n",
    "cel_custom.conf": CEL_MAPPING,
    "queues.conf": "[sales]\nmember => Local/talks@in/n\nretry=1\ntimeout=5\n",
}
DIALPLAN = """\
[in]
exten => talks,1,Answer()
 same => n,Wait(2)
exten => dials,1,Dial(PJSIP/bob,20)
exten => busy,1,Dial(PJSIP/busy&PJSIP/never,3)
exten => through,1,Dial(Local/dials@in,10)
exten => forks,1,Answer()
 same => n,ForkCDR()
 same => n,Dial(Local/talks@in/n)
exten => hidden,1,Set(CDR_PROP(disable)=1)
 same => n,Answer()
exten => queue,1,Queue(sales,,,,8)
exten => nobody,1,NoOp()
exten => conference,1,Answer()
 same => n,Wait(1)
"""
KINDS = ("talks", "dials", "busy", "through", "forks", "hidden", "queue", "nobody", "conference")


def configure(folder: Path, **changes: str) -> None:
    (folder / "asterisk.conf").write_text(
        f"[directories]\nastetcdir => {folder}\nastlogdir => {folder}/log\n"
        f"astspooldir => {folder}/spool\n"
    )
    for name, text in {**FILES, **changes}.items():
        (folder / name).write_text(text)


def run_calls(folder: Path, kinds: tuple[str, ...], *, cut_after: float | None = None) -> None:
    """Calls of these kinds, one after the other has begun; ``cut_after``: as if killed then."""

    async def calls() -> None:
        config = load_asterisk_conf(folder)
        parts: list[Part] = [
            each(config) for each in (KeptRecords, ToldEvents, Queues, JournalledChannels)
        ]
        for part in parts:
            part.read()
        conducts = {"bob": "answer", "busy": "busy", "never": "silent"}
        pbx = make_pbx(
            make_interpreter(DIALPLAN),
            technologies={"LOCAL": LocalTechnology(), "PJSIP": Parties("PJSIP", conducts)},
            directories=config.directories,
            now=lambda: 1_700_000_000.0 + asyncio.get_running_loop().time(),
        )
        async with AsyncExitStack() as stack:
            for part in parts:
                part.open(pbx, stack)
                part.apply(pbx)
            async with pbx:
                for kind in kinds:
                    number = pbx.next_sequence("SIP")
                    pbx.start(
                        make_channel(pbx, name=f"SIP/a-{number:08x}", context="in", extension=kind)
                    )
                    await asyncio.sleep(0.5)
                if cut_after is None:
                    await asyncio.sleep(200)
                    assert pbx.channels == {}
                else:
                    await asyncio.sleep(cut_after)
                    forget_what_comes(pbx)

    run_virtual(calls())


def forget_what_comes(pbx: Pbx) -> None:
    """From here on nothing is written: who kept records hears no events."""
    pbx.events.handlers.clear()


def verify(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    code = main(["records", "verify", "-C", str(folder), "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept")
    configure(folder)
    kinds = [*KINDS, *KINDS]
    random.Random(7).shuffle(kinds)
    run_calls(folder, tuple(kinds))
    return folder


def test_whole_records_pass(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, verdict = verify(kept, capsys)
    assert (code, verdict["gaps"]) == (0, [])
    rows = (kept / "log/cdr-csv/Master.csv").read_text().splitlines()
    assert verdict["call_records"] == len(rows) > 18
    assert verdict["queue_calls"] == 2
    assert verdict["going_on"] == 0
    assert main(["records", "verify", "-C", str(kept)]) == 0
    assert "Nothing is missing." in capsys.readouterr().out


ODBC = "[lab]\nenabled=yes\nurl=sqlite:///{log}/{file}\n"
SQLITE = """\
[master]
table = calls
columns = a, b, c, d
values = '${CDR(channel)}', '${CDR(dstchannel)}', '${CDR(start)}', '${CDR(disposition)}'
"""
TABLES = {
    "cdr_sqlite3_custom.conf": (
        SQLITE,
        "master.db", ("a", "b", "c", "d"),
    ),
    "cdr_adaptive_odbc.conf": (
        "[one]\nconnection=lab\ntable=calls\nusegmtime=yes\nalias start => calldate\n",
        "lab.db", ("channel", "dstchannel", "calldate", "disposition"),
    ),
    "cdr_odbc.conf": (
        "[global]\ndsn=lab\ntable=calls\nusegmtime=yes\n",
        "lab.db", ("channel", "dstchannel", "calldate", "disposition"),
    ),
}  # fmt: skip
NUMBERS = {"NO ANSWER": 0, "FAILED": 2, "BUSY": 4, "ANSWERED": 8, "CONGESTION": 16}


@pytest.mark.parametrize("name", TABLES)
def test_records_in_a_table_are_held_against_the_journal(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(kept, folder)
    text, file, columns = TABLES[name]
    configure(folder, **{"cdr.conf": "[general]\nunanswered=yes\n", name: text,
                         "res_odbc.conf": ODBC.format(log=folder / "log", file=file)})  # fmt: skip
    rows = list(csv.reader((folder / "log/cdr-csv/Master.csv").read_text().splitlines()))
    with contextlib.closing(sqlite3.connect(folder / "log" / file)) as database:
        database.execute(f"CREATE TABLE calls({', '.join(columns)})")  # names of the test's own
        for row in rows:
            values = [row[5], row[6], row[9], row[14]]
            if name == "cdr_odbc.conf":
                values[3] = str(NUMBERS[row[14]])
            database.execute("INSERT INTO calls VALUES (?, ?, ?, ?)", values)
        database.commit()
    code, verdict = verify(folder, capsys)
    assert (code, verdict["gaps"], verdict["call_records"]) == (0, [], len(rows))
    with contextlib.closing(sqlite3.connect(folder / "log" / file)) as database:
        database.execute("DELETE FROM calls WHERE rowid = 3")
        database.commit()
    code, verdict = verify(folder, capsys)
    assert (code, [gap["channel"] for gap in verdict["gaps"]]) == (1, [rows[2][5]])


def damage(kept: Path, file: str, number: int, *, doubles: bool) -> str:
    """Take out a line, or double it; returns the line."""
    path = kept / "log" / file
    lines = path.read_text().splitlines(keepends=True)
    at = number % len(lines)
    changed = [*lines[: at + (1 if doubles else 0)], *lines[at + (0 if doubles else 1) :]]
    path.write_text("".join(changed))
    return lines[at]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(number=st.integers(0, 10_000), doubles=st.booleans())
def test_a_call_record_that_is_missing_or_doubled_is_named(
    kept: Path, capsys: pytest.CaptureFixture[str], number: int, *, doubles: bool
) -> None:
    path = kept / "log/cdr-csv/Master.csv"
    whole = path.read_text()
    try:
        line = damage(kept, "cdr-csv/Master.csv", number, doubles=doubles)
        code, verdict = verify(kept, capsys)
    finally:
        path.write_text(whole)
    (row,) = csv.reader([line])
    (gap,) = verdict["gaps"]
    assert code == 1
    assert gap["channel"] == row[5]
    assert row[14] in gap["missing"]
    assert (row[6] or "nobody") in gap["missing"]
    assert ("instead of" in gap["missing"]) == doubles


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(number=st.integers(0, 10_000))
def test_a_channel_event_that_is_missing_is_named(
    kept: Path, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    path = kept / "log/cel-custom/Master.csv"
    whole = path.read_text()
    try:
        line = damage(kept, "cel-custom/Master.csv", number, doubles=False)
        code, verdict = verify(kept, capsys)
    finally:
        path.write_text(whole)
    event, channel, unique_id, _ = next(csv.reader([line]))
    checked = {"CHAN_START", "HANGUP", "CHAN_END", "BRIDGE_ENTER", "BRIDGE_EXIT", "APP_START",
               "APP_END"}  # fmt: skip
    if event in checked:
        (gap,) = verdict["gaps"]
        assert (code, gap["channel"], gap["unique_id"]) == (1, channel, unique_id)
        assert event in gap["missing"]
    else:  # how often there are others nobody knows
        assert (code, verdict["gaps"]) == (0, [])


def test_a_way_out_of_a_queue_that_is_missing_is_named(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = kept / "log/queue_log"
    whole = path.read_text()
    try:
        lines = whole.splitlines(keepends=True)
        path.write_text("".join(line for line in lines if "|COMPLETE" not in line))
        code, verdict = verify(kept, capsys)
    finally:
        path.write_text(whole)
    assert code == 1
    assert len(verdict["gaps"]) == 2
    assert all("queue" in each["missing"] for each in verdict["gaps"])


@settings(max_examples=20, deadline=None)
@given(kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=8), cut=st.floats(0, 12))
def test_who_was_up_when_the_node_was_killed_is_named_and_nobody_else(
    tmp_path_factory: pytest.TempPathFactory, kinds: list[str], cut: float
) -> None:
    folder = tmp_path_factory.mktemp("killed")
    configure(folder)
    run_calls(folder, tuple(kinds), cut_after=cut)
    runs = read_journal(folder / "spool" / "records")
    up = {each.name for each in runs[0].channels.values() if each.gone_at is None}
    code = main(["records", "verify", "-C", str(folder)])
    assert code == (1 if up else 0)


def test_the_configuration_says_where_records_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of ``cdr_custom.conf`` as well, and of a file without what is needed none."""
    columns = ("disposition", "start", "dstchannel", "channel")
    template = ",".join(f"${{CSV_QUOTE(${{CDR({each})}})}}" for each in columns)
    configure(
        tmp_path,
        **{
            "cdr.conf": "[general]\n",
            "cdr_custom.conf": f"[mappings]\nshort => ${{CDR(src)}}\nlong => x,{template}\n",
            "cel_custom.conf": "[mappings]\nx => ${eventtype}\n",
        },
    )
    run_calls(tmp_path, ("dials", "talks"))
    code, verdict = verify(tmp_path, capsys)
    assert (code, verdict["call_records"], verdict["channel_events"]) == (0, 2, 0)
    damage(tmp_path, "cdr-custom/long", 0, doubles=False)
    assert verify(tmp_path, capsys)[0] == 1


def test_without_a_journal_there_is_nothing_to_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(tmp_path, **{"records.conf": "[journal]\nenabled=no\n"})
    run_calls(tmp_path, ("talks",))
    assert main(["records", "verify", "-C", str(tmp_path)]) == 2
    assert "there is no journal" in capsys.readouterr().err


def test_what_goes_on_is_no_gap(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(tmp_path)
    folder = tmp_path / "spool" / "records"
    journal = ChannelJournal(folder)
    try:
        journal.begin(now=1_700_000_000, keeps_records=True, events=["CHAN_START"])
        journal.born("1.0", "SIP/a-0", now=1_700_000_001)
        code, verdict = verify(tmp_path, capsys)
        assert (code, verdict["going_on"]) == (0, 1)
    finally:
        journal.close()
    code, verdict = verify(tmp_path, capsys)
    assert code == 1
    assert verdict["going_on"] == 0


def test_old_days_go(tmp_path: Path) -> None:
    journal = ChannelJournal(tmp_path, keep=2)
    journal.begin(now=0, keeps_records=True, events=())
    journal.born("1.0", "SIP/a-0", now=1)
    for day in range(1, 5):
        journal.born(f"2.{day}", f"SIP/a-{day}", now=86_400 * day + 1)
    journal.gone("2.4", now=86_400 * 4 + 2)
    journal.close()
    assert len(list(tmp_path.glob("channels-*.jsonl"))) == 2
    (run,) = read_journal(tmp_path)
    assert list(run.channels) == ["2.3", "2.4"]
    assert run.channels["2.4"].gone_at is not None
