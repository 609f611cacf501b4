"""Runs a few lines of dialplan on a fake channel, with keys pressed meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import switchroom.apps
import switchroom.functions
from switchroom.config.asterisk_conf import Directories
from switchroom.config.language.reader import parse_config
from switchroom.dialplan.interpreter import Interpreter
from switchroom.dialplan.parser import parse_dialplan
from switchroom.dialplan.registry import collect_applications, collect_functions
from tests.support.fakes import FakeSounds, fake_stream, make_channel, make_pbx, run_virtual


@dataclass(frozen=True, slots=True)
class Run:
    """What came of it."""

    played: list[str]
    variables: dict[str, str]
    was_answered: bool
    seconds: float

    @property
    def end(self) -> str:
        """Where it ended: ``s`` behind the lines, ``five``, ``fiftyfive``, or ``i`` and a number."""
        return self.variables.get("end", "")


#: What stands behind the lines, and around them.
REST = """
exten => s,{next},Set(end=s)
exten => 5,1,Set(end=five)
exten => 55,1,Set(end=fiftyfive)
exten => i,1,Set(end=i ${{INVALID_EXTEN}})
"""


def run(
    *lines: str,
    language: str = "en",
    keys: Mapping[float, str] | None = None,
    missing: Sequence[str] = (),
    durations: Mapping[str, float] | None = None,
    hangup_at: float | None = None,
    folder: Path | None = None,
) -> Run:
    """Run ``lines`` as extension ``s``.

    Args:
        lines: Applications, priority 1 on.
        language: Of the channel.
        keys: Seconds after the start: a digit that the party presses then.
        missing: Sounds that there are none of.
        durations: Seconds of sounds; others last one.
        hangup_at: Seconds after the start when the party hangs up.
        folder: Of data, sounds within.
    """
    numbered = [f"exten => s,{n},{line}" for n, line in enumerate(lines, start=1)]
    text = "[default]\n" + "\n".join(numbered) + REST.format(next=len(lines) + 1)
    sounds = FakeSounds(durations)
    sounds.missing.update(missing)

    directories = None if folder is None else Directories(astdatadir=folder)

    async def main() -> Run:
        dialplan = parse_dialplan(parse_config(text, path=Path("extensions.conf")))
        interpreter = Interpreter(
            collect_applications(switchroom.apps), collect_functions(switchroom.functions), dialplan
        )
        async with make_pbx(interpreter, sounds=sounds, directories=directories) as pbx:
            channel = make_channel(pbx)
            channel.language = language
            loop = asyncio.get_running_loop()
            began = loop.time()
            for at, digit in (keys or {}).items():
                loop.call_later(at, channel.on_digit, digit)
            if hangup_at is not None:
                loop.call_later(hangup_at, channel.hangup)
            await interpreter.run(channel)
            seconds = loop.time() - began
            played = fake_stream(channel).played if channel._stream is not None else []
            channel.finish()
            return Run(played, channel.variables, "answer" in channel.driver.told, seconds)  # type: ignore[attr-defined]  # a FakeDriver

    return run_virtual(main())
