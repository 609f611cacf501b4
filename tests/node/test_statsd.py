"""``statsd.conf`` of a node: read at start, and anew at a reload."""

import asyncio
import socket
from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.cli.context import StopMode
from switchroom.node.node import Node
from tests.node.test_parts import prepare


def write(folder: Path, server: socket.socket, *options: str) -> None:
    port = server.getsockname()[1]
    lines = ["[general]", "enabled = yes", f"server = 127.0.0.1:{port}", *options, ""]
    (folder / "statsd.conf").write_text("\n".join(lines))


async def first_of(server: socket.socket, text: bytes) -> bytes:
    """The first figure with ``text`` in it."""
    while text not in (found := await asyncio.get_running_loop().sock_recv(server, 2000)):
        pass
    return found


def test_a_node_sends_its_figures(tmp_path: Path) -> None:
    prepare(tmp_path)

    async def story(node: Node, server: socket.socket) -> None:
        assert await first_of(server, b"channels.active") == b"pbx.channels.active:0|g"
        write(tmp_path, server, "add_newline = yes", "prefix = other")
        await node.reload("statsd")
        assert await first_of(server, b"other.channels") == b"other.channels.active:0|g\n"
        write(tmp_path, server, "prefix = never", "servre = x")
        with pytest.raises(ConfigError, match=r"statsd\.conf:5"):
            await node.reload("res_statsd")
        (tmp_path / "statsd.conf").unlink()
        await node.reload()
        node.stop(StopMode.NOW)

    async def main(server: socket.socket) -> None:
        node = Node(tmp_path)
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            group.create_task(node.run())
            group.create_task(story(node, server))

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0)
        write(tmp_path, server, "prefix = pbx")
        asyncio.run(main(server))
