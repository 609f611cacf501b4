"""``pjsip show channelstats``."""

from __future__ import annotations

import asyncio

from switchroom.cli.registry import collect_commands
from switchroom.media.api import StreamStatistics
from switchroom.media.quality import Series, StreamQuality
from tests.cli.fakes import CliNode
from tests.support.fakes import fake_stream, make_channel


def test_both_ways_of_each_call(cli: CliNode) -> None:
    async def main() -> str:
        async with cli.context.pbx as pbx:
            alice = make_channel(pbx, name="PJSIP/alice-00000001")
            make_channel(pbx, name="PJSIP/bob-00000002")
            make_channel(pbx, name="Local/1@x-00000003;1")
            await alice.stream()
            stream = fake_stream(alice)
            stream.counted = StreamStatistics(250_000, 90, 0, 0, 0, 10, 0.012, 0.105)
            stream.reported = StreamQuality(reported_lost=7, remote_jitter=Series(1, last=0.003))
            commands = collect_commands()
            every = await commands.execute("pjsip show channelstats", cli.context)
            some = await commands.execute("pjsip show channelstats like alice", cli.context)
            assert "alice" in some
            assert "bob" not in some
            return every

    lines = asyncio.run(main()).splitlines()
    assert lines[2].split()[:4] == ["BridgeId", "ChannelId", "........", "UpTime.."]
    first = lines[5].split()
    assert first[0] == "alice-00000001"
    assert first[2:] == ["90", "10", "10", "0.012", "250K", "7", "0", "0.003", "0.105"]
    assert lines[6].split() == ["bob-00000002", "not", "valid"]
    assert lines[8] == "Objects found: 2"
