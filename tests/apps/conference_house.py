"""A small house whose people call conferences, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from switchroom.channels.local import LocalTechnology
from switchroom.conference.conference import Conferences
from switchroom.conference.settings import ConfBridgeSettings
from switchroom.config.asterisk_conf import Directories
from switchroom.config.confbridge import read_confbridge
from switchroom.config.language.reader import parse_config
from switchroom.media.api import SeatPlan
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx
from switchroom.tools.simulate.mix import SimulatedMix
from tests.support.dialplan import make_interpreter
from tests.support.fakes import FakeSounds, fake_stream, make_channel, make_pbx, run_virtual


class House:
    """Everybody by his first name."""

    def __init__(self, pbx: Pbx) -> None:
        self.pbx = pbx
        self.people: dict[str, Channel] = {}
        self.results: dict[str, dict[str, str]] = {}
        self.events: list[Any] = []

    async def call(self, name: str, extension: str = "600", *, settle: float = 3.0) -> Channel:
        """Call an extension, and wait until what is said at first was said."""
        channel = make_channel(self.pbx, name=f"Fake/{name}", extension=extension)
        self.people[name] = channel
        channel.at_end(lambda: self.results.__setitem__(name, dict(channel.variables)))
        self.pbx.start(channel)
        await asyncio.sleep(settle)
        return channel

    async def press(self, name: str, digits: str, *, settle: float = 3.0) -> None:
        for digit in digits:
            fake_stream(self.people[name]).key(digit)
            await asyncio.sleep(0.3)
        await asyncio.sleep(settle)

    async def hang_up(self, *names: str) -> None:
        for name in names:
            self.people[name].hangup()
        await asyncio.sleep(3)

    def talk(self, name: str, seconds: float) -> None:
        fake_stream(self.people[name]).talk(seconds)

    def played(self, name: str) -> list[str]:
        """What was played to him alone."""
        return fake_stream(self.people[name]).played

    def music(self, name: str) -> bool:
        return fake_stream(self.people[name]).background.name is not None

    def seat(self, name: str) -> SeatPlan | None:
        """How he sits; None: he does not."""
        stream = fake_stream(self.people[name])
        return stream.mix.seats[stream] if stream.mix is not None else None

    def hears(self, name: str) -> str:
        """The first letters of those whom he hears, in order."""
        stream = fake_stream(self.people[name])
        if stream.mix is None or not stream.mix.seats[stream].hears:
            return ""
        streams = {fake_stream(ch): who for who, ch in self.people.items() if ch.opened_stream}
        talks = (streams[s] for s, p in stream.mix.seats.items() if p.talks and s in streams)
        return "".join(sorted(who[0] for who in talks if who != name))

    @property
    def mixes(self) -> list[SimulatedMix]:
        return self.pbx.engine.mixes  # type: ignore[attr-defined, no-any-return]  # the fake's

    def announced(self) -> list[str]:
        """What was played to all."""
        return [name for mix in self.mixes for name in mix.played]

    @property
    def conferences(self) -> Conferences:
        return self.pbx.datastore(Conferences)

    def result(self, name: str, variable: str = "CONFBRIDGE_RESULT") -> str:
        return self.results[name].get(variable, "")


Story = Callable[[House], Awaitable[None]]


def tell(
    story: Story, extensions: str, confbridge: str = "", *, folder: Path | None = None
) -> House:
    """Run a story to its end; everybody hangs up then."""
    told: list[House] = []

    async def main() -> None:
        interpreter = make_interpreter(f"[default]\n{extensions}")
        directories = Directories() if folder is None else Directories(astspooldir=folder)
        sounds = FakeSounds({"confbridge-join": 0.3, "confbridge-leave": 0.3})
        async with make_pbx(
            interpreter,
            sounds=sounds,
            directories=directories,
            technologies={"LOCAL": LocalTechnology()},
            now=asyncio.get_running_loop().time,
        ) as pbx:
            config = read_confbridge(parse_config(confbridge, path=Path("confbridge.conf")))
            pbx.datastore(ConfBridgeSettings).config = config
            house = House(pbx)
            told.append(house)
            await story(house)
            await house.hang_up(*house.people)
            assert pbx.channels == {}
            assert not house.conferences
            assert all(mix.closed and not mix.seats for mix in house.mixes)

    run_virtual(main())
    return told[0]
