"""A thousand clients of the manager interface while calls go on: memory is bounded, the slow are cut off."""

import asyncio
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.node import Node
from tests.support.ports import free_port

pytestmark = [pytest.mark.peer, pytest.mark.slow, pytest.mark.timeout(300)]

CLIENTS = 1000
SLOW = 10
RATE = 200  #: events a second
SECONDS = 10
MEMORY_LIMIT = 150 * 1024 * 1024  #: octets that the node may grow by

MANAGER = """\
[general]
enabled = yes
port = {ami}
bindaddr = 127.0.0.1
authlimit = 2000
[boss]
secret = top
read = all
write = all
[ear]
secret = hear
read = user
write =
[deaf]
secret = hear
read = user,dialplan
write =
"""
DIALPLAN = """\
[phones]
exten => talk,1,Answer()
 same => n,Set(DB(t/talk)=began)
 same => n,Wait(8)
 same => n,Set(DB(t/talk)=ended)
"""


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    port = free_port()
    files = {"extensions.conf": DIALPLAN, "manager.conf": MANAGER.replace("{ami}", str(port))}
    with Node(tmp_path, files) as started:
        started.ami = port  # type: ignore[attr-defined]  # for the clients
        yield started


def memory_of(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


class Ear(asyncio.Protocol):
    """Counts events; reads nothing where it is slow."""

    def __init__(self, *, slow: bool = False) -> None:
        self.slow = slow
        self.count = 0
        self.is_in = asyncio.get_running_loop().create_future()
        self.is_gone = False
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        if self.slow:
            connected = transport.get_extra_info("socket")
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        name = "deaf" if self.slow else "ear"
        transport.write(f"Action: Login\r\nUsername: {name}\r\nSecret: hear\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        text = self._rest + data
        self.count += text.count(b"Event: UserEvent\r\n")
        self._rest = text[-16:] if not text.endswith(b"\r\n\r\n") else b""
        if not self.is_in.done() and b"Authentication accepted" in text:
            self.is_in.set_result(None)
            if self.slow:
                self.transport.pause_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_gone = True


async def teller(port: int) -> None:
    """Tells events at a rate, through a connection of its own; then many for the slow alone."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"Action: Login\r\nUsername: boss\r\nSecret: top\r\nEvents: off\r\n\r\n")
    body = "x" * 500
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for number in range(RATE * SECONDS):
        writer.write(f"Action: UserEvent\r\nUserEvent: Tick\r\nBody: {body}\r\n\r\n".encode())
        if number % 10 == 9:
            await asyncio.sleep(max(0.0, begun + number / RATE - loop.time()))
            await reader.read(65536)
    for _ in range(2000):
        writer.write(f"Action: Setvar\r\nVariable: G\r\nValue: {'y' * 6000}\r\n\r\n".encode())
        await writer.drain()
        await reader.read(65536)
    writer.write(b"Action: Logoff\r\n\r\n")
    while await reader.read(65536):
        pass
    writer.close()


def test_a_thousand_clients(node: Node) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < CLIENTS + 200:
        pytest.skip(f"only {hard} open files are allowed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    port: int = node.ami  # type: ignore[attr-defined]

    async def main() -> None:
        loop = asyncio.get_running_loop()
        ears: list[Ear] = []
        for number in range(CLIENTS):
            _, ear = await loop.create_connection(
                lambda number=number: Ear(slow=number < SLOW), "127.0.0.1", port  # type: ignore[misc]
            )  # fmt: skip
            ears.append(ear)
            if number % 50 == 49:
                async with asyncio.timeout(30):
                    await asyncio.gather(*(each.is_in for each in ears))
        before = memory_of(node.pid)
        call = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "switchroom", "-C", str(node.folder), "-rx",
            "channel originate Local/talk@phones/n application Wait 20",
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        await call.wait()
        begun = time.monotonic()
        await asyncio.wait_for(teller(port), SECONDS * 6)
        took = time.monotonic() - begun
        quick = ears[SLOW:]
        async with asyncio.timeout(60):
            while min(each.count for each in quick) < RATE * SECONDS:
                await asyncio.sleep(0.1)
        grown = memory_of(node.pid) - before
        figures = f"{took:.1f} s for {RATE * SECONDS} events, grown by {grown / 2**20:.0f} MiB"
        sys.stdout.write(f"{figures}\n")
        assert not any(each.is_gone for each in quick)
        assert grown < MEMORY_LIMIT
        assert node.cli("database get t talk") == "Value: ended\n"
        assert "active channels" in node.cli("core show channels")
        for each in ears:
            each.transport.abort()

    asyncio.run(main())
    cut_off = node.log().count("reads slower than events happen")
    assert cut_off == SLOW
