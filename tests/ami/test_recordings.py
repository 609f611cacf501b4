"""Recordings that leave something out."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchroom.pbx.recordings.calls import CallRecordings
from tests.ami.support import Ami, run_ami
from tests.support.fakes import fake_stream, make_channel


@pytest.mark.parametrize(
    ("told", "paused", "muted"),
    [
        ([("both", "1")], True, (False, False)),
        ([("both", "1"), ("both", "0")], False, (False, False)),
        ([("read", "1")], False, (True, False)),
        ([("write", "1"), ("read", "1"), ("write", "0")], False, (True, False)),
        ([("read", "1"), ("both", "0")], False, (False, False)),
    ],
)
def test_what_is_left_out(
    tmp_path: Path,
    told: list[tuple[str, str]],
    paused: bool,  # noqa: FBT001  # a column of the table
    muted: tuple[bool, bool],
) -> None:
    async def test(ami: Ami) -> None:
        channel = make_channel(ami.pbx, name="Fake/a")
        boss = await ami.user("boss", "top")
        await boss.ask("MixMonitor", Channel="Fake/a", File=str(tmp_path / "a.wav"))
        for direction, state in told:
            answer = await boss.ask(
                "MixMonitorMute", Channel="Fake/a", Direction=direction, State=state
            )
            assert answer.get("Response") == "Success"
        [monitor] = fake_stream(channel).monitors
        assert (monitor.paused, monitor.muted) == (paused, muted)
        answer = await boss.ask("MixMonitorMute", Channel="Fake/a", Direction="up", State="1")
        assert answer.get("Response") == "Error"
        assert channel.datastore(CallRecordings).running
        channel.hangup()

    run_ami(tmp_path, test)
