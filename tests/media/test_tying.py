"""Sockets that are tied to their party: what else may still happen to them."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from switchroom.media.api import Stream, StreamPlan
from switchroom.media.settings import MediaSettings
from tests.support.stepped_engine import TICK, SteppedEngine
from tests.support.tone_phone import TonePhone
from tests.support.virtual_loop import run_virtual

TONES = {"ann": 450, "bob": 650}


class Line:
    """A stream that plays back what it hears, and two phones."""

    def __init__(self, engine: SteppedEngine, stream: Stream, plan: StreamPlan,
                 phones: dict[str, TonePhone]) -> None:  # fmt: skip
        self.engine = engine
        self.stream = stream
        self.plan = plan
        self.phones = phones

    async def hear(self, seconds: float = 0.5) -> dict[str, set[str]]:
        """Let both speak for a while; returns what each heard at the end of it."""
        for _ in range(round(seconds / TICK)):
            await asyncio.sleep(TICK)
            for phone in self.phones.values():
                phone.speak()
            self.engine.step()
            for phone in self.phones.values():
                phone.listen()
        heard = {name: phone.hears(TONES) for name, phone in self.phones.items()}
        for phone in self.phones.values():
            phone.packets.clear()
        return heard

    def agree(self, name: str) -> None:
        """It was agreed anew where the party is."""
        self.stream.update(replace(self.plan, remote=self.phones[name].address))


def play(story, *, settings: MediaSettings | None = None) -> None:  # type: ignore[no-untyped-def]  # a coroutine function
    async def main() -> None:
        engine = SteppedEngine(first_port=33000, last_port=33999)
        if settings is not None:
            engine.configure(settings)
        phones = {name: TonePhone(hertz) for name, hertz in TONES.items()}
        plan = StreamPlan("PCMU", 0, remote=phones["ann"].address)
        stream = await engine.open_stream("127.0.0.1", plan, lambda _: None)
        stream.set_echo(enabled=True)
        for phone in phones.values():
            phone.remote = stream.local_address
        try:
            await story(Line(engine, stream, plan, phones))
        finally:
            for phone in phones.values():
                phone.close()
            await engine.close()

    run_virtual(main())


def test_nobody_but_the_party_is_heard() -> None:
    async def story(line: Line) -> None:
        assert await line.hear() == {"ann": {"ann"}, "bob": set()}

    play(story)


def test_another_address_is_agreed_and_then_the_first_one_again() -> None:
    async def story(line: Line) -> None:
        await line.hear()
        line.agree("bob")
        assert await line.hear() == {"ann": set(), "bob": {"bob"}}
        line.agree("ann")
        assert await line.hear() == {"ann": {"ann"}, "bob": set()}

    play(story)


def test_whoever_is_heard_where_that_is_not_strict() -> None:
    async def story(line: Line) -> None:
        await line.hear()
        line.engine.configure(MediaSettings(is_strict=False))
        line.phones["ann"].remote = ("", 0)
        assert await line.hear() == {"ann": set(), "bob": {"bob"}}

    play(story)


def test_a_phone_that_is_away_for_a_while() -> None:
    """Its machine refuses our packets; when it is there again all is as before."""

    async def story(line: Line) -> None:
        await line.hear()
        address = line.phones["ann"].address
        line.phones["ann"].close()
        for _ in range(20):
            await asyncio.sleep(TICK)
            line.engine.step()
        back = line.phones["ann"] = TonePhone(TONES["ann"], port=address[1])
        back.remote = line.stream.local_address
        assert (await line.hear())["ann"] == {"ann"}

    play(story)
