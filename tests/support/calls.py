"""One call through a dialplan in virtual time, with parties that answer, are busy or never answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import switchroom.apps
import switchroom.functions
from switchroom.channels.local import LocalTechnology
from switchroom.dialplan.interpreter import Interpreter
from switchroom.dialplan.loading import apply_global_variables
from switchroom.dialplan.model import Dialplan
from switchroom.dialplan.registry import Application, Rest, collect_applications, collect_functions
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel, Progress, RequestError
from switchroom.pbx.events import NewExtension
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from tests.support.fakes import FakeDriver, FakeSounds, make_channel, make_pbx, run_virtual


@lru_cache(maxsize=1)
def registries() -> tuple[dict[str, Any], dict[str, Any]]:
    return collect_applications(switchroom.apps), collect_functions(switchroom.functions)


class Party(FakeDriver):
    """A dialled party: ``answer`` (and hangs up after a minute), ``busy``, ``congestion``, ``silent``."""

    def __init__(self, conduct: str) -> None:
        super().__init__()
        self._conduct = conduct

    async def dial(self) -> None:
        assert self.channel is not None
        channel, loop = self.channel, asyncio.get_running_loop()
        channel.on_progress(Progress.RINGING)
        match self._conduct:
            case "answer":
                loop.call_later(1, channel.on_progress, Progress.ANSWERED)
                loop.call_later(60, channel.hangup)
            case "busy":
                loop.call_later(1, channel.hangup, HangupCause.USER_BUSY)
            case "congestion":
                loop.call_later(1, channel.hangup, HangupCause.NORMAL_CIRCUIT_CONGESTION)
            case _:
                pass


class Parties:
    """A channel technology; who is not named is not there."""

    def __init__(self, name: str, conducts: Mapping[str, str]) -> None:
        self._name = name
        self._conducts = conducts
        self.dialled: list[str] = []

    async def request(self, pbx: Pbx, resource: str, requestor: Channel | None) -> Channel:
        self.dialled.append(f"{self._name}/{resource}")
        if resource not in self._conducts:
            raise RequestError(f"nobody is {resource}", HangupCause.SUBSCRIBER_ABSENT)
        driver = Party(self._conducts[resource])
        name = f"{self._name}/{resource}-{pbx.next_sequence(self._name):08x}"
        driver.channel = Channel(pbx, name=name, driver=driver)
        return driver.channel


@dataclass
class Ran:
    """What became of a call."""

    steps: list[tuple[str, str, int, str, str]] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    dialled: list[str] = field(default_factory=list)
    played: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def path(self) -> list[str]:
        """``extension@context:priority`` of each step."""
        return [f"{step[1]}@{step[0]}:{step[2]}" for step in self.steps]

    def data(self, application: str) -> list[str]:
        """The arguments of each run of an application."""
        return [step[4] for step in self.steps if step[3] == application]


def run_call(
    dialplan: Dialplan,
    context: str,
    extension: str,
    *,
    caller: str = "",
    keys: str = "",
    parties: Mapping[str, str] | None = None,
    database: Mapping[str, str] | None = None,
    hangup_after: float | None = None,
    stubs: Mapping[str, Callable[[Channel, str], None]] | None = None,
    now: float | None = None,
) -> Ran:
    """Run one incoming call to its end.

    Args:
        dialplan: Where it runs.
        context: Where it starts.
        extension: What was dialled.
        caller: The caller's number.
        keys: What the caller keys, one a second from the second second on.
        parties: How the parties that are dialled behave, by ``PJSIP/name``.
        database: The AstDB, by ``/family/key``.
        hangup_after: When the caller hangs up.
        stubs: Applications that are not built yet, or that would leave the process.
        now: The time of the wall clock, seconds since the epoch.
    """
    ran = Ran()

    async def main() -> None:
        applications, functions = registries()
        applications = dict(applications)
        for name, run in (stubs or {}).items():
            applications[name.lower()] = Application(name, _stub(run))
        interpreter = Interpreter(applications, functions, dialplan)
        technologies: dict[str, Any] = {"LOCAL": LocalTechnology()}
        for name in ("PJSIP", "SIP", "IAX2", "DAHDI"):
            mine = {
                k.partition("/")[2]: v
                for k, v in (parties or {}).items()
                if k.startswith(name + "/")
            }
            technologies[name] = Parties(name, mine)
            technologies[name].dialled = ran.dialled
        sounds = FakeSounds()
        async with make_pbx(interpreter, sounds=sounds, technologies=technologies) as pbx:
            pbx.astdb.rows.update(database or {})  # type: ignore[attr-defined]  # a fake
            apply_global_variables(dialplan, pbx.global_variables)
            channel = make_channel(
                pbx, name="PJSIP/caller-00000000", context=context, extension=extension
            )
            channel.caller = CallerId(number=caller)
            if now is not None:
                channel.variables["TESTTIME"] = str(now)
            pbx.events.subscribe(NewExtension, lambda event: _note(ran, channel, event))
            loop = asyncio.get_running_loop()
            for second, digit in enumerate(keys, start=2):
                loop.call_later(second, channel.on_digit, digit)
            if hangup_after is not None:
                loop.call_later(hangup_after, channel.hangup)
            await interpreter.run(channel)
            ran.seconds = loop.time()
            ran.variables = dict(channel.variables)
            assert isinstance(channel.driver, FakeDriver)
            channel.finish()
            ran.told = channel.driver.told
            ran.played = [name for stream in pbx.engine.streams for name in stream.played]  # type: ignore[attr-defined]  # a fake

    run_virtual(main())
    return ran


def _stub(run: Callable[[Channel, str], None]) -> Callable[..., None]:
    def stub(channel: Channel, data: Rest = "") -> None:
        run(channel, data)

    return stub


def _note(ran: Ran, channel: Channel, event: NewExtension) -> None:
    if event.channel == channel.name:
        ran.steps.append(
            (event.context, event.extension, event.priority, event.application, event.data)
        )
