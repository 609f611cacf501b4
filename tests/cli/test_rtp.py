"""rtp, rtcp and udptl on the console."""

from __future__ import annotations

import asyncio
import logging

import pytest

from switchroom.cli.registry import collect_commands
from switchroom.config.rtp import RtpConfig
from switchroom.media.api import PacketTraced
from switchroom.pbx.media_config import MediaConfig
from tests.cli.fakes import CliNode
from tests.cli.test_commands import run
from tests.support.fakes import FakeEngine


def test_settings_without_strictness(cli: CliNode) -> None:
    cli.context.pbx.datastore(MediaConfig).rtp = RtpConfig(is_strict=False, uses_ice=False)
    shown = run(cli, "rtp show settings")
    assert "  Strict RTP:      No\n  Replay Protect:  Yes\n  ICE support:     No\n" in shown


def test_the_ports_of_fax(cli: CliNode) -> None:
    assert run(cli, "udptl show config").splitlines()[2:] == [
        "udptlstart:      4000",
        "udptlend:        4999",
    ]


def test_packets_are_written_to_the_log(cli: CliNode, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "switchroom.media.trace")

    async def main() -> None:
        async with cli.context.pbx as pbx:
            engine = pbx.engine
            assert isinstance(engine, FakeEngine)
            commands = collect_commands()

            async def ask(text: str) -> str:
                return await commands.execute(text, cli.context)

            assert await ask("rtp set debug ip 192.0.2.1") == (
                "RTP Packet Debugging Enabled for address: 192.0.2.1\n"
            )
            assert engine.tracer is not None
            for host in ("192.0.2.1", "192.0.2.2"):
                engine.tracer(
                    PacketTraced(True, (host, 4000), 8, 77, 160, 160)  # noqa: FBT003  # as the engine
                )
            assert await ask("rtp set debug off") == "RTP Packet Debugging Disabled\n"
            assert engine.tracer is None
            assert await ask("rtcp set debug on") == "RTCP Packet Debugging Enabled\n"
            assert await ask("rtcp set debug off") == "RTCP Packet Debugging Disabled\n"

    asyncio.run(main())
    assert caplog.messages == [
        "Sent RTP packet to   192.0.2.1:4000 (type 08, seq 000077, ts 000160, len 000160)"
    ]


def test_what_is_no_state(cli: CliNode) -> None:
    assert run(cli, "rtp set debug loudly").startswith("Usage: rtp set debug")
