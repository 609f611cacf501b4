"""MixMonitor and Monitor."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from switchroom.config.asterisk_conf import Directories
from switchroom.media.api import MonitorPlan
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.recordings.calls import CallRecordings
from tests.support.dialplan import Outcome, lines_of, run_dialplan
from tests.support.fakes import fake_stream


class Recorded:
    """Runs a dialplan, and keeps what was asked of the engine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "monitor"
        self._spool = folder
        self.channel: Channel | None = None

    def run(self, *lines: str, real: bool = False) -> Outcome:
        def prepare(pbx: Pbx, channel: Channel) -> None:
            pbx.directories = Directories(astspooldir=self._spool)
            self.channel = channel

        return run_dialplan(lines_of(*lines), prepare=prepare, real=real)

    @property
    def plans(self) -> list[MonitorPlan]:
        assert self.channel is not None
        return [monitor.plan for monitor in fake_stream(self.channel).monitors]

    @property
    def seconds(self) -> list[float]:
        assert self.channel is not None
        return [monitor.duration for monitor in fake_stream(self.channel).monitors]

    @property
    def played(self) -> list[str]:
        assert self.channel is not None
        return fake_stream(self.channel).played


@pytest.fixture
def recorded(tmp_path: Path) -> Recorded:
    return Recorded(tmp_path)


def test_a_call_is_recorded_until_it_ends(recorded: Recorded) -> None:
    outcome = recorded.run("MixMonitor(a.wav)", "Wait(2)", "Set(R=${MIXMONITOR_FILENAME})")
    assert outcome["R"] == str(recorded.folder / "a.wav")
    assert recorded.plans == [MonitorPlan(recorded.folder / "a.wav")]
    assert recorded.seconds == [2.0]
    assert (recorded.folder / "a.wav").is_file()


def test_options(recorded: Recorded) -> None:
    recorded.run("MixMonitor(b.raw,abDnv(2)V(-1)r(in.wav)t(out.wav))", "Wait(1)")
    assert recorded.plans == [
        MonitorPlan(
            recorded.folder / "b.raw", recorded.folder / "in.wav", recorded.folder / "out.wav",
            append=True, interleaved=True, only_connected=True, said_gain=0.5, heard_gain=4.0,
        )
    ]  # fmt: skip
    recorded.run("MixMonitor(,W(9)r(in.wav))", "Wait(1)")
    assert recorded.plans == [
        MonitorPlan(said=recorded.folder / "in.wav", said_gain=16.0, heard_gain=16.0)
    ]


@pytest.mark.parametrize("line", ["MixMonitor(a.xyz)", "MixMonitor(a)"])
def test_what_cannot_be_recorded_does_not_end_the_call(recorded: Recorded, line: str) -> None:
    assert recorded.run(line, "Set(R=on)")["R"] == "on"
    assert recorded.plans == []


def test_no_file_at_all_ends_the_call(recorded: Recorded) -> None:
    assert recorded.run("MixMonitor()", "Set(R=on)")["R"] == ""


def test_one_of_several_is_stopped(recorded: Recorded) -> None:
    outcome = recorded.run(
        "MixMonitor(a.wav,i(ONE))",
        "MixMonitor(b.wav,i(TWO))",
        "Set(R=${MIXMONITOR(${TWO},filename)})",
        "Wait(1)",
        "StopMixMonitor(${TWO})",
        "Wait(1)",
        "StopMixMonitor()",
        "Set(R=${R}[${MIXMONITOR(${ONE},filename)}])",
        "StopMixMonitor()",
        "Wait(1)",
    )
    assert outcome["R"] == f"{recorded.folder / 'b.wav'}[]"
    assert recorded.seconds == [2.0, 1.0]


def test_beeps_and_a_limit(recorded: Recorded) -> None:
    outcome = recorded.run("MixMonitor(a.wav,pPB(2)s(7))", "Wait(10)")
    assert outcome.seconds == 11.0  # the first beep holds the dialplan up for a second
    assert recorded.played == ["beep"] * 3  # one is under way when it ends
    assert recorded.seconds == [7.0]
    recorded.run("MixMonitor(a.wav,P)", "StopMixMonitor()", "Wait(1)")
    assert recorded.played == ["beep"]


def test_the_command_gets_the_file_that_is_whole(recorded: Recorded, tmp_path: Path) -> None:
    script = f"cp ^{{MIXMONITOR_FILENAME}} {shlex.quote(str(tmp_path))}/^{{WHO}}.wav"
    recorded.run("Set(WHO=me)", f"MixMonitor(a.wav,d,{script})", "Wait(0.1)", real=True)
    assert (tmp_path / "me.wav").is_file()
    assert not (recorded.folder / "a.wav").exists()


# Monitor


def test_monitor_has_a_file_for_each_direction(recorded: Recorded) -> None:
    lines = ("Monitor(ulaw:http://x,call)", "Monitor(wav,again)", "Wait(1)", "StopMonitor()")
    outcome = recorded.run(*lines, "Wait(1)", "Set(R=${MONITORED} ${MONITOR_FILENAME})")
    assert outcome["R"] == f"true {recorded.folder / 'call'}"
    assert recorded.plans == [
        MonitorPlan(said=recorded.folder / "call-in.ulaw", heard=recorded.folder / "call-out.ulaw")
    ]
    assert recorded.seconds == [1.0]


def test_monitor_mixed_paused_and_changed(recorded: Recorded) -> None:
    recorded.run(
        "StopMonitor()", "PauseMonitor()", "ChangeMonitor(none)", "Monitor(wav,,mb)", "Wait(1)", "PauseMonitor()", "Wait(1)", "UnpauseMonitor()",
        "Wait(2)", "ChangeMonitor(other)", "Wait(4)",
    )  # fmt: skip
    assert recorded.plans == [
        MonitorPlan(recorded.folder / f"{name}.wav", only_connected=True)
        for name in ("Fake-1-00000000", "other")
    ]
    assert recorded.seconds == [3.0, 4.0]


def test_monitor_exec(recorded: Recorded, tmp_path: Path) -> None:
    out = tmp_path / "told"
    lines = (f"Set(MONITOR_EXEC=echo > {out})", "Monitor(wav,c,i)", "Wait(0.1)")
    recorded.run(*lines, real=True)
    assert out.read_text() == f"{recorded.folder / 'c-out.wav'}\n"


def test_all_end_with_the_channel(recorded: Recorded) -> None:
    recorded.run("MixMonitor(a.wav)", "Monitor(wav,b,m)", "Hangup()")
    assert recorded.channel is not None
    assert not recorded.channel.datastore(CallRecordings).running
