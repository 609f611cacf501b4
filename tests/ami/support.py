"""A manager interface on fakes: a core with Local channels and a dialplan, and clients that keep what they hear."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import switchroom.apps
import switchroom.functions
from switchroom.ami.context import AmiContext
from switchroom.ami.dispatch import Dispatcher
from switchroom.ami.hub import EventHub, collect_mappings
from switchroom.ami.login import Doorkeeper
from switchroom.ami.message import Action, Message
from switchroom.ami.registry import collect_actions
from switchroom.ami.session import Session
from switchroom.ami.sip import SipSide
from switchroom.channels.local import LocalTechnology
from switchroom.config.asterisk_conf import AsteriskConfig, Directories
from switchroom.config.language.reader import parse_config
from switchroom.config.manager import ManagerConfig, read_manager
from switchroom.dialplan.interpreter import Interpreter
from switchroom.dialplan.parser import parse_dialplan
from switchroom.dialplan.registry import collect_applications, collect_functions
from switchroom.ops.guard import Guard, GuardPolicy
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.security import report
from switchroom.pbx.technology import Technology
from tests.cli.fakes import FakeDialplan
from tests.support.fakes import make_pbx, run_virtual

MANAGER_CONF = """
[general]
enabled = yes
[boss]
secret = top
read = all
write = all
[reader]
secret = look
read = all
write =
[reporter]
secret = look
read = all
write = reporting
[caller]
secret = call
read = call
write = call,originate
"""

EXTENSIONS_CONF = """
[default]
exten => 100,1,Answer()
 same => n,Wait(60)
exten => 101,1,Busy(5)
exten => 102,1,Wait(5)
 same => n(here),Answer()
 same => n,Wait(10)
exten => 200,1,Dial(Local/100@default/n)
exten => 300,hint,Custom:desk
exten => 600,1,Answer()
 same => n,ConfBridge(600)
"""


@dataclass
class FakeRunning:
    started_at: float = 0.0
    reloaded_at: float = 0.0
    fully_booted: asyncio.Event = field(default_factory=asyncio.Event)
    told: list[str] = field(default_factory=list)

    async def reload(self, what: str = "", *, tells: bool = True) -> None:
        self.told.append(f"reload {what}".rstrip())


class NoSip:
    """Nothing is configured."""

    def endpoints(self) -> Sequence[Any]:
        return ()

    aors = auths = registrations = endpoints

    def register(self, name: str) -> bool:
        return False

    unregister = register


@dataclass
class Client:
    """A session whose messages are kept; fulfils Outbox."""

    ami: Ami
    heard: list[Message] = field(default_factory=list)
    answers: list[Message] = field(default_factory=list)
    session: Session = field(init=False)

    def __post_init__(self) -> None:
        self.session = Session(self, ("192.0.2.1", 40000), ("192.0.2.9", 5038), 0.0)

    def answer(self, message: Message) -> None:
        self.answers.append(message)

    def event(self, message: Message) -> None:
        self.heard.append(message)

    async def ask(self, name: str, *more: tuple[str, str], **headers: str) -> Message:
        """Do an action; the first message of the answer, the others are in ``answers``."""
        self.answers.clear()
        action = Action([("Action", name), *more, *headers.items()])
        self.goes_on = await self.ami.dispatcher.run(self.session, action)
        return self.answers[0]

    def names(self) -> list[str]:
        """The events that were heard."""
        return [each.get("Event") for each in self.heard]


@dataclass
class Ami:
    pbx: Pbx
    context: AmiContext
    dispatcher: Dispatcher
    node: FakeRunning
    dialplan: FakeDialplan
    commands: list[str]

    def client(self) -> Client:
        client = Client(self)
        self.context.hub.add(client.session)
        return client

    async def user(self, name: str, secret: str) -> Client:
        client = self.client()
        answer = await client.ask("Login", Username=name, Secret=secret)
        assert answer.get("Response") == "Success", answer.text
        await asyncio.sleep(0)
        client.heard.clear()
        return client


def make_config(text: str = MANAGER_CONF) -> ManagerConfig:
    return read_manager(parse_config(text, path=Path("manager.conf")))


def make_ami(
    folder: Path,
    *,
    extensions: str = EXTENSIONS_CONF,
    config: ManagerConfig | None = None,
    technologies: dict[str, Technology] | None = None,
) -> Ami:
    """Made inside a running loop."""
    loop = asyncio.get_running_loop()
    interpreter = Interpreter(
        collect_applications(switchroom.apps),
        collect_functions(switchroom.functions),
        parse_dialplan(parse_config(extensions, path=Path("extensions.conf"))),
    )
    directories = Directories(astetcdir=folder, astspooldir=folder, astlogdir=folder)
    pbx = make_pbx(
        interpreter,
        technologies={"LOCAL": LocalTechnology(), **(technologies or {})},
        directories=directories,
        now=loop.time,
    )
    hub = EventHub(pbx, collect_mappings())
    commands: list[str] = []

    async def run_command(line: str) -> str:
        commands.append(line)
        if line == "nosuch":
            return "No such command 'nosuch' (type 'core show help nosuch' for other possible commands)\n"
        return f"first line of {line}\nsecond\n"

    door = Doorkeeper(
        config=lambda: context.config,
        sessions=lambda: hub.sessions,
        guard=Guard(GuardPolicy()),
        now=loop.time,
        report=lambda event: loop.call_soon(report, pbx, event),
    )
    node, dialplan = FakeRunning(), FakeDialplan()
    node.fully_booted.set()
    context = AmiContext(
        pbx=pbx,
        asterisk=AsteriskConfig(directories=directories),
        node=node,
        dialplan=dialplan,
        sip=SipSide(NoSip()),
        run_command=run_command,
        hub=hub,
        door=door,
        config=config or make_config(),
        version="22.11.0",
    )
    return Ami(pbx, context, Dispatcher(context, collect_actions()), node, dialplan, commands)


def run_ami(folder: Path, test: Callable[[Ami], Coroutine[Any, Any, None]], **options: Any) -> None:
    """Run a test in virtual time within an entered core."""

    async def main() -> None:
        ami = make_ami(folder, **options)
        async with ami.pbx:
            await test(ami)
            ami.context.hub.close()

    run_virtual(main())
