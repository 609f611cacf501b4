"""``cdr_custom.conf`` and ``cdr_syslog.conf``: call records as somebody wants them."""

from __future__ import annotations

import asyncio
import csv
import json
import syslog
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.channels.local import LocalTechnology
from switchroom.config.asterisk_conf import AsteriskConfig, Directories
from switchroom.config.language.reader import parse_config
from switchroom.config.records.cdr_syslog import read_cdr_syslog
from switchroom.config.records.mappings import read_record_mappings
from switchroom.node.parts.call_records import KeptRecords
from switchroom.node.record_files import CdrSyslog
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.records.cdr_recorder import CallRecords
from switchroom.storage.call_record import CallRecord, Disposition
from tests.support.calls import Parties
from tests.support.dialplan import make_interpreter
from tests.support.fakes import make_channel, make_pbx, run_virtual

#: As the original's sample has it, and a file of our own.
CUSTOM = (
    "[mappings]\nMaster.csv => "
    + ",".join(
        f"${{CSV_QUOTE(${{CDR({each})}})}}"
        for each in (
            "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata",
            "start", "answer", "end", "duration", "billsec", "disposition", "amaflags",
            "accountcode", "uniqueid", "userfield", "sequence",
        )
    )
    + "\nSimple.csv => ${CSV_QUOTE(${EPOCH})},${CDR(src)}->${CDR(dst)} ${CDR(billsec,f)}"
    + " ${CDR(order)} ${CDR(disposition,u)} ${CHANNEL(userfield)} $[${CDR(duration)} > 30]\n"
)  # fmt: skip
DIALPLAN = """\
[in]
exten => talks,1,Set(CALLERID(all)=Ann <100>)
 same => n,Set(CDR(order)=4711)
 same => n,Set(CDR(userfield)="x", y)
 same => n,Set(CHANNEL(amaflags)=BILLING)
 same => n,Dial(PJSIP/bob,20)
"""
RECORD = CallRecord(
    clid="", src="100", dst="200", dcontext="in", channel="PJSIP/a-1", dstchannel="", lastapp="",
    lastdata="", start=0, answer=None, end=9, disposition=Disposition.BUSY, amaflags="BILLING",
    accountcode="", peeraccount="", tenantid="", uniqueid="", linkedid="", userfield="",
    sequence=0,
)  # fmt: skip


def call(folder: Path, **files: str) -> Pbx:
    etc = folder / "etc"
    etc.mkdir()
    for name, text in files.items():
        (etc / f"{name}.conf").write_text(text)

    async def main() -> Pbx:
        directories = Directories(astetcdir=etc, astlogdir=folder / "log", astspooldir=folder)
        part = KeptRecords(AsteriskConfig(directories=directories))
        part.read()
        pbx = make_pbx(
            make_interpreter(DIALPLAN),
            technologies={"LOCAL": LocalTechnology(), "PJSIP": Parties("PJSIP", {"bob": "answer"})},
            directories=directories,
            now=lambda: 1_700_000_000.25 + asyncio.get_running_loop().time(),
        )
        async with AsyncExitStack() as stack:
            part.open(pbx, stack)
            part.apply(pbx)
            async with pbx:
                pbx.start(make_channel(pbx, context="in", extension="talks"))
                await asyncio.sleep(200)
        return pbx

    return run_virtual(main())


def test_lines_as_they_are_written(tmp_path: Path) -> None:
    pbx = call(tmp_path, cdr="[general]\n", cdr_custom=CUSTOM)
    assert [each.name for each in pbx.datastore(CallRecords).batch.backends] == ["cdr-custom"]
    folder = tmp_path / "log" / "cdr-custom"
    (row,) = csv.reader((folder / "Master.csv").read_text().splitlines())
    assert row[:8] == [
        '"Ann" <100>', "100", "talks", "in", "Fake/1-00000000", "PJSIP/bob-00000000", "Dial",
        "PJSIP/bob,20",
    ]  # fmt: skip
    assert row[11:15] == ["60", "59", "ANSWERED", "BILLING"]
    assert row[17] == '"x", y'
    (simple,) = (folder / "Simple.csv").read_text().splitlines()
    assert simple.split(",", 1)[1] == '100->talks 59.000000 4711 8 "x", y 1'


