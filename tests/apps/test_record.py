"""Record: how it ends, and what becomes of the file."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any, cast

import pytest

from switchroom.config.asterisk_conf import Directories
from switchroom.media.api import Stream, StreamPlan
from switchroom.media.engine.engine import Engine
from switchroom.media.files.reading import read_sound
from switchroom.pbx.channel import ChannelState
from switchroom.pbx.pbx import Pbx
from tests.apps.run_lines import Run, run
from tests.media.rtp_party import RtpParty, rtp_party, tone
from tests.support.fakes import FakeAstDb, FakeDriver, FakeSounds, NoDialplan, make_channel


def record(
    folder: Path,
    arguments: str,
    keys: dict[float, str] | None = None,
    *,
    hangup_at: float | None = None,
) -> tuple[str, Run]:
    ran = run(f"Record({arguments})", keys=keys, hangup_at=hangup_at, folder=folder)
    return ran.variables.get("RECORD_STATUS", ""), ran


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_beep_then_the_terminator(tmp_path: Path) -> None:
    status, ran = record(tmp_path, "greeting.wav", {0.5: "#", 3.0: "1", 4.0: "#"})
    assert (status, ran.end, ran.seconds) == ("DTMF", "s", 4.0)
    assert (ran.played, ran.was_answered) == (["beep"], True)
    assert ran.variables["RECORDED_FILE"] == "greeting"
    assert files(tmp_path) == ["sounds/greeting.wav"]


@pytest.mark.parametrize(
    ("options", "keys", "expected", "seconds"),
    [
        ("", {}, "TIMEOUT", 10.0),
        ("", {2.0: "*", 3.0: "#"}, "DTMF", 3.0),
        ("t", {2.0: "#", 3.0: "*"}, "DTMF", 3.0),
        ("x", {2.0: "#"}, "TIMEOUT", 10.0),
        ("y", {2.0: "7"}, "DTMF", 2.0),
        ("o", {2.0: "0"}, "OPERATOR", 2.0),
        ("", {2.0: "0", 3.0: "#"}, "DTMF", 3.0),
    ],
)
def test_what_ends_it(
    tmp_path: Path, options: str, keys: dict[float, str], expected: str, seconds: float
) -> None:
    status, ran = record(tmp_path, f"/{tmp_path}/m.wav,0,10,q{options}", keys)
    assert (status, ran.seconds, ran.end) == (expected, seconds, "s")
    assert files(tmp_path) == ["m.wav"]


def test_silence_ends_it(tmp_path: Path) -> None:
    status, ran = record(tmp_path, "m.wav,2,10,qu")
    assert (status, ran.seconds) == ("SILENCE", 2.0)


def test_a_hangup_drops_the_file_unless_it_is_to_be_kept(tmp_path: Path) -> None:
    assert record(tmp_path, "m.wav,,,q", hangup_at=2.0)[0] == "HANGUP"
    assert files(tmp_path) == []
    assert record(tmp_path, "m.wav,,,qk", hangup_at=2.0)[0] == "HANGUP"
    assert files(tmp_path) == ["sounds/m.wav"]
    assert record(tmp_path, "n.wav", hangup_at=0.5)[0] == "HANGUP"


def test_numbers_in_names(tmp_path: Path) -> None:
    for number in range(3):
        _, ran = record(tmp_path, "call-%d.ulaw,0,1,q")
        assert ran.variables["RECORDED_FILE"] == f"call-{number}"
    assert files(tmp_path) == [f"sounds/call-{number}.ulaw" for number in range(3)]


def test_a_channel_that_is_not_up(tmp_path: Path) -> None:
    status, ran = record(tmp_path, "m.wav,0,1,s")
    assert (status, ran.was_answered, files(tmp_path)) == ("SKIP", False, [])
    status, ran = record(tmp_path, "m.wav,0,1,n")
    assert (status, ran.was_answered) == ("TIMEOUT", False)


def test_wrong_names(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        status, ran = record(tmp_path, "greeting")
    assert (status, ran.end) == ("ERROR", "")
    assert "does not end in a format" in caplog.text
    status, ran = record(tmp_path, "greeting.mp9")
    assert (status, ran.end) == ("ERROR", "s")
    assert "unknown suffix '.mp9'" in caplog.text
    assert record(tmp_path, "old:wav,0,1")[0] == "TIMEOUT"


class RtpDriver(FakeDriver):
    """A driver whose stream is a real one."""

    def __init__(self, engine: Engine, party: RtpParty) -> None:
        super().__init__()
        self.engine, self.party = engine, party

    async def open_stream(self) -> Stream:
        assert self.channel is not None
        plan = StreamPlan("PCMU", 0, remote=self.party.address)
        stream = await self.engine.open_stream("127.0.0.1", plan, self.channel.on_media_event)
        self.party.remote = stream.local_address
        return stream


async def record_really(folder: Path, options: str, said: bytes) -> str:
    """Record a party on a real socket; returns the status."""
    from switchroom.apps.record import RecordOptions
    from switchroom.apps.record import record as run_record
    from switchroom.dialplan.options import parse_options

    engine = Engine(first_port=41200, last_port=41299)
    pbx = Pbx(
        system_name="", engine=engine, sounds=FakeSounds(), astdb=cast("Any", FakeAstDb()),
        dialplan=NoDialplan(), technologies={}, directories=Directories(astdatadir=folder),
    )  # fmt: skip
    try:
        async with pbx, rtp_party() as party, asyncio.timeout(10), asyncio.TaskGroup() as group:
            channel = make_channel(pbx)
            channel.set_state(ChannelState.UP)
            driver = RtpDriver(engine, party)
            driver.channel = channel
            channel.driver = driver
            await channel.stream()
            saying = group.create_task(party.say(said))
            await run_record(channel, "m.wav", 0.2, 5.0, parse_options(RecordOptions, options))
            saying.cancel()
            return channel.variables["RECORD_STATUS"]
    finally:
        await engine.close()


def test_the_silence_that_ended_it_is_cut_off_and_more_is_appended(tmp_path: Path) -> None:
    said = tone(440, 0.3) + bytes(16000)
    lengths = []
    for options in ("q", "qa", "qu"):
        assert asyncio.run(record_really(tmp_path, options, said)) == "SILENCE"
        samples, rate = read_sound(tmp_path / "sounds" / "m.wav")
        lengths.append(len(samples) / 2 / rate)
    once, twice, with_silence = lengths
    assert once == pytest.approx(0.3, abs=0.1)
    assert twice == pytest.approx(2 * once, abs=0.1)
    assert with_silence == pytest.approx(once + 0.2, abs=0.1)
    assert files(tmp_path) == ["sounds/m.wav"]


@pytest.mark.parametrize(
    ("arguments", "keys", "milliseconds"),
    [("a.wav,0,4", {}, "4000"), ("a.wav", {3.5: "#"}, "2500"), ("a.wav,2", {}, "0"), ("a.wav,2,,u", {}, "2000")],
)  # fmt: skip
def test_how_long_it_was(
    tmp_path: Path, arguments: str, keys: dict[float, str], milliseconds: str
) -> None:
    lines = (f"Record({arguments})", "Set(R=${RECORDING_INFO(duration)})")
    ran = run(*lines, keys=keys, folder=tmp_path)
    assert ran.variables["R"] == milliseconds
