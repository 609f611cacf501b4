"""Packets that keep the way through a NAT open while nothing is said."""

from __future__ import annotations

import asyncio

from switchroom.media.api import Direction, Sound
from tests.media.calls import noise, one_call, run

COMFORT_NOISE = 13


def test_an_empty_packet_goes_out_when_nothing_else_does() -> None:
    async def scenario() -> None:
        async with one_call(keep_alive=0.1, direction=Direction.INACTIVE) as call:
            await call.party.until(lambda: len(call.party.heard) >= 3)
            first, second, third = call.party.heard[:3]
            assert {p.payload_type for p in (first, second, third)} == {COMFORT_NOISE}
            assert first.payload == b"\x7f"
            assert [second.sequence, third.sequence] == [
                first.sequence + 1 & 0xFFFF,
                first.sequence + 2 & 0xFFFF,
            ]
            assert second.timestamp - first.timestamp & 0xFFFFFFFF == 800

    run(scenario())


def test_a_party_that_hears_something_needs_none() -> None:
    async def scenario() -> None:
        async with one_call(keep_alive=0.1) as call:
            await call.stream.play(Sound("noise", noise(0.5)))
            await call.party.until(lambda: len(call.party.packets(0)) >= 25)
            assert call.party.packets(COMFORT_NOISE) == []

    run(scenario())


def test_nobody_asks_nothing_goes() -> None:
    async def scenario() -> None:
        async with one_call() as call:
            await asyncio.sleep(0.2)
            assert call.party.heard == []

    run(scenario())
