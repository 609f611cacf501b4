"""The example of a voice agent, in a process of its own: it greets, is interrupted, and echoes."""

from __future__ import annotations

import asyncio
import re
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from switchroom.channels.external.websocket_channel import MediaWebSockets, WebSocketTechnology
from switchroom.config.language.reader import read_config
from switchroom.config.websocket import read_websocket_clients
from tests.media.calls import ends_with, windows_of
from tests.media.rtp_party import RtpParty, tone
from tests.support.heard_calls import heard_office

pytestmark = pytest.mark.peer

FOLDER = Path(__file__).parents[2] / "examples" / "voice-agent"
FIRST, LAST = 523, 784  #: hertz of its greeting


@asynccontextmanager
async def agent() -> AsyncIterator[int]:
    """The program, and the port at which it waits."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    program = await asyncio.create_subprocess_exec(
        sys.executable, str(FOLDER / "agent.py"), "--port", str(port)
    )
    try:
        async with asyncio.timeout(30):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    await asyncio.sleep(0.05)
                else:
                    writer.close()
                    break
        yield port
    finally:
        program.kill()
        await program.wait()


async def hears(party: RtpParty, hertz: int) -> None:
    """Wait until a tone makes the last tenth of a second."""
    await party.until(
        lambda: ends_with(party.audio(), hertz),
        timeout=30,
    )


def test_it_greets_is_interrupted_and_echoes() -> None:
    async def main() -> None:
        async with agent() as port:
            uri = f"ws://127.0.0.1:{port}/agent"
            conf = (FOLDER / "etc" / "extensions.conf").read_text()
            technologies = {"WEBSOCKET": WebSocketTechnology()}
            async with heard_office(
                re.sub("Playback.*", "Set(after=yes)", conf), technologies=technologies, timeout=120
            ) as office:
                clients = read_websocket_clients(
                    read_config(FOLDER / "etc" / "websocket_client.conf")
                ).clients
                known = {"agent": replace(clients["agent"], uri=uri)}
                office.pbx.datastore(MediaWebSockets).clients = known
                phone = await office.call("100")
                party = phone.party
                await hears(party, FIRST)
                party.start_saying(tone(1000, 0.5) + bytes(2 * 8000))
                await hears(party, 1000)
                assert not windows_of(party.audio(), LAST), "it was interrupted before"
                party.press("#")
                await phone.is_over.wait()
                assert phone.channel.variables["after"] == "yes"

    asyncio.run(main())
