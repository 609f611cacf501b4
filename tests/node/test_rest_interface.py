"""The REST interface of a whole node: where it is, and what a reload of ari.conf changes."""

import asyncio
from pathlib import Path

from switchroom.cli.context import StopMode
from switchroom.node.node import Node
from tests.ari.test_server import Client
from tests.node.test_parts import prepare
from tests.support.ports import free_port

ARI = "[general]\nenabled = yes\n"
USERS = "[boss]\ntype = user\npassword = top\n[other]\ntype = user\npassword = top\n"


def test_a_user_who_is_taken_out_is_let_go(tmp_path: Path) -> None:
    prepare(tmp_path)
    port = free_port()
    (tmp_path / "http.conf").write_text(
        f"[general]\nenabled = yes\nbindaddr = 127.0.0.1\nbindport = {port}\nprefix = here\n"
    )
    (tmp_path / "ari.conf").write_text(ARI + USERS)

    async def use(node: Node) -> None:
        await node.fully_booted.wait()
        client = Client(("127.0.0.1", port))
        answer = await client.ask("GET", "/here/ari/asterisk/info")
        assert answer["system"]["version"].startswith("22.")
        assert client.headers["server"].startswith("Asterisk/22.")
        assert (await client.ask("GET", "/here/ari/api-docs/resources.json"))["basePath"].endswith(
            "/here/ari"
        )
        sockets = [
            await client.socket(f"/here/ari/events?app={name}&api_key={name}:top")
            for name in ("boss", "other")
        ]
        (tmp_path / "ari.conf").write_text(ARI + USERS.partition("[other]")[0])
        await node.reload("ari")
        while not sockets[1].closed:
            await sockets[1]._more()
        assert "user" in sockets[1].closed
        await client.ask("GET", "/here/ari/channels", user="other:top")
        assert client.status == 401
        await client.ask("POST", "/here/ari/events/user/x?application=boss")
        assert (await sockets[0].next("ChannelUserevent"))["eventname"] == "x"
        client.close()
        node.stop(StopMode.NOW)

    async def story() -> None:
        node = Node(tmp_path)
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            group.create_task(node.run())
            group.create_task(use(node))

    asyncio.run(story())
