"""mixmonitor."""

from __future__ import annotations

import asyncio
from pathlib import Path

from switchroom.cli.registry import collect_commands
from switchroom.media.api import MonitorPlan
from switchroom.pbx.recordings.calls import CallRecordings, RecordingOrder
from tests.cli.fakes import CliNode
from tests.cli.test_commands import run
from tests.support.fakes import make_channel


def test_nobody(cli: CliNode) -> None:
    assert run(cli, "mixmonitor list none") == "No channel matching 'none' found.\n"


def test_what_records_a_channel(cli: CliNode, tmp_path: Path) -> None:
    channel = make_channel(cli.context.pbx, name="PJSIP/alice-00000001")
    path = tmp_path / "in.wav"

    async def main() -> str:
        async with cli.context.pbx:
            order = RecordingOrder(MonitorPlan(said=path))
            name = await channel.datastore(CallRecordings).start(channel, order)
            answer = await collect_commands().execute("mixmonitor list PJSIP/alice", cli.context)
            assert name in answer
            return answer

    header, line = asyncio.run(main()).splitlines()
    assert header.split() == ["MixMonitor", "ID", "File", "Receive", "File", "Transmit", "File"]
    assert line.split()[1:] == [str(path)]
    assert line.index(str(path)) == header.index("Receive File")
