"""Talk detection: by the engine on real sockets, and by the fake in virtual time."""

from __future__ import annotations

import asyncio

from switchroom.media.api import MediaEvent, StreamPlan, TalkingBegan, TalkingEnded
from switchroom.media.engine.engine import Engine
from tests.media.rtp_party import rtp_party, tone
from tests.support.fakes import FakeStream, run_virtual


async def _talk(*spurts: bytes, silence: float) -> list[MediaEvent]:
    """What the engine reports of a party that says ``spurts``, until it reports an end."""
    heard: list[MediaEvent] = []
    ended = asyncio.Event()

    def listen(event: MediaEvent) -> None:
        heard.append(event)
        if isinstance(event, TalkingEnded):
            ended.set()

    engine = Engine(first_port=41000, last_port=41099)
    try:
        async with rtp_party() as party:
            stream = await engine.open_stream(
                "127.0.0.1", StreamPlan("PCMU", 0, remote=party.address), listen
            )
            party.remote = stream.local_address
            stream.detect_talking(enabled=True, silence=silence)
            party.burst(b"".join(spurts))
            async with asyncio.timeout(30):
                await ended.wait()
    finally:
        await engine.close()
    return heard


def test_engine_reports_a_talk_spurt_with_its_length() -> None:
    began, ended = asyncio.run(_talk(bytes(1600), tone(440, 0.4), bytes(1600), silence=0.2))
    assert began == TalkingBegan()
    assert isinstance(ended, TalkingEnded)
    assert ended.duration == 0.4


def test_a_pause_shorter_than_agreed_ends_nothing() -> None:
    said = (tone(440, 0.2), bytes(3200), tone(440, 0.2), bytes(1600))
    began, ended = asyncio.run(_talk(*said, silence=0.5))
    assert began == TalkingBegan()
    assert isinstance(ended, TalkingEnded)
    assert ended.duration == 0.6


def test_the_fake_reports_what_the_test_tells_it_to() -> None:
    async def scenario() -> tuple[list[MediaEvent], float]:
        heard: list[MediaEvent] = []
        stream = FakeStream(heard.append)
        stream.talk(1.0)  # nobody asked yet
        stream.detect_talking(enabled=True, silence=0.5)
        stream.talk(2.0)
        assert heard == [TalkingBegan()]
        await asyncio.sleep(2.4)
        assert heard == [TalkingBegan()]
        await asyncio.sleep(0.2)
        stream.talk(5.0)
        await asyncio.sleep(1.0)
        stream.detect_talking(enabled=False)
        return heard, asyncio.get_running_loop().time()

    heard, now = run_virtual(scenario())
    assert heard == [TalkingBegan(), TalkingEnded(2.0), TalkingBegan(), TalkingEnded(1.0)]
    assert now == 3.6
