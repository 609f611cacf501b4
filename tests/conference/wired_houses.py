"""Several systems in one process, joined by wires that can be cut, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from switchroom.conference.conference import Conferences
from switchroom.conference.settings import ConfBridgeSettings
from switchroom.config.confbridge import read_confbridge
from switchroom.config.language.reader import parse_config
from switchroom.pbx.channel import Channel, ChannelState, Progress, RequestError
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.texting import ChannelText, arrived
from tests.support.dialplan import make_interpreter
from tests.support.fakes import FakeDriver, make_channel, make_pbx, run_virtual

DELAY = 0.05  #: seconds that everything takes over a wire


class End(FakeDriver):
    """One end of a call between two systems."""

    channel: Channel
    other: End | None = None
    is_cut = False

    def later(self, work: Callable[[End], object]) -> None:
        other = self.other
        if other is not None and not self.is_cut:
            asyncio.get_running_loop().call_later(DELAY, lambda: other.is_cut or work(other))

    async def answer(self) -> None:
        self.later(lambda other: other.channel.on_progress(Progress.ANSWERED))

    async def dial(self) -> None:
        self.later(lambda other: other.channel.pbx.start(other.channel))

    async def send_text(self, text: ChannelText) -> bool:
        self.later(lambda other: arrived(other.channel, text))
        return True

    def hangup(self, cause: HangupCause) -> None:
        self.later(lambda other: other.channel.hangup(HangupCause.NORMAL_CLEARING))


class Wires:
    """The technology ``Wire``: ``Wire/600@b`` reaches extension 600 of the system ``b``."""

    def __init__(self, name: str, systems: dict[str, Pbx]) -> None:
        self.name = name
        self.systems = systems
        self.ends: list[End] = []
        self.is_down = False

    async def request(self, pbx: Pbx, resource: str, requestor: Channel | None) -> Channel:
        extension, _, name = resource.partition("@")
        there = self.systems.get(name)
        if there is None or self.is_down:
            raise RequestError(f"no way to {name}", HangupCause.NO_ROUTE_DESTINATION)
        near, far = End(), End()
        near.other, far.other = far, near
        self.ends += (near, far)
        state = ChannelState.DOWN
        for end, core, peer in ((near, pbx, name), (far, there, self.name)):
            number = core.next_sequence("Wire")
            end.channel = Channel(
                core, name=f"Wire/{peer}-{number:08x}", driver=end, context="default",
                extension=extension, state=state,
            )  # fmt: skip
            state = ChannelState.RING
        return near.channel


class Systems:
    """By name; each has the conference 600, which is linked as the story says."""

    def __init__(self) -> None:
        self.pbx: dict[str, Pbx] = {}
        self.wires: dict[str, Wires] = {}
        self._people = 0

    async def call(self, system: str, *, settle: float = 3.0) -> Channel:
        self._people += 1
        channel = make_channel(self.pbx[system], name=f"Fake/{self._people}", extension="600")
        self.pbx[system].start(channel)
        await asyncio.sleep(settle)
        return channel

    def legs(self, system: str) -> dict[str, bool]:
        """The systems that this one has legs to, and whether they carry sound."""
        conference = self.pbx[system].datastore(Conferences).get("600")
        if conference is None:
            return {}
        links = [a.member for a in conference.attendances.values() if a.member.is_link]
        names = [each.channel.partition("/")[2].partition("-")[0] for each in links]
        assert len(set(names)) == len(names), f"two legs to one system: {names}"
        return {n: conference.room.talks(m) for n, m in zip(names, links, strict=True)}

    def people(self, system: str) -> int:
        conference = self.pbx[system].datastore(Conferences).get("600")
        return 0 if conference is None else conference.room.people

    def channels(self, system: str) -> int:
        return len(self.pbx[system].channels)

    def cut(self, one: str, two: str) -> None:
        """Nothing goes between two systems any more; neither is told."""
        for wires in self.wires.values():
            for end in wires.ends:
                other = end.other
                assert other is not None
                if {end.channel.pbx, other.channel.pbx} == {self.pbx[one], self.pbx[two]}:
                    end.is_cut = True


Story = Callable[[Systems], Awaitable[None]]


def tell(story: Story, **links: str) -> None:
    """Run a story on systems named as the arguments, each linked to those in its argument."""

    async def main() -> None:
        systems = Systems()
        async with AsyncExitStack() as stack:
            for name, others in links.items():
                wires = systems.wires[name] = Wires(name, systems.pbx)
                interpreter = make_interpreter("[default]\nexten => 600,1,ConfBridge(600)\n")
                pbx = make_pbx(
                    interpreter, technologies={"WIRE": wires}, now=asyncio.get_running_loop().time
                )
                systems.pbx[name] = await stack.enter_async_context(pbx)
                named = ",".join(f"Wire/600@{other}" for other in others)
                text = f"[default_bridge]\ntype=bridge\nlink={named}\n"
                config = read_confbridge(parse_config(text, path=Path("confbridge.conf")))
                pbx.datastore(ConfBridgeSettings).config = config
            await story(systems)
            for pbx in systems.pbx.values():
                for channel in list(pbx.channels.values()):
                    channel.hangup()
            await asyncio.sleep(30)
            assert all(not pbx.channels for pbx in systems.pbx.values())

    run_virtual(main())
