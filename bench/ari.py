"""The REST interface: requests a second over HTTP, and events a second to many WebSockets.

    python bench/ari.py [WEBSOCKETS]

The node and whoever listens are processes of their own, on one machine.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import tempfile
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.peers.baresip import free_port
from tests.peers.node import Node

REQUESTS = 3_000
EVENTS = 1_000
CONF = {
    "http.conf": "[general]\nenabled = yes\nbindaddr = 127.0.0.1\nbindport = {http}\n",
    "ari.conf": "[general]\nenabled = yes\n[boss]\ntype = user\npassword = top\n",
    "extensions.conf": "[default]\nexten => 1,1,Answer()\n same => n,Wait(600)\n",
}
LISTENER = """
import asyncio, sys
from websockets.asyncio.client import connect

async def one(url, wanted):
    async with connect(url, subprotocols=["ari"], compression=None, max_queue=None) as socket:
        print("in", flush=True)
        seen = 0
        async for text in socket:
            seen += '"ChannelVarset"' in text
            if seen == wanted:
                return

async def main():
    port, count, wanted = (int(each) for each in sys.argv[1:])
    url = "ws://127.0.0.1:%d/ari/events?app=a%d&api_key=boss:top&subscribeAll=true"
    await asyncio.gather(*(one(url % (port, number), wanted) for number in range(count)))
    print("done", flush=True)

asyncio.run(main())
"""


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: str) -> bytes:
    """One request on a connection that is kept."""
    writer.write(
        f"{line} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic Ym9zczp0b3A=\r\n"
        "Content-Length: 0\r\n\r\n".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        (
            int(e.split(b":")[1])
            for e in head.split(b"\r\n")
            if e.lower().startswith(b"content-length")
        ),
        0,
    )
    return await reader.readexactly(length)


async def requests(port: int, line: str, count: int) -> float:
    """Requests a second over eight connections."""

    async def some() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(count // 8):
            await ask(reader, writer, line)
        writer.close()

    began = time.monotonic()
    await asyncio.gather(*(some() for _ in range(8)))
    return count / (time.monotonic() - began)


async def main(listeners: int) -> None:
    port = free_port(socket.SOCK_STREAM)
    files = {name: text.replace("{http}", str(port)) for name, text in CONF.items()}
    with tempfile.TemporaryDirectory() as folder, Node(Path(folder), files) as node:
        node.ask("channel originate Local/1@default/n application Wait 600")
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        channels = json.loads(await ask(reader, writer, "GET /ari/channels"))
        path = f"/ari/channels/{channels[0]['id']}"
        process = psutil.Process(node.pid)
        for what, line in (
            ("GET a channel", f"GET {path}"),
            ("set a variable", f"POST {path}/variable?variable=A&value=1"),
        ):
            await requests(port, line, 400)
            before = sum(process.cpu_times()[:2])
            rate = await requests(port, line, REQUESTS)
            used = (sum(process.cpu_times()[:2]) - before) / REQUESTS
            print(f"{what}: {rate:.0f} requests/s, {1e6 * used:.0f} us CPU each")
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", LISTENER, str(port), str(listeners), str(EVENTS),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert child.stdout is not None
        for _ in range(listeners):
            await child.stdout.readline()
        before, memory = sum(process.cpu_times()[:2]), process.memory_info().rss
        began = time.monotonic()
        await requests(port, f"POST {path}/variable?variable=A&value=1", EVENTS)
        await child.stdout.readline()
        seconds = time.monotonic() - began
        used = sum(process.cpu_times()[:2]) - before
        told = EVENTS * listeners
        print(
            f"{EVENTS / seconds:.0f} events/s to {listeners} WebSockets: {told / seconds:.0f} "
            f"messages/s, {1e6 * used / told:.1f} us CPU a message, "
            f"{(process.memory_info().rss - memory) / 2**20:.0f} MB more"
        )
        await child.wait()
        writer.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50))
