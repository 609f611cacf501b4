"""Channel events from ``cel.conf`` to the files of ``cel_custom.conf`` and to programs."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from switchroom.ami.events.records import channel_event
from switchroom.ami.snapshot import Snapshots
from switchroom.base.errors import ConfigError
from switchroom.channels.local import LocalTechnology
from switchroom.config.asterisk_conf import AsteriskConfig, Directories
from switchroom.config.records.cel import EVENTS
from switchroom.node.parts.channel_events import SOURCES, ToldEvents
from switchroom.parking.events import ParkingChange, ParkingChanged
from switchroom.pbx.events import (
    AttendedTransferDone,
    ChannelCreated,
    ChannelHungUp,
    DialBegan,
    DigitReceived,
    LocalBeingLeftOut,
    LocalLeftOut,
    NewExtension,
    PickedUp,
    TransferDone,
)
from switchroom.pbx.originate import Origination, RunApplication, originate
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.records.cel import ChannelEvents, collect_sources
from switchroom.pbx.records.cel_told import EventTold
from switchroom.pbx.transfers.forwarding import CallForwarded, report_forward
from switchroom.storage.cel_record import CelType
from tests.support.calls import Parties
from tests.support.dialplan import make_interpreter
from tests.support.fakes import make_channel, make_pbx, run_virtual

ALL = "[general]\nenable=yes\nevents=ALL\napps=dial,park\n"
#: As the original's sample has it.
SAMPLE = (
    "[mappings]\nMaster.csv => "
    + ",".join(
        f"${{CSV_QUOTE(${{{each}}})}}"
        for each in (
            "eventtype", "eventtime", "CALLERID(name)", "CALLERID(num)", "CALLERID(ANI)",
            "CALLERID(RDNIS)", "CALLERID(DNID)", "CHANNEL(exten)", "CHANNEL(context)",
            "CHANNEL(channame)", "CHANNEL(appname)", "CHANNEL(appdata)", "CHANNEL(amaflags)",
            "CHANNEL(accountcode)", "CHANNEL(uniqueid)", "CHANNEL(linkedid)", "BRIDGEPEER",
            "CHANNEL(userfield)", "userdeftype", "eventextra",
        )
    )
    + "\n"
)  # fmt: skip
DIALPLAN = """\
[in]
exten => talks,1,Answer()
 same => n,Set(CALLERID(name)=Ann "A" Lee)
 same => n,Set(CALLERID(num)=100)
 same => n,CELGenUserEvent(ORDER,number 4711, paid)
 same => n,Dial(PJSIP/bob,20)
exten => ends,1,Answer()
 same => n,Hangup(17)
exten => goes,1,Dial(PJSIP/away,20)
exten => 300,1,Answer()
 same => n,Wait(1)
exten => tries,1,Dial(PJSIP/busy,20)
 same => n,Playback(tt-monkeys)
