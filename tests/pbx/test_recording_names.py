"""Names of recordings by a template."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchroom.config.asterisk_conf import Directories
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.recordings.calls import CallRecordings
from switchroom.pbx.recordings.naming import RecordingNames
from tests.support.dialplan import lines_of, run_dialplan
from tests.support.fakes import fake_stream


def recorded(folder: Path, template: str, *lines: str) -> list[str]:
    """The files that a dialplan records into, below the spool's ``monitor``."""
    found: list[Channel] = []

    def prepare(pbx: Pbx, channel: Channel) -> None:
        pbx.directories = Directories(astspooldir=folder)
        pbx.datastore(RecordingNames).template = template
        channel.caller.number = "555/../../etc; rm $(x)"
        found.append(channel)

    run_dialplan(lines_of(*lines), prepare=prepare)
    assert not found[0].datastore(CallRecordings).running
    paths = [
        path
        for monitor in fake_stream(found[0]).monitors
        for path in (monitor.plan.mixed, monitor.plan.said)
        if path is not None
    ]
    return [str(path.relative_to(folder / "monitor")) for path in paths]


@pytest.mark.parametrize(
    ("template", "line", "file"),
    [
        ("day/${EXTEN}-x", "MixMonitor(.wav)", "day/s-x.wav"),
        ("day/${EXTEN}-x", "MixMonitor(mine.wav)", "mine.wav"),
        ("day/${EXTEN}-x", "Monitor(gsm)", "day/s-x-in.gsm"),
        ("day/${EXTEN}-x", "Monitor(gsm,,m)", "day/s-x.gsm"),
        ("/a/./${CALLERID(num)}//b", "MixMonitor(.wav)", "a/555/etc__rm___x_/b.wav"),
        ("${NOTHING}", "Monitor(wav,,m)", "Fake-1-00000000.wav"),
        ("", "Monitor(wav,,m)", "Fake-1-00000000.wav"),
        ("x" * 300, "MixMonitor(.wav)", "x" * 200 + ".wav"),
    ],
)
def test_names(tmp_path: Path, template: str, line: str, file: str) -> None:
    assert recorded(tmp_path, template, line, "Wait(1)") == [file]


def test_another_recording_is_not_written_over(tmp_path: Path) -> None:
    lines = ("MixMonitor(.wav)", "MixMonitor(.wav)", "MixMonitor(.gsm)", "Wait(1)")
    assert recorded(tmp_path, "call", *lines) == ["call.wav", "call-2.wav", "call.gsm"]
