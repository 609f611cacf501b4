"""Outbound WebSockets: the node connects to programs, and they serve as those that connect to it."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from switchroom.ari.outbound import OutboundSockets
from switchroom.channels.external.websocket_channel import MediaWebSockets
from switchroom.config.ari import read_ari
from switchroom.config.language.reader import parse_config
from switchroom.config.websocket import read_websocket_clients
from switchroom.pbx.channel import Channel
from switchroom.pbx.stasis import stay_of
from tests.ari.support import ARI_CONF, EXTENSIONS_CONF, Ari, make_ari
from tests.support.dialplan import make_interpreter
from tests.support.fakes import make_pbx
from tests.support.phones import Phones

OUTBOUND = """
[agent]
type = outbound_websocket
websocket_client_id = there
apps = ivr
local_ari_user = {user}
"""
CLIENT = """
[there]
type = websocket_client
uri = ws://127.0.0.1:{port}/agent
connection_type = {kind}
username = me
password = mine
"""


class Program:
    """Waits for the node; keeps what each connection tells, and asks what it is to ask."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.authorizations: list[str] = []
        self.connections: list[Any] = []
        self.heard: list[dict[str, Any]] = []
        self.ended = 0

    async def serve(self, connection: Any) -> None:
        self.paths.append(connection.request.path)
        self.authorizations.append(connection.request.headers.get("Authorization", ""))
        self.connections.append(connection)
        async for text in connection:
            self.heard.append(json.loads(text))
        self.ended += 1

    async def until(self, kind: str) -> dict[str, Any]:
        async with asyncio.timeout(20):
            while not (found := [each for each in self.heard if each["type"] == kind]):
                await asyncio.sleep(0.01)
        return found[-1]

    async def ask(self, method: str, uri: str) -> int:
        before = len([each for each in self.heard if each["type"] == "RESTResponse"])
        request = {"type": "RESTRequest", "transaction_id": "t", "request_id": "r",
                   "method": method, "uri": uri}  # fmt: skip
        await self.connections[-1].send(json.dumps(request))
        async with asyncio.timeout(20):
            while True:
                answers = [each for each in self.heard if each["type"] == "RESTResponse"]
                if len(answers) > before:
                    status: int = answers[-1]["status_code"]
                    return status
                await asyncio.sleep(0.01)


Test = Callable[[Ari, Program], Coroutine[Any, Any, None]]


def run_program(test: Test, *, kind: str, user: str = "boss") -> None:
    server = pytest.importorskip("websockets.asyncio.server")

    async def main() -> None:
        program = Program()
        pbx = make_pbx(make_interpreter(EXTENSIONS_CONF))
        async with server.serve(program.serve, "127.0.0.1", 0, subprotocols=["ari"]) as served:
            port = served.sockets[0].getsockname()[1]
            text = CLIENT.replace("{port}", str(port)).replace("{kind}", kind)
            clients = read_websocket_clients(parse_config(text, path=Path("websocket_client.conf")))
            pbx.datastore(MediaWebSockets).clients = clients.clients
            async with pbx:
                conf = ARI_CONF + OUTBOUND.replace("{user}", user)
                ari = make_ari(pbx, Phones(), read_ari(parse_config(conf, path=Path("ari.conf"))))
                outbound = OutboundSockets(ari.context, ari.dispatcher)
                outbound.use(ari.context.config.outbound)
                try:
                    await test(ari, program)
                finally:
                    outbound.close()
                    ari.context.hub.close()

    asyncio.run(main())


def test_a_program_is_connected_to_once_for_all_its_calls() -> None:
    async def test(ari: Ari, program: Program) -> None:
        registered = await program.until("ApplicationRegistered")
        assert registered["application"] == "ivr"
        assert program.paths == ["/agent"]
        assert program.authorizations == ["Basic bWU6bWluZQ=="]
        channel = await ari.call()
        start = await program.until("StasisStart")
        assert start["channel"]["id"] == channel.unique_id
        assert await program.ask("POST", f"channels/{channel.unique_id}/answer") == 204
        assert channel.state.text == "Up"
        await program.connections[0].close()
        async with asyncio.timeout(20):
            while len(program.connections) < 2 or not ari.context.hub.applications["ivr"].is_active:
                await asyncio.sleep(0.01)
        assert stay_of(channel) is not None  # it was kept, and is served again
        channel.hangup()

    run_program(test, kind="persistent")


def test_what_it_asks_is_judged_by_its_local_user() -> None:
    async def test(ari: Ari, program: Program) -> None:
        await program.until("ApplicationRegistered")
        assert await program.ask("GET", "channels") == 200
        assert await program.ask("POST", "bridges") == 403

    run_program(test, kind="persistent", user="reader")


def test_a_program_is_connected_to_for_each_call() -> None:
    async def test(ari: Ari, program: Program) -> None:
        await asyncio.sleep(0.05)
        assert program.connections == []
        calls: list[Channel] = []
        for number in (1, 2):
            calls.append(await ari.call(number=number))
            async with asyncio.timeout(20):
                while sum(each["type"] == "StasisStart" for each in program.heard) < number:
                    await asyncio.sleep(0.01)
        assert len(program.connections) == 2
        names = {each["application"] for each in program.heard if each["type"] == "StasisStart"}
        assert names == {f"ivr-{each.unique_id}" for each in calls}
        calls[0].hangup()
        async with asyncio.timeout(20):
            while not program.ended:
                await asyncio.sleep(0.01)
        assert program.ended == 1
        assert await program.ask("POST", f"channels/{calls[1].unique_id}/continue") == 204
        async with asyncio.timeout(20):
            while program.ended < 2 or ari.context.hub.applications:
                await asyncio.sleep(0.01)
        assert ari.pbx.global_variables["BACK"] == "SUCCESS"
        calls[1].hangup()

    run_program(test, kind="per_call_config")


def test_a_program_that_cannot_be_reached() -> None:
    async def test(ari: Ari, program: Program) -> None:
        clients = read_websocket_clients(
            parse_config(
                "[there]\ntype=websocket_client\nuri=ws://127.0.0.1:1/x\nreconnect_attempts=0\n"
                "connection_type=per_call_config\n"
            )
        )
        ari.pbx.datastore(MediaWebSockets).clients = clients.clients
        await ari.call()
        async with asyncio.timeout(20):
            while "BACK" not in ari.pbx.global_variables:
                await asyncio.sleep(0.01)
        assert ari.pbx.global_variables["BACK"] == "FAILED"

    run_program(test, kind="per_call_config")
