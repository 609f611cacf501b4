"""The REST interface on fakes: a core with phones and Local channels, requests without sockets, and listeners that keep what they hear."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from switchroom.ari.context import AriContext
from switchroom.ari.device_states import know_devices
from switchroom.ari.dispatch import Answer, Asked, Dispatcher
from switchroom.ari.hub import EventHub, collect_mappings
from switchroom.ari.registry import collect_operations
from switchroom.ari.view import View
from switchroom.channels.local import LocalTechnology
from switchroom.config.ari import AriConfig, read_ari
from switchroom.config.asterisk_conf import AsteriskConfig, Directories
from switchroom.config.language.reader import parse_config
from switchroom.ops.guard import Guard, GuardPolicy
from switchroom.pbx.channel import Channel
from switchroom.pbx.config_objects import (
    Attributes,
    BadObjectError,
    UnchangeableObjectError,
    UnknownObjectError,
)
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.technology import Technology
from tests.ami.support import FakeRunning
from tests.support.dialplan import make_interpreter
from tests.support.fakes import FakeSounds, make_channel, make_pbx, run_virtual
from tests.support.phones import Phones

ARI_CONF = """
[general]
enabled = yes
[boss]
type = user
password = top
[reader]
type = user
password = look
read_only = yes
"""

EXTENSIONS_CONF = """
[default]
exten => 100,1,Stasis(ivr,one,two)
 same => n,Set(GLOBAL(BACK)=${STASISSTATUS})
 same => n(later),Set(GLOBAL(LATER)=yes)
 same => n,Wait(30)
exten => 200,1,Set(GLOBAL(THERE)=${CHANNEL})
 same => n,Wait(30)
exten => 300,1,Answer()
 same => n,Wait(60)
"""


@dataclass
class Listener:
    """Somebody who serves applications; fulfils Outbox."""

    heard: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, message: bytes) -> None:
        self.heard.append(json.loads(message))

    @property
    def types(self) -> list[str]:
        return [each["type"] for each in self.heard]

    def last(self, kind: str) -> dict[str, Any]:
        return [each for each in self.heard if each["type"] == kind][-1]


class FakeObjects:
    """Fulfils ConfigObjects: ``known`` is in a file, others may be pushed."""

    def __init__(self) -> None:
        self.pushed: dict[str, list[tuple[str, str]]] = {}

    async def find(self, config_class: str, kind: str, name: str) -> Attributes:
        if name == "known":
            return [("a", "b")]
        if name not in self.pushed:
            raise UnknownObjectError(name)
        return self.pushed[name]

    async def put(self, config_class: str, kind: str, name: str, changes: Attributes) -> Attributes:
        if name == "known":
            raise UnchangeableObjectError(name)
        if dict(changes).get("a") == "bad":
            raise BadObjectError("a")
        self.pushed[name] = list(changes)
        return self.pushed[name]

    async def delete(self, config_class: str, kind: str, name: str) -> None:
        await self.find(config_class, kind, name)
        if name == "known":
            raise UnchangeableObjectError(name)
        del self.pushed[name]


@dataclass
class Ari:
    """A node's REST interface."""

    pbx: Pbx
    context: AriContext
    dispatcher: Dispatcher
    phones: Phones

    def serve(self, name: str = "ivr", *, hears_all: bool = False) -> Listener:
        listener = Listener()
        self.context.hub.connect(name, listener, hears_all=hears_all)
        return listener

    async def answer(
        self, method: str, path: str, body: Any = None, *, user: str = "boss", **query: Any
    ) -> Answer:
        found = self.context.config.users[user]
        asked = Asked(
            method,
            path,
            urlencode(query, doseq=True),
            b"" if body is None else json.dumps(body).encode(),
            "application/json",
        )
        return await self.dispatcher.run(found, asked)

    async def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Do something that works; what it is answered with."""
        answer = await self.answer(method, path, body, **query)
        assert answer.status in {200, 201, 204}, (answer.status, answer.body)
        return json.loads(answer.body) if answer.body else None

    async def refused(self, method: str, path: str, body: Any = None, **query: Any) -> int:
        """Do something that does not work; the status."""
        answer = await self.answer(method, path, body, **query)
        assert answer.status >= 400, (answer.status, answer.body)
        assert json.loads(answer.body)["message"]
        return answer.status

    async def call(self, extension: str = "100", number: int = 1) -> Channel:
        """Somebody calls."""
        channel = make_channel(self.pbx, name=f"Fake/{number}-00000000", extension=extension)
        self.pbx.start(channel)
        await asyncio.sleep(0.01)
        return channel


def make_ari(pbx: Pbx, phones: Phones, config: AriConfig | None = None) -> Ari:
    found = config or read_ari(parse_config(ARI_CONF, path=Path("ari.conf")))

    def configured() -> list[tuple[str, str]]:
        return [("Phone", name) for name in phones.known]

    context = AriContext(
        pbx=pbx,
        asterisk=AsteriskConfig(directories=pbx.directories),
        node=FakeRunning(),
        hub=EventHub(pbx, View(pbx, configured), collect_mappings()),
        guard=Guard(GuardPolicy()),
        now=asyncio.get_running_loop().time,
        version="22.11.0",
        objects=FakeObjects(),
        config=found,
    )
    know_devices(pbx)
    return Ari(pbx, context, Dispatcher(context, collect_operations()), phones)


def run_ari(
    test: Callable[[Ari], Coroutine[Any, Any, None]],
    *,
    folder: Path = Path("/nowhere"),
    conf: str = EXTENSIONS_CONF,
    durations: dict[str, float] | None = None,
) -> None:
    """Run a test in virtual time, on a node with phones alice and bob who answer after a second."""

    async def main() -> None:
        phones = Phones(alice=1.0, bob=1.0, carol=None)
        technologies: dict[str, Technology] = {"PHONE": phones, "LOCAL": LocalTechnology()}
        pbx = make_pbx(
            make_interpreter(conf),
            sounds=FakeSounds(durations),
            technologies=technologies,
            directories=Directories(astspooldir=folder / "spool", astdatadir=folder / "data"),
        )
        async with pbx:
            ari = make_ari(pbx, phones)
            await test(ari)
            ari.context.hub.close()

    run_virtual(main())
