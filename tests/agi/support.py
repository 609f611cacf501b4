"""A call that a script drives, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from switchroom.agi.session import Session
from switchroom.pbx.channel import Channel, ChannelState, HangupError
from tests.support.dialplan import make_interpreter
from tests.support.fakes import FakeSounds, make_channel, make_pbx, run_virtual


@dataclass
class Told:
    """What came of it."""

    answers: list[str] = field(default_factory=list)
    hangups: int = 0
    is_killed: bool = False
    status: str = ""
    channel: Channel | None = None


class Lines:
    """A script that says some lines, one after each answer."""

    def __init__(self, lines: Sequence[str], told: Told, *, stays: bool = False) -> None:
        self._lines = list(lines)
        self._told = told
        self._stays = stays
        self.facts = ""

    async def read_line(self) -> str | None:
        if self._lines:
            return self._lines.pop(0)
        if self._stays and not self._told.is_killed:
            await asyncio.sleep(1e6)
        return None

    async def write(self, text: str) -> None:
        if self.facts:
            self._told.answers.append(text.removesuffix("\n"))
        self.facts = self.facts or text

    async def tell_hangup(self) -> None:
        self._told.hangups += 1

    def kill(self) -> None:
        self._told.is_killed = True


def drive(  # a test names what it needs
    *lines: str,
    keys: Mapping[float, str] = {},
    dialplan: str = "",
    hangup_after: float | None = None,
    variables: Mapping[str, str] = {},
    durations: Mapping[str, float] = {},
    database: Mapping[str, str] = {},
    is_dead: bool = False,
    stays: bool = False,
    before: Callable[[Channel], object] | None = None,
) -> Told:
    """Let a script say these lines in a call."""
    told = Told()

    async def main() -> None:
        interpreter = make_interpreter(dialplan)
        sounds = FakeSounds(durations)
        sounds.missing.add("missing")
        async with make_pbx(interpreter, sounds=sounds) as pbx:
            pbx.astdb.rows.update(database)  # type: ignore[attr-defined]  # a fake
            channel = told.channel = make_channel(pbx, context="c", extension="1")
            channel.state = ChannelState.UP
            channel.variables.update(variables)
            if before is not None:
                before(channel)
            loop = asyncio.get_running_loop()
            for second, key in keys.items():
                loop.call_later(second, channel.on_digit, key)
            if hangup_after is not None:
                loop.call_later(hangup_after, channel.hangup)
            channel.is_hung_up = is_dead
            task = asyncio.current_task()
            assert task is not None
            if not is_dead:
                channel.run_in(task)
            try:
                status = await Session(channel, Lines(lines, told, stays=stays), {"x": "y"}).run()
                told.status = status.value
            except HangupError:
                told.status = channel.variables["AGISTATUS"]
            channel.leave_task()
            channel.finish()

    run_virtual(main())
    return told
