"""Alice talks to bob, and both may use codes; tests let them, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from switchroom.channels.local import LocalTechnology
from switchroom.config.features import FeatureSettings
from switchroom.pbx.bridging.bridge import Bridges
from switchroom.pbx.channel import Channel
from switchroom.pbx.features import Features
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.technology import Technology
from tests.support.dialplan import make_interpreter
from tests.support.fakes import FakeSounds, fake_stream, make_channel, make_pbx, run_virtual
from tests.support.phones import Phones


class Office:
    """Alice has called bob, and both may transfer."""

    def __init__(self, pbx: Pbx, phones: Phones, caller: Channel) -> None:
        self.pbx = pbx
        self.phones = phones
        self.caller = caller

    @property
    def bob(self) -> Channel:
        return self.phones["bob"].channel

    def key(self, who: str, digits: str) -> None:
        if who == "caller":
            for digit in digits:
                fake_stream(self.caller).key(digit)
        else:
            self.phones[who].keys(digits)

    def channel(self, who: str) -> Channel:
        return self.caller if who == "caller" else self.phones[who].channel


def office(
    work: Callable[[Office], Awaitable[None]],
    settings: FeatureSettings,
    conf: str,
    prepare: Callable[[Pbx], None] = lambda pbx: None,
    **answers_after: float | None,
) -> None:
    async def main() -> None:
        interpreter = make_interpreter(conf)
        phones = Phones(**{"bob": 1, "carol": 2, "dave": 1, **answers_after})
        technologies: dict[str, Technology] = {"PHONE": phones, "LOCAL": LocalTechnology()}
        sounds = FakeSounds({"beep": 0.2, "pbx-transfer": 0.5})
        async with make_pbx(interpreter, technologies=technologies, sounds=sounds) as pbx:
            pbx.datastore(Features).settings = settings
            prepare(pbx)
            caller = make_channel(pbx)
            pbx.start(caller)
            await asyncio.sleep(2)
            await work(Office(pbx, phones, caller))
            for channel in list(pbx.channels.values()):
                channel.hangup()
            await asyncio.sleep(30)
            assert pbx.channels == {}
            assert pbx.datastore(Bridges) == {}
            assert all(stream.closed for stream in pbx.engine.streams)  # type: ignore[attr-defined]  # a fake

    run_virtual(main())
