"""Clients of the manager interface that nobody here wrote: connect, originate, redirect, hear events."""

import asyncio
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.peers.node import Node
from tests.peers.program import WITHIN
from tests.support.ports import free_port

pytestmark = pytest.mark.peer

NPM = Path(__file__).parent / "npm"
DIALPLAN = """\
[phones]
exten => wait,1,Answer()
 same => n,Set(HERE=yes)
 same => n,Wait(60)
exten => there,1,UserEvent(Arrived,Where: there)
 same => n,Wait(60)
exten => conf,1,Answer()
 same => n,ConfBridge(700)
"""
MANAGER = """\
[general]
enabled = yes
port = {ami}
bindaddr = 127.0.0.1
[boss]
secret = top
read = all
write = all
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    port = free_port()
    files = {"extensions.conf": DIALPLAN, "manager.conf": MANAGER.replace("{ami}", str(port))}
    with Node(tmp_path_factory.mktemp("ami"), files) as started:
        started.ami = port  # type: ignore[attr-defined]  # for the clients
        yield started


def port_of(node: Node) -> int:
    port: int = node.ami  # type: ignore[attr-defined]
    return port


def until(holds: Callable[[], Any], within: float = 15.0) -> Any:
    deadline = time.monotonic() + within
    while not (found := holds()):
        assert time.monotonic() < deadline
        time.sleep(0.05)  # another process answers in real time
    return found


def test_panoramisk(node: Node) -> None:
    panoramisk = pytest.importorskip("panoramisk")

    async def main() -> None:
        manager = panoramisk.Manager(
            loop=asyncio.get_running_loop(), host="127.0.0.1", port=port_of(node),
            username="boss", secret="top", ping_delay=0.2,
        )  # fmt: skip
        seen: list[Any] = []
        manager.register_event("*", lambda _, message: seen.append(message))
        await manager.connect()
        answer = await manager.send_action({"Action": "Ping"})
        assert answer.response == "Success"
        assert answer.ping == "Pong"
        answers = await manager.send_action(
            {"Action": "Originate", "Channel": "Local/wait@phones/n", "Application": "Wait",
             "Data": "30", "Async": "true", "Variable": ["A=1", "B=2"]}
        )  # fmt: skip
        # The library waits for the event that belongs to the action.
        response = next(each for each in answers if each.event == "OriginateResponse")
        assert response.response == "Success"
        listed = await manager.send_action({"Action": "CoreShowChannels"})
        names = [each.channel for each in listed if each.event == "CoreShowChannel"]
        assert response.channel in names
        answer = await manager.send_action(
            {"Action": "Redirect", "Channel": response.channel, "Context": "phones",
             "Exten": "there", "Priority": "1"}
        )  # fmt: skip
        assert answer.response == "Success"
        async with asyncio.timeout(WITHIN):
            while not any(each.event == "UserEvent" for each in seen):
                await asyncio.sleep(0.05)
        assert next(e for e in seen if e.event == "UserEvent").where == "there"
        answer = await manager.send_command("core show version")
        assert "Asterisk 22" in str(answer.output)
        await manager.send_action({"Action": "Hangup", "Channel": response.channel})
        manager.close()

    asyncio.run(main())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # its own
def test_pyst2(node: Node) -> None:
    pytest.importorskip("asterisk.manager")
    from asterisk.manager import Manager

    manager = Manager()
    seen: list[Any] = []
    manager.connect("127.0.0.1", port_of(node))
    try:
        manager.login("boss", "top")
        manager.register_event("*", lambda event, _: seen.append(event))
        assert manager.ping().headers["Response"] == "Success"
        manager.originate(
            "Local/wait@phones/n", "there", context="phones", priority="1",
            caller_id="Caller <555>", run_async=True, variables={"A": "1"},
        )  # fmt: skip
        until(lambda: [e for e in seen if e.name == "UserEvent"])
        new = [e.headers["Channel"] for e in seen if e.name == "Newchannel"]
        assert manager.redirect(new[0], "wait", context="phones").headers["Response"] == "Success"
        until(lambda: [e for e in seen if e.name == "VarSet" and e.headers["Variable"] == "HERE"])
        assert manager.status(new[0]).headers["Response"] == "Success"
        assert manager.command("core show channels count").headers["Response"] == "Success"
        assert manager.hangup(new[0]).headers["Response"] == "Success"
    finally:
        manager.close()  # logs off as well


def test_pystrix(node: Node) -> None:
    pystrix = pytest.importorskip("pystrix")
    manager = pystrix.ami.Manager()
    seen: list[Any] = []
    arrived = threading.Event()

    def hear(event: Any, _: Any) -> None:
        seen.append(event)
        if event.name == "OriginateResponse":
            arrived.set()

    manager.connect("127.0.0.1", port_of(node))
    try:
        challenge = manager.send_action(pystrix.ami.core.Challenge())
        login = pystrix.ami.core.Login("boss", "top", challenge=challenge.result["Challenge"])
        assert manager.send_action(login).success
        manager.register_callback("", hear)
        assert manager.send_action(pystrix.ami.core.Ping()).result["Ping"] == "Pong"
        call = pystrix.ami.core.Originate_Application(
            "Local/conf@phones/n", "Wait", ("30",), async_=True
        )
        assert manager.send_action(call).success
        assert arrived.wait(WITHIN)
        until(lambda: [e for e in seen if e.name == "ConfbridgeJoin"])
        listed = manager.send_action(pystrix.ami.core.CoreShowChannels())
        assert listed.success
        channel = next(e["Channel"] for e in seen if e.name == "OriginateResponse")
        assert manager.send_action(pystrix.ami.core.Hangup(channel)).success
        until(lambda: [e for e in seen if e.name == "ConfbridgeEnd"])
    finally:
        manager.close()


@pytest.mark.skipif(
    shutil.which("node") is None or not (NPM / "node_modules" / "asterisk-ami-client").is_dir(),
    reason="needs node and the npm package asterisk-ami-client (make peers)",
)
def test_asterisk_ami_client(node: Node) -> None:
    done = subprocess.run(
        ["node", str(NPM / "ami.js"), str(port_of(node))],
        capture_output=True, text=True, timeout=2 * WITHIN, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines() == [
        "ping Success Pong", "originate Success", "list Channels will follow", "command Success",
        "events true",
    ]  # fmt: skip
