"""Whether somebody talks."""

from __future__ import annotations

from switchroom.media.api import (
    TalkingBegan,
    TalkingEnded,
)
from tests.media.conformance.stage import Stage, call


async def check_talk_is_reported(stage: Stage) -> None:
    async with call(stage) as one:
        one.stream.detect_talking(enabled=True, silence=0.2)
        await one.party.talk(0.4)
        ended = await one.ear.next(TalkingEnded)
        assert one.ear.events == [TalkingBegan(), ended]
        assert 0.2 <= ended.duration <= 0.6


async def check_talk_is_not_reported_unasked(stage: Stage) -> None:
    async with call(stage) as one:
        await one.party.talk(0.2)
        one.stream.detect_talking(enabled=True)
        one.stream.detect_talking(enabled=False)
        assert one.ear.events == []


async def check_talk_that_is_watched_no_longer_has_ended(stage: Stage) -> None:
    async with call(stage) as one:
        one.stream.detect_talking(enabled=True)
        await one.party.talk(0.6)
        await one.ear.next(TalkingBegan)
        one.stream.detect_talking(enabled=False)
        await one.ear.next(TalkingEnded)
