"""A whole node on the recorded configuration, asked what was recorded, in the recorded order."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from switchroom.cli.context import StopMode
from switchroom.cli.registry import collect_commands
from switchroom.node.node import Node
from tests.support.ports import free_port

RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parent / "recorded_interfaces.json").read_text()
)

MANAGER = """[general]
enabled = yes
port = {ami}
bindaddr = 127.0.0.1
[golden]
secret = golden
read = all
write = all
"""
ASTERISK = """[directories]
astetcdir => {folder}/etc
astvarlibdir => {folder}/var
astspooldir => {folder}/spool
astrundir => {folder}/run
astlogdir => {folder}/log
"""
#: What else the recorded system had, as its answers tell; those without a text say nothing here.
OTHERS = {
    "ari.conf": "[general]\nenabled = yes\n[u]\ntype = user\npassword = u\n",
    "cli_aliases.conf": "", "confbridge.conf": "", "http.conf": "",
    "logger.conf": "[logfiles]\nmessages.log = warning,error\n",
    "features.conf": "[featuremap]\nblindxfer = #1\natxfer = *2\n",
    "modules.conf": "",
    "musiconhold.conf": "[default]\nmode = files\ndirectory = moh\n",
}  # fmt: skip
QUIET = 0.25  #: seconds without a message after which an answer is thought to be over


@dataclass
class Answers:
    """What our node said."""

    cli: dict[int, str] = field(default_factory=dict)
    ami: dict[int, str] = field(default_factory=dict)
    calls: str = ""
    hung_up: str = ""
    cli_busy: dict[int, str] = field(default_factory=dict)


class _Ami:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def ask(self, action: dict[str, str]) -> str:
        lines = [f"{name}: {value}\r\n" for name, value in action.items()]
        self._writer.write("".join([*lines, "\r\n"]).encode())
        return await self.heard("Response: ")

    async def heard(self, until: str = "") -> str:
        """All there is until nothing came for a while, but at least what begins with ``until``."""
        text = ""
        while True:
            waits = QUIET if until in text else 8.0
            try:
                async with asyncio.timeout(waits):
                    data = await self._reader.read(65536)
            except TimeoutError:
                return text
            if not data:
                return text
            text += data.decode()

    def close(self) -> None:
        self._writer.close()


def write_configuration(folder: Path) -> int:
    """Write the recorded configuration; returns AMI's port."""
    etc = folder / "etc"
    for each in ("etc", "var", "spool", "run", "log"):
        (folder / each).mkdir(parents=True)
    sip, ami = free_port(), free_port()
    for name, text in RECORDED["config"].items():
        (etc / name).write_text(text.replace("{sip}", str(sip)))
    for name, text in OTHERS.items():
        (etc / name).write_text(text)
    (etc / "manager.conf").write_text(MANAGER.format(ami=ami))
    (etc / "asterisk.conf").write_text(ASTERISK.format(folder=folder))
    return ami


async def ask_everything(folder: Path) -> Answers:
    """Start a node, ask all that was recorded, end it."""
    port = write_configuration(folder)
    node = Node(folder / "etc" / "asterisk.conf")
    answers = Answers()
    ready = asyncio.Event()
    running = asyncio.get_running_loop().create_task(node.run(ready.set))
    try:
        async with asyncio.timeout(20):
            await ready.wait()
        assert node._pbx is not None
        cli = node._cli_context(node._pbx)
        ami = _Ami(*await asyncio.open_connection("127.0.0.1", port))
        await ami.ask({"Action": "Login", "Username": "golden", "Secret": "golden"})
        for number, each in enumerate(RECORDED["cli_idle"]):
            if each["command"] == "channel request hangup all":  # what came before it is over
                async with asyncio.timeout(20):
                    while node._pbx.channels:
                        await ami.heard("Event: Hangup")
            answers.cli[number] = await collect_commands().execute(each["command"], cli)
            await asyncio.sleep(0)
        await ami.heard()
        for number, each in enumerate(RECORDED["ami_idle"]):
            answers.ami[number] = await ami.ask(each["action"])
        ami.close()
        await _busy(node, answers, port)
    finally:
        node.stop(StopMode.NOW)
        await running
    return answers


async def _busy(node: Node, answers: Answers, port: int) -> None:
    """The calls of the recording, as far as what they need is built."""
    assert node._pbx is not None
    cli = node._cli_context(node._pbx)
    ami = _Ami(*await asyncio.open_connection("127.0.0.1", port))
    await ami.ask({"Action": "Login", "Username": "golden", "Secret": "golden"})
    for exten in ("800", "600", "600", "700"):  # one waits, two confer, one stands in a queue
        answers.calls += await ami.ask(
            {
                "Action": "Originate", "Channel": f"Local/{exten}@internal/n",
                "Application": "Wait", "Data": "40", "CallerID": "Caller <5551212>",
                "Async": "true",
            }
        )  # fmt: skip
    channels = node._pbx.channels
    async with asyncio.timeout(20):  # until both confer, and the queue rings somebody
        while "confbridge:600" not in answers.calls or len(channels) < 9:
            answers.calls += await ami.heard()
    here = [name for name in channels if name.startswith("Local/600@internal")][-1]
    for number, each in enumerate(RECORDED["cli_busy"]):
        command = each["command"].replace("Local/600@internal-00000006;2", here)
        answers.cli_busy[number] = await collect_commands().execute(command, cli)
    answers.hung_up = await ami.heard("Event: QueueCallerLeave")
    ami.close()
