"""A node for commands: a core on fakes, a recorded configuration, a dialplan that keeps what it was told."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from switchroom.base.errors import ConfigError, SwitchroomError
from switchroom.cli.context import CliContext, StopMode
from switchroom.cli.guard_view import GuardOfClock
from switchroom.cli.sip_view import ConfiguredSip
from switchroom.cli.views import ContactView
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import PjsipConfig, read_pjsip
from switchroom.dialplan.documentation import document_application, document_function
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import Application, Function
from switchroom.ops.guard import Guard, GuardPolicy
from switchroom.pbx.channel import Channel
from switchroom.storage.astdb import AstDb
from tests.support.fakes import make_pbx

RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parent.parent / "conformance" / "interfaces.json").read_text()
)


@dataclass(frozen=True, slots=True)
class WaitOptions:
    key: str = option("k", "A key ends it.", default="#")
    music: bool = option("m", "With music.")


def wait(channel: Channel, seconds: float = 1.0, options: WaitOptions = WaitOptions()) -> None:
    """Wait a while.

    Fractions too; see :meth:`Channel.sleep` and ``Background``.

    Args:
        channel: Who waits.
        seconds: How long, at most
            a day.
        options: Option letters.

    Variables:
        WAITSTATUS: ``KEY``, or not.

    Examples:
        Wait(1)
        Wait(1,k(*))

    Raises:
        HangupError: Never told.
    """


def length(channel: Channel, text: str) -> str:
    """Length of a text."""
    return str(len(text))


@dataclass
class FakeDialplan:
    contexts: dict[str, dict[str, str]] = field(
        default_factory=lambda: {"internal": {"100": "listing of 100\n"}, "features": {}}
    )
    broken: str = ""
    told: list[str] = field(default_factory=list)

    def show(self, context: str = "", extension: str = "") -> str:
        if not context:
            return "listing of all\n"
        if context not in self.contexts:
            return ""
        return self.contexts[context].get(extension, "") if extension else f"listing of {context}\n"

    def context_names(self) -> Sequence[str]:
        return list(self.contexts)

    def extension_names(self, context: str) -> Sequence[str]:
        return list(self.contexts.get(context, ()))

    async def reload(self) -> None:
        if self.broken:
            raise ConfigError(
                self.broken, path="extensions.conf", line=7, column=11, source="exten => 100,x,y"
            )
        self.told.append("reload")

    async def rollback(self) -> None:
        if self.broken:
            raise ConfigError("there is no dialplan to return to", path="extensions.conf")
        self.told.append("rollback")

    def save(self, path: str) -> str:
        if self.broken:
            raise SwitchroomError(self.broken)
        self.told.append(f"save {path}".rstrip())
        return path or "extensions.conf"

    def add_extension(
        self, context: str, extension: str, priority: str, application: str, *, replace: bool
    ) -> None:
        if extension in self.contexts.get(context, {}) and not replace:
            raise SwitchroomError(f"{extension}@{context} is there already")
        self.told.append(f"add {context} {extension} {priority} {application} {replace}")

    def remove_extension(self, context: str, extension: str, priority: int | None) -> None:
        self.told.append(f"remove {context} {extension} {priority}")

    def change_parts(self, context: str, kind: str, text: str, *, add: bool) -> None:
        self.told.append(f"{'add' if add else 'remove'} {kind} {text} {context}")


class FakeNode:
    def __init__(self) -> None:
        self.started_at = 1000.0
        self.reloaded_at = 1005.0
        self.fully_booted = asyncio.Event()
        self.told: list[str] = []

    def stop(self, mode: StopMode, *, restarts: bool = False) -> None:
        self.told.append(f"{'restart' if restarts else 'stop'} {mode.name}")

    async def reload(self, what: str = "", *, tells: bool = True) -> None:
        self.told.append(f"reload {what}".rstrip())


@dataclass
class CliNode:
    """A context and the fakes behind it."""

    context: CliContext
    node: FakeNode
    dialplan: FakeDialplan
    contacts: dict[str, list[ContactView]]
    now: list[float]


def recorded_pjsip() -> PjsipConfig:
    text = RECORDED["config"]["pjsip.conf"].replace("{sip}", "45065")
    return read_pjsip(parse_config(text, path=Path("pjsip.conf")))


def make_cli(folder: Path) -> CliNode:
    """The caller closes ``context.pbx.astdb``."""
    pbx = make_pbx()
    pbx.astdb = AstDb(folder / "astdb.sqlite3")
    config = recorded_pjsip()
    contacts = {
        name: [ContactView(name, uri) for uri in aor.contacts] for name, aor in config.aors.items()
    }
    now = [1008.0]
    node, dialplan = FakeNode(), FakeDialplan()
    read_length = Function("LEN")
    read_length.add(length, write=False)
    context = CliContext(
        pbx=pbx,
        applications={"Wait": document_application(Application("Wait", wait))},
        functions={"LEN": document_function(read_length)},
        dialplan=dialplan,
        sip=ConfiguredSip(lambda: config, lambda aor: contacts.get(aor, []), pbx, lambda: now[0]),
        guard=GuardOfClock(Guard(GuardPolicy()), lambda: now[0]),
        node=node,
        census=lambda: {"Channels": len(pbx.channels), "Streams": 0},
        clock=lambda: now[0],
    )
    return CliNode(context, node, dialplan, contacts, now)
