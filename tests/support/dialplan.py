"""Runs a few lines of extensions.conf on a fake channel in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import switchroom.apps
import switchroom.functions
from switchroom.config.language.reader import parse_config
from switchroom.dialplan.interpreter import Interpreter
from switchroom.dialplan.parser import parse_dialplan
from switchroom.dialplan.registry import collect_applications, collect_functions
from switchroom.pbx.channel import Channel
from switchroom.pbx.events import NewExtension
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.technology import Technology
from tests.support.fakes import FakeSounds, make_channel, make_pbx, run_virtual

Play = Callable[[Channel], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class Outcome:
    """What a call left."""

    variables: dict[str, str]
    global_variables: dict[str, str]
    executed: list[str] = field(default_factory=list)  #: ``extension:priority Application(data)``
    seconds: float = 0.0
    cause: HangupCause = HangupCause.NOT_DEFINED

    def __getitem__(self, name: str) -> str:
        return self.variables.get(name, "")


@lru_cache(maxsize=1)
def registries() -> tuple[dict[str, Any], dict[str, Any]]:
    return collect_applications(switchroom.apps), collect_functions(switchroom.functions)


def make_interpreter(conf: str) -> Interpreter:
    dialplan = parse_dialplan(parse_config(conf, path=Path("extensions.conf")))
    return Interpreter(*registries(), dialplan)


def run_dialplan(
    conf: str,
    *,
    play: Play | None = None,
    prepare: Callable[[Pbx, Channel], None] | None = None,
    technologies: Mapping[str, Technology] | None = None,
    sounds: FakeSounds | None = None,
    real: bool = False,
) -> Outcome:
    """Run ``s`` of ``[default]`` to its end.

    Args:
        conf: Text of extensions.conf.
        play: The caller: runs beside the dialplan, and is over with it.
        prepare: Called before the dialplan begins.
        technologies: Of Dial and Originate.
        sounds: What can be played; everything, a second long, unless given.
        real: On a loop of the real world, for what has sockets, threads or processes.
    """

    async def main() -> Outcome:
        interpreter = make_interpreter(conf)
        async with make_pbx(interpreter, sounds=sounds, technologies=technologies) as pbx:
            executed: list[str] = []

            def note(event: NewExtension) -> None:
                place = f"{event.extension}:{event.priority}"
                executed.append(f"{place} {event.application}({event.data})")

            pbx.events.subscribe(NewExtension, note)
            channel = make_channel(pbx)
            if prepare is not None:
                prepare(pbx, channel)
            caller = pbx.spawn(play(channel), name="caller") if play is not None else None
            try:
                await interpreter.run(channel)
            finally:
                channel.finish()
                if caller is not None:
                    caller.cancel()
            seconds = asyncio.get_running_loop().time()
            return Outcome(
                channel.variables, pbx.global_variables, executed, seconds, channel.hangup_cause
            )

    return asyncio.run(main()) if real else run_virtual(main())


def value_of(*lines: str, real: bool = False) -> str:
    """What ``${R}`` is after these applications."""
    return run_dialplan(lines_of(*lines), real=real)["R"]


def numbered(extension: str, lines: tuple[str, ...]) -> list[str]:
    return [f"exten => {extension},{n},{line}" for n, line in enumerate(lines, start=1)]


def lines_of(*lines: str) -> str:
    """``[default]`` with these applications in ``s``."""
    return "\n".join(["[default]", *numbered("s", lines)]) + "\n"
