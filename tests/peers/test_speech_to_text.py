"""The example of a speech recogniser, in a process of its own."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from switchroom.config.aeap import read_aeap
from switchroom.config.language.reader import read_config
from switchroom.recognition.aeap import AeapEngine
from switchroom.recognition.engine import Engines
from tests.media.rtp_party import tone
from tests.support.heard_calls import heard_office

pytestmark = pytest.mark.peer

FOLDER = Path(__file__).parents[2] / "examples" / "speech-to-text"
BEFORE_HANGUP = " same => n,Hangup()\n"


@asynccontextmanager
async def recogniser() -> AsyncIterator[int]:
    """The program, and the port at which it waits."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    program = await asyncio.create_subprocess_exec(
        sys.executable, str(FOLDER / "recogniser.py"), "--port", str(port)
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


def test_a_caller_speaks_for_a_while() -> None:
    conf = (FOLDER / "etc" / "extensions.conf").read_text()
    assert conf.endswith(BEFORE_HANGUP)
    conf = conf.removesuffix(BEFORE_HANGUP) + (
        " same => n,Set(said=${SPEECH_TEXT(0)}/${SPEECH_SCORE(0)})\n"
        " same => n,Set(SPEECH_ENGINE(phrases)=a)\n"
        " same => n,Set(setting=[${SPEECH_ENGINE(phrases)}])\n"
        " same => n,Hangup()\n"
    )

    async def main() -> None:
        async with recogniser() as port, heard_office(conf, timeout=120) as office:
            client = read_aeap(read_config(FOLDER / "etc" / "aeap.conf")).clients["vosk"]
            engine = AeapEngine(replace(client, url=f"ws://127.0.0.1:{port}"))
            office.pbx.datastore(Engines).known = MappingProxyType({"vosk": engine})
            phone = await office.call("100")
            # it may connect in the midst of a tone, of which it hears the rest then
            phone.party.start_saying((tone(500, 2) + bytes(2 * 12000)) * 5)
            await phone.is_over.wait()
            text, _, score = phone.channel.variables["said"].partition("/")
            assert text in {"0 seconds", "1 seconds", "2 seconds"}
            assert score == "1000"
            assert phone.channel.variables["setting"] == "[]"

    asyncio.run(main())
