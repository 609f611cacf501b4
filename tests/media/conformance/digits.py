"""Keys, and the connections and pipes that pass them on."""

from __future__ import annotations

import asyncio

import pytest

from switchroom.base.errors import MediaError
from switchroom.media.api import (
    DtmfBegan,
    DtmfEnded,
    PlaybackEnd,
)
from tests.media.conformance.stage import SHORT, Ear, Stage, call


async def check_a_key_is_reported_with_its_length(stage: Stage) -> None:
    async with call(stage) as one:
        await one.party.press("5", 0.2)
        await one.ear.next(DtmfEnded)
        assert one.ear.events == [DtmfBegan("5"), DtmfEnded("5", 0.2)]


async def check_digits_reach_the_party_in_order(stage: Stage) -> None:
    async with call(stage) as one:
        for digit in "1*D":
            one.stream.send_digit(digit, duration=0.05)
        assert await one.party.digits(3) == "1*D"
        assert one.ear.events == []


async def check_only_digits_are_sent(stage: Stage) -> None:
    async with call(stage) as one:
        for wrong in ("", "x", "12", "\u0661", "a"):
            with pytest.raises(MediaError):
                one.stream.send_digit(wrong)


async def check_connected_streams_pass_digits_on(stage: Stage) -> None:
    async with call(stage) as one, call(stage) as two:
        stage.engine.connect(one.stream, two.stream)
        assert one.stream.is_connected
        await one.party.press("7", 0.1)
        assert await two.party.digits(1) == "7"
        await two.party.press("8", 0.1)
        assert await one.party.digits(1) == "8"
        assert one.ear.digits == "7"
        assert two.ear.digits == "8"


async def check_disconnected_streams_do_not(stage: Stage) -> None:
    async with call(stage) as one, call(stage) as two:
        stage.engine.connect(one.stream, two.stream)
        stage.engine.disconnect(one.stream, two.stream)
        assert not one.stream.is_connected
        await one.party.press("7", 0.1)
        await one.ear.next(DtmfEnded)
        two.stream.send_digit("9")
        assert await two.party.digits(1) == "9"


async def check_a_new_connection_ends_the_old_one(stage: Stage) -> None:
    async with call(stage) as one, call(stage) as two, call(stage) as three:
        stage.engine.connect(one.stream, two.stream)
        stage.engine.connect(one.stream, three.stream)
        stage.engine.disconnect(one.stream, two.stream)  # they are not connected any more
        await one.party.press("7", 0.1)
        assert await three.party.digits(1) == "7"
        await two.party.press("8", 0.1)
        await two.ear.next(DtmfEnded)
        one.stream.send_digit("9")
        assert await one.party.digits(1) == "9"


# pipes


async def check_a_pipe_carries_digits(stage: Stage) -> None:
    ears = Ear(), Ear()
    one, two = stage.engine.open_pipe(*ears)
    assert one.local_address == two.local_address == ("", 0)
    one.send_digit("4", duration=0.1)
    await ears[1].next(DtmfEnded)
    assert ears[0].events == []
    assert ears[1].events == [DtmfBegan("4"), DtmfEnded("4", 0.1)]
    two.send_digit("6", duration=0.1)
    await ears[0].next(DtmfEnded)
    assert ears[0].digits == "6"


async def check_digits_go_through_pipes_between_two_calls(stage: Stage) -> None:
    async with call(stage) as one, call(stage) as two:
        ears = Ear(), Ear()
        near, far = stage.engine.open_pipe(*ears)
        stage.engine.connect(one.stream, near)
        stage.engine.connect(far, two.stream)
        await one.party.press("3", 0.1)
        assert await two.party.digits(1) == "3"
        assert ears[1].digits == "3"


async def check_a_pipe_plays_at_the_speed_of_sound(stage: Stage) -> None:
    loop = asyncio.get_running_loop()
    one, _ = stage.engine.open_pipe(Ear(), Ear())
    began_at = loop.time()
    assert await one.play(SHORT) is PlaybackEnd.FINISHED
    assert loop.time() - began_at >= 0.06


async def check_one_end_of_a_pipe_outlives_the_other(stage: Stage) -> None:
    ears = Ear(), Ear()
    one, two = stage.engine.open_pipe(*ears)
    two.close()
    assert await one.play(SHORT) is PlaybackEnd.FINISHED
    for _ in range(200):
        one.send_digit("1")
    one.close()
    assert ears[1].events == []