"""


def write(folder: Path, **files: str) -> AsteriskConfig:
    etc = folder / "etc"
    etc.mkdir(exist_ok=True)
    for name, text in files.items():
        (etc / f"{name}.conf").write_text(text)
    return AsteriskConfig(directories=Directories(astetcdir=etc, astlogdir=folder / "log"))


def rows(folder: Path, file: str = "Master.csv") -> list[list[str]]:
    path = folder / "log" / "cel-custom" / file
    return list(csv.reader(path.read_text().splitlines())) if path.exists() else []


async def on_node(folder: Path, work: Callable[[Pbx, ToldEvents], object], **files: str) -> None:
    """Do something on a core that tells events as these files say."""
    config = write(folder, **files)
    part = ToldEvents(config)
    part.read()
    pbx = make_pbx(
        make_interpreter(DIALPLAN),
        technologies={
            "LOCAL": LocalTechnology(),
            "PJSIP": Parties("PJSIP", {"bob": "answer", "busy": "busy", "away": "silent"}),
        },
        directories=config.directories,
        now=lambda: 1_700_000_000.25 + asyncio.get_running_loop().time(),
    )
    async with AsyncExitStack() as stack:
        part.open(pbx, stack)
        part.apply(pbx)
        async with pbx:
            done = work(pbx, part)
            if asyncio.iscoroutine(done):
                await done


def call(folder: Path, extension: str, **files: str) -> list[list[str]]:
    async def work(pbx: Pbx, _: ToldEvents) -> None:
        channel = make_channel(pbx, name="PJSIP/ann-00000000", context="in", extension=extension)
        pbx.start(channel)
        await asyncio.sleep(300)
        assert pbx.channels == {}

    run_virtual(on_node(folder, work, **files))
    return rows(folder)


def test_files_with_columns(tmp_path: Path) -> None:
    columns = (
        "[lines.json]\nformat=json\nfields=eventtype,eventtime,cid_name,channame,extra,eventenum\n"
        "[Master.csv]\nfields=eventtype,uniqueid,peer\n"
    )
    told = call(tmp_path, "talks", cel=ALL, cel_custom=columns)
    assert told[0][0] == "CHAN_START"
    assert {len(row) for row in told} == {3}
    text = (tmp_path / "log" / "cel-custom" / "lines.json").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [each["eventtype"] for each in lines] == [row[0] for row in told]
    assert lines[2]["cid_name"] == 'Ann "A" Lee'
    assert json.loads(lines[2]["extra"]) == {"extra": "number 4711, paid"}
    assert lines[0]["channame"] == "PJSIP/ann-00000000"
    assert isinstance(lines[0]["eventenum"], int)


def test_a_call_from_birth_to_end(tmp_path: Path) -> None:
    told = call(tmp_path, "talks", cel=ALL, cel_custom=SAMPLE)
    assert [(row[0], row[9].partition("-")[0]) for row in told] == [
        ("CHAN_START", "PJSIP/ann"),
        ("ANSWER", "PJSIP/ann"),
        ("USER_DEFINED", "PJSIP/ann"),
        ("APP_START", "PJSIP/ann"),
        ("CHAN_START", "PJSIP/bob"),
        ("ANSWER", "PJSIP/bob"),
        ("BRIDGE_ENTER", "PJSIP/ann"),
        ("BRIDGE_ENTER", "PJSIP/bob"),
        ("BRIDGE_EXIT", "PJSIP/bob"),
        ("BRIDGE_EXIT", "PJSIP/ann"),
        ("HANGUP", "PJSIP/bob"),
        ("CHAN_END", "PJSIP/bob"),
        ("APP_END", "PJSIP/ann"),
        ("HANGUP", "PJSIP/ann"),
        ("CHAN_END", "PJSIP/ann"),
        ("LINKEDID_END", "PJSIP/ann"),
    ]
    assert {len(row) for row in told} == {20}
    started, user, dial, second = told[0], told[2], told[3], told[7]
    assert started[1] == "1700000000.250000"
    assert user[2:4] == ['Ann "A" Lee', "100"]
    assert user[18] == "ORDER"
    assert json.loads(user[19]) == {"extra": "number 4711, paid"}
    assert dial[7:12] == ["talks", "in", "PJSIP/ann-00000000", "Dial", "PJSIP/bob,20"]
    assert dial[12] == "3"
    assert second[16] == "PJSIP/ann-00000000"
    assert json.loads(second[19])["bridge_technology"] == "simple_bridge"
    assert len({row[15] for row in told}) == 1  # one call
    assert json.loads(told[13][19]) == {
        "hangupcause": 16, "hangupsource": "", "dialstatus": "ANSWER",
    }  # fmt: skip


def test_only_what_is_asked_for(tmp_path: Path) -> None:
    conf = "[general]\nenable=yes\nevents=HANGUP,APP_START\nevents=STREAM_END\napps=playback\n"
    mapping = "[mappings]\nshort.txt => ${eventtype} ${CHANNEL(appname)} ${eventextra}\n"
    call(tmp_path, "tries", cel=conf, cel_custom=mapping)
    lines = (tmp_path / "log/cel-custom/short.txt").read_text().splitlines()
    assert [line.split()[0] for line in lines] == ["HANGUP", "APP_START", "STREAM_END", "HANGUP"]
    assert lines[1].split()[1] == "Playback"
    assert json.loads(lines[2].split(maxsplit=2)[2]) == {"sound": "tt-monkeys", "language": "en"}
    assert json.loads(lines[3].split(maxsplit=2)[2])["dialstatus"] == "BUSY"


def test_nobody_is_subscribed_to_what_nobody_wants(tmp_path: Path) -> None:
    def work(pbx: Pbx, part: ToldEvents) -> None:
        assert pbx.events.wants(ChannelHungUp)
        assert not pbx.events.wants(ChannelCreated)
        assert not pbx.events.wants(NewExtension)
        write(tmp_path, cel="[general]\nenable=no\nevents=ALL\n")
        part.read()
        part.apply(pbx)
        assert not pbx.events.handlers
        assert not pbx.datastore(ChannelEvents).is_on

    conf = "[general]\nenable=yes\nevents=CHAN_END\n"
    run_virtual(on_node(tmp_path, work, cel=conf, cel_custom=SAMPLE))


def test_without_a_backend_nothing_is_made(tmp_path: Path) -> None:
    def work(pbx: Pbx, _: ToldEvents) -> None:
        assert not pbx.events.handlers

    run_virtual(on_node(tmp_path, work, cel=ALL))


def extras(folder: Path, publish: Callable[[Pbx], None]) -> list[tuple[str, str, dict[str, str]]]:
    """Event, channel and extra of what is told when something is published with two channels up."""

    def work(pbx: Pbx, _: ToldEvents) -> None:
        for name in ("one", "two"):
            make_channel(pbx, name=f"PJSIP/{name}-0")
        publish(pbx)

    run_virtual(on_node(folder, work, cel=ALL, cel_custom=SAMPLE))
    return [
        (row[0], row[9], json.loads(row[19] or "{}"))
        for row in rows(folder)
        if row[0] not in {"CHAN_START", "HANGUP", "CHAN_END", "LINKEDID_END"}
    ]


def unique(pbx: Pbx, name: str) -> str:
    return pbx.channels[name].unique_id


@pytest.mark.parametrize(
    ("event", "channel", "wanted", "names"),
    [
        (
            TransferDone("PJSIP/one-0", "PJSIP/two-0", "b1", "in", "200"),
            "PJSIP/one-0",
            {"extension": "200", "context": "in", "bridge_id": "b1",
             "transferee_channel_name": "PJSIP/two-0"},
            ["BLINDTRANSFER"],
        ),
        (
            AttendedTransferDone("PJSIP/one-0", "PJSIP/one-0", "PJSIP/two-0", "PJSIP/x-0", "b2"),
            "PJSIP/one-0",
            {"bridge2_id": "b2", "transferee_channel_name": "PJSIP/two-0",
             "transfer_target_channel_name": "PJSIP/x-0"},
            ["ATTENDEDTRANSFER"],
        ),
        (
            PickedUp("PJSIP/one-0", "PJSIP/two-0"),
            "PJSIP/two-0",
            {"pickup_channel": "PJSIP/one-0"},
            ["PICKUP"],
        ),
        (
            CallForwarded("PJSIP/two-0", "PJSIP/one-0", "Local/300@in"),
            "PJSIP/one-0",
            {"forward": "Local/300@in"},
            ["FORWARD"],
        ),
        (
            LocalBeingLeftOut("PJSIP/one-0", "PJSIP/two-0", "a", "b", 1),
            "PJSIP/one-0",
            {"local_two": "PJSIP/two-0"},
            ["LOCAL_OPTIMIZE_BEGIN"],
        ),
        (
            LocalLeftOut("PJSIP/one-0", "PJSIP/two-0", 1),
            "PJSIP/one-0",
            {"local_two": "PJSIP/two-0"},
            ["LOCAL_OPTIMIZE"],
        ),
        (
            DigitReceived("PJSIP/one-0", "u", "5", 0.12),
            "PJSIP/one-0",
            {"digit": "5", "duration_ms": 120},
            ["DTMF"],
        ),
        (
            ParkingChanged(ParkingChange.PARKED, "PJSIP/two-0", "default", 701, "PJSIP/one", 45),
            "PJSIP/two-0",
            {"parker_dial_string": "PJSIP/one", "parking_lot": "default"},
            ["PARK_START"],
        ),
        (
            ParkingChanged(ParkingChange.FETCHED, "PJSIP/two-0", "default", 701, "PJSIP/one", 45,
                           3.0, "PJSIP/one-0"),
            "PJSIP/two-0",
            {"reason": "ParkedCallUnparked", "retriever": "PJSIP/one-0"},
            ["PARK_END"],
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)  # fmt: skip
def test_what_features_tell(
    tmp_path: Path, event: object, channel: str, wanted: dict[str, str], names: list[str]
) -> None:
    told = extras(tmp_path, lambda pbx: pbx.events.publish(event))
    assert [each[0] for each in told] == names
    for _, who, extra in told:
        assert who == channel
        assert wanted.items() <= extra.items()


def test_a_call_that_is_forwarded(tmp_path: Path) -> None:
    """A phone sends the call elsewhere, for real."""

    async def work(pbx: Pbx, _: ToldEvents) -> None:
        def send_on(event: DialBegan) -> None:
            if event.text == "away":
                report_forward(pbx.channels[event.called], "300@in")

        pbx.events.subscribe(DialBegan, send_on)
        pbx.start(make_channel(pbx, name="PJSIP/ann-0", context="in", extension="goes"))
        await asyncio.sleep(100)
        assert pbx.channels == {}

    conf = "[general]\nenable=yes\nevents=FORWARD,PARK_START,LINKEDID_END\n"
    run_virtual(on_node(tmp_path, work, cel=conf, cel_custom=SAMPLE))
    forward, end = rows(tmp_path)
    assert (forward[0], forward[9]) == ("FORWARD", "PJSIP/ann-0")
    assert json.loads(forward[19]) == {"forward": "Local/300@in"}
    assert end[0] == "LINKEDID_END"


def test_who_hung_up(tmp_path: Path) -> None:
    conf = "[general]\nenable=yes\nevents=HANGUP\n"
    (told,) = call(tmp_path, "ends", cel=conf, cel_custom=SAMPLE)
    assert json.loads(told[19]) == {
        "hangupcause": 17, "hangupsource": "dialplan/builtin", "dialstatus": "",
    }  # fmt: skip


def test_each_event_has_a_source() -> None:
    made_by_history = {"HANGUP", "CHAN_END", "APP_START", "APP_END", "LINKEDID_END"}
    assert {*(each.event for each in collect_sources(*SOURCES)), *made_by_history} == set(EVENTS)
    assert list(CelType) == list(EVENTS)


def test_a_call_is_over_with_its_last_channel(tmp_path: Path) -> None:
    async def work(pbx: Pbx, _: ToldEvents) -> None:
        await originate(pbx, Origination("Local/tries@in/n", RunApplication("Wait", "30")))
        await asyncio.sleep(100)
        assert pbx.channels == {}

    conf = "[general]\nenable=yes\nevents=CHAN_START,CHAN_END,LINKEDID_END\n"
    run_virtual(on_node(tmp_path, work, cel=conf, cel_custom=SAMPLE))
    events = [row[0] for row in rows(tmp_path)]
    assert events.count("CHAN_START") == events.count("CHAN_END") == 3
    assert events[-1] == "LINKEDID_END"
    assert events.count("LINKEDID_END") == 1


def test_a_record_is_one_line(tmp_path: Path) -> None:
    def publish(pbx: Pbx) -> None:
        pbx.channels["PJSIP/one-0"].caller.name = "a\nb\r"
        pbx.events.publish(DigitReceived("PJSIP/one-0", "u", "5"))

    extras(tmp_path, publish)
    assert any(row[2] == "a b " for row in rows(tmp_path))


def test_date_format(tmp_path: Path) -> None:
    told = call(tmp_path, "tries", cel=ALL + "dateformat=%Y\n", cel_custom=SAMPLE)
    assert {row[1] for row in told} == {"2023"}


@pytest.mark.parametrize("shows", [True, False])
def test_programs_hear_them(tmp_path: Path, shows: bool) -> None:  # noqa: FBT001
    heard: list[tuple[str, dict[str, str]]] = []

    async def work(pbx: Pbx, _: ToldEvents) -> None:
        def hear(event: EventTold) -> None:
            ((name, headers),) = channel_event(Snapshots(pbx), event)
            heard.append((name, dict(headers)))

        pbx.events.subscribe(EventTold, hear)
        pbx.start(make_channel(pbx, context="in", extension="talks"))
        await asyncio.sleep(200)

    conf = "[general]\nenable=yes\nevents=USER_DEFINED\n[manager]\nenabled=yes\n"
    run_virtual(
        on_node(tmp_path, work, cel=conf + f"show_user_defined={'yes' if shows else 'no'}\n")
    )
    ((name, headers),) = heard
    assert name == "CEL"
    assert headers["EventName"] == ("ORDER" if shows else "USER_DEFINED")
    assert headers.get("UserDefType") == (None if shows else "ORDER")
    assert headers["AMAFlags"] == "DOCUMENTATION"
    assert list(headers)[-1] == "Extra"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"cel": "[general]\nevents=CHAN_BEGIN\n"}, "no channel event 'CHAN_BEGIN'"),
        ({"cel": ALL, "cel_custom": "[mappings]\n../x => a\n"}, "no name of a file"),
        ({"cel": ALL, "cel_custom": "[mappings]\nx => ${CURL(http://x)}\n"}, "cannot wait"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, files: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        run_virtual(on_node(tmp_path, lambda pbx, part: None, **files))
