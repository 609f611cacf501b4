"""Programs in a call of a whole node, made by ARI: each says a tone, and hears those of all others.

The WebSockets of programs are those of ``websockets``, both as client and as server.
"""

from __future__ import annotations

import asyncio
import base64
import json
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import numpy as np
import pytest

from switchroom.media.codecs.samples import decode, encode
from tests.channels.program_server import program_server
from tests.media.rtp_party import rtp_party
from tests.peers.node import Node
from tests.support.ports import free_port

pytestmark = pytest.mark.peer
websockets = pytest.importorskip("websockets")

MILLIWATT = 1004
HERTZ = {"rtp": 500, "audiosocket": 700, "client": 1300, "server": 1700}
PATIENCE = 60.0  #: seconds; a loaded machine takes its time
SAYS = 40.0  #: seconds that each program speaks


class Ari:
    """A client of the REST interface."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def ask(self, method: str, path: str, **parameters: str) -> Any:
        return await asyncio.to_thread(self._ask, method, path, parameters)

    def _ask(self, method: str, path: str, parameters: dict[str, str]) -> Any:
        url = f"http://127.0.0.1:{self.port}/ari{path}?{urlencode(parameters)}"
        token = base64.b64encode(b"boss:top").decode()
        request = Request(url, method=method, headers={"Authorization": f"Basic {token}"})
        with urlopen(request, timeout=PATIENCE) as answer:
            body = answer.read()
        return json.loads(body) if body else None


class Ear:
    """What one program heard: samples at some rate."""

    def __init__(self, rate: int = 8000) -> None:
        self.rate = rate
        self.samples = b""

    def tones(self) -> set[int]:
        """Those of the test that are in the last half second."""
        heard = np.frombuffer(self.samples[-self.rate :], dtype="<i2").astype(float)
        if len(heard) < self.rate // 2:
            return set()
        turns = np.arange(len(heard)) * 2j * np.pi / self.rate
        return {
            hertz
            for hertz in (MILLIWATT, *HERTZ.values())
            if 2 * abs(np.exp(-hertz * turns) @ heard) / len(heard) > 1000
        }

    async def hears(self, wanted: set[int]) -> None:
        async with asyncio.timeout(PATIENCE):
            while self.tones() != wanted:
                await asyncio.sleep(0.1)


def voice(name: str, rate: int = 8000) -> bytes:
    """A tone of 40 seconds that fits into itself each second."""
    turns = np.arange(rate) * 2 * np.pi * HERTZ[name] / rate
    return (5000 * np.sin(turns)).astype("<i2").tobytes() * int(SAYS)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, int, int]]:
    http, agent = free_port(), free_port()
    files = {
        "extensions.conf": "[phones]\nexten => tone,1,Answer()\n same => n,Milliwatt()\n",
        "ari.conf": "[general]\nenabled = yes\n[boss]\ntype = user\npassword = top\n",
        "http.conf": f"[general]\nenabled = yes\nbindaddr = 127.0.0.1\nbindport = {http}\n",
        "websocket_client.conf": (
            f"[agent]\ntype = websocket_client\nuri = ws://127.0.0.1:{agent}/agent\n"
            "protocols = media\nconnection_timeout = 20000\n"
        ),
    }
    with Node(tmp_path_factory.mktemp("programs"), files) as started:
        yield started, http, agent


@asynccontextmanager
async def listening(port: int) -> AsyncIterator[Callable[[int], Any]]:
    """An application of ARI; gives what waits until so many channels are in it."""
    inside: list[str] = []
    url = f"ws://127.0.0.1:{port}/ari/events?app=bot&api_key=boss:top"
    async with websockets.connect(url) as events:

        async def listen() -> None:
            async for message in events:
                event = json.loads(message)
                if event["type"] == "StasisStart":
                    inside.append(event["channel"]["id"])

        async def channels(count: int) -> list[str]:
            async with asyncio.timeout(PATIENCE):
                while len(inside) < count:
                    await asyncio.sleep(0.05)
            return inside

        task = asyncio.get_running_loop().create_task(listen())
        try:
            yield channels
        finally:
            task.cancel()


async def talk(connection: Any, ear: Ear, said: bytes, codec: str = "") -> None:
    """A program on a WebSocket: says all at once, and listens."""
    assert "MEDIA_START" in await connection.recv()
    await connection.send("START_MEDIA_BUFFERING")
    coded = encode(codec, said) if codec else said
    for at in range(0, len(coded), 30000):
        await connection.send(coded[at : at + 30000])
    await connection.send("STOP_MEDIA_BUFFERING")
    async for message in connection:
        if isinstance(message, bytes):
            ear.samples += decode(codec, message) if codec else message


def test_four_programs_and_a_tone_in_one_conference(node: tuple[Node, int, int]) -> None:
    _, http, agent_port = node
    ari = Ari(http)
    ears = {"rtp": Ear(), "audiosocket": Ear(), "client": Ear(16000), "server": Ear()}

    async def main() -> None:
        loop = asyncio.get_running_loop()
        async with AsyncExitStack() as stack:
            channels = await stack.enter_async_context(listening(http))
            rtp = await stack.enter_async_context(rtp_party())
            server = await stack.enter_async_context(program_server())

            async def agent(connection: Any) -> None:
                await talk(connection, ears["client"], voice("client", 16000)[: 2 * 16000 * 15])

            await stack.enter_async_context(
                websockets.serve(agent, "127.0.0.1", agent_port, subprotocols=["media"])
            )
            media = "/channels/externalMedia"
            await ari.ask("POST", "/channels", endpoint="Local/tone@phones", app="bot")
            made = await ari.ask(
                "POST", media, app="bot", format="ulaw",
                external_host=f"127.0.0.1:{rtp.address[1]}",
            )  # fmt: skip
            told = made["channelvars"]
            rtp.remote = (
                told["UNICASTRTP_LOCAL_ADDRESS"], int(told["UNICASTRTP_LOCAL_PORT"]),
            )  # fmt: skip
            await ari.ask(
                "POST", media, app="bot", format="slin", external_host=server.service,
                encapsulation="audiosocket", transport="tcp", data=str(uuid.uuid4()),
            )  # fmt: skip
            program = await server.take()
            await ari.ask(
                "POST", media, app="bot", format="slin16", external_host="agent",
                transport="websocket",
            )  # fmt: skip
            made = await ari.ask(
                "POST", media, app="bot", format="ulaw", transport="websocket",
                connection_type="server",
            )  # fmt: skip
            connection_id = made["channelvars"]["MEDIA_WEBSOCKET_CONNECTION_ID"]
            connection = await stack.enter_async_context(
                websockets.connect(
                    f"ws://127.0.0.1:{http}/media/{connection_id}", subprotocols=["media"]
                )
            )
            tasks = [
                loop.create_task(
                    talk(connection, ears["server"], voice("server")[: 2 * 8000 * 15], "PCMU")
                ),
                loop.create_task(program.say(voice("audiosocket"))),
            ]
            bridge = (await ari.ask("POST", "/bridges", type="mixing"))["id"]
            inside = await channels(5)
            await ari.ask("POST", f"/bridges/{bridge}/addChannel", channel=",".join(inside))
            rtp.start_saying(voice("rtp"))
            everybody = {MILLIWATT, *HERTZ.values()}

            async def copy_audio() -> None:
                while True:
                    ears["rtp"].samples = rtp.audio()
                    ears["audiosocket"].samples = program.audio()
                    await asyncio.sleep(0.2)

            tasks.append(loop.create_task(copy_audio()))
            for name, ear in ears.items():
                await ear.hears(everybody - {HERTZ[name]})
            for channel in inside:
                await ari.ask("DELETE", f"/channels/{channel}")
            await program.until(lambda: program.is_over)
            for task in tasks:
                task.cancel()

    asyncio.run(main())


def test_the_dead_end_of_a_call(node: tuple[Node, int, int]) -> None:
    """Whoever asks for what is not there gets told so."""
    _, http, _ = node

    async def main() -> None:
        async with listening(http):
            with pytest.raises(OSError, match="HTTP Error"):
                await Ari(http).ask(
                    "POST", "/channels/externalMedia", app="bot", format="ulaw",
                    external_host="nobody", transport="websocket",
                )  # fmt: skip

    asyncio.run(main())