COLUMNS = """\
[all.csv]
fields = clid, src, billsec, start(uint64), dst(noquote), "a, literal", order
[some.csv]
quoting_method = minimal
separator_character = |
fields = clid,src,userfield,${CDR(src)}-${CDR(dst)},$[1 + 1]
[words.tsv]
format = dsv
separator_character = \\t
quoting_method = non_numeric
quote_character = '
quote_escape_character = \\
fields = src,dst,clid,billsec(quote),disposition
[plain.csv]
quoting_method = none
fields = src,clid
[lines.json]
format = json
fields = clid, billsec, duration(float), start(uint64), src, who=${CALLERID(num)}, sequence(quote)
[wrong.csv]
colour = red
fields = src
[empty.csv]
[long.csv]
separator_character = ab
fields = src
"""


def test_files_with_columns(tmp_path: Path) -> None:
    call(tmp_path, cdr="[general]\n", cdr_custom=COLUMNS)
    folder = tmp_path / "log" / "cdr-custom"
    found = {each.name: each.read_text() for each in folder.iterdir()}
    assert set(found) == {"all.csv", "some.csv", "words.tsv", "plain.csv", "lines.json"}
    assert found["all.csv"] == (
        '"""Ann"" <100>","100","59","1700000000",talks,"a, literal","4711"\n'
    )
    assert found["some.csv"] == '"""Ann"" <100>"|100|"""x"", y"|100-talks|2\n'
    assert found["words.tsv"] == "100\t'talks'\t'\"Ann\" <100>'\t'59'\t'ANSWERED'\n"
    assert found["plain.csv"] == '100,"Ann" <100>\n'
    record = json.loads(found["lines.json"])
    assert (record["clid"], record["billsec"], record["start"]) == ('"Ann" <100>', 59, 1700000000)
    assert (record["src"], record["who"]) == ("100", "100")
    assert isinstance(record["duration"], float)
    assert isinstance(record["sequence"], str)


def test_what_is_not_understood_of_columns_is_told() -> None:
    mappings = read_record_mappings(parse_config(COLUMNS + "[x]\nfields=src(shiny)\n"))
    assert [each.file for each in mappings.lines][-1] == "x"
    told = [each.message for each in mappings.warnings]
    assert ["wrong.csv" in told[0], "empty.csv" in told[1], "long.csv" in told[2]] == [True] * 3
    assert told[3] == "src(shiny) has no effect here"
    assert len(told) == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a/b]\nfields=src\n", "no name of a file"),
        ("[mappings]\nx => ${CDR(src)} ${SHELL(id)}\n", "cannot wait"),
        ("[mappings]\n/etc/x => ${CDR(src)}\n", "no name of a file"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        call(tmp_path, cdr="[general]\n", cdr_custom=text)


def test_records_off_means_no_files(tmp_path: Path) -> None:
    call(tmp_path, cdr="[general]\nenable=no\n", cdr_custom=CUSTOM)
    assert not (tmp_path / "log").exists()


SYSLOG = """[general]
facility=local0
priority=warning
[cdr-simple]
template = "We received a call from ${CDR(src)}"
[cdr-other]
facility = user
template = ${CDR(dst)} ${CDR(disposition)}
[cdr-empty]
priority = debug
"""


def test_the_system_log() -> None:
    config = read_cdr_syslog(parse_config(SYSLOG))
    assert ["[cdr-empty] has no template" in str(each) for each in config.warnings] == [True]
    sent: list[tuple[int, str]] = []
    backend = CdrSyslog(
        make_pbx(make_interpreter("")),
        config.lines,
        lambda number, line: sent.append((number, line)),
    )
    backend.write(RECORD)
    assert sent == [
        (syslog.LOG_LOCAL0 | syslog.LOG_WARNING, '"We received a call from 100"'),
        (syslog.LOG_USER | syslog.LOG_WARNING, "200 BUSY"),
    ]


def test_an_unknown_facility_is_refused() -> None:
    with pytest.raises(ConfigError, match="facility"):
        read_cdr_syslog(parse_config("[a]\nfacility=local9\ntemplate=x\n"))
