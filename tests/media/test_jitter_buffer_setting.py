"""A jitter buffer for packets that would be passed on as they come."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.media.calls import find_in, make_engine, noise, rtp_call, run

SAID = noise(0.4)


async def passed_on(delay: float, *, fixed: bool, order: Sequence[int] | None = None) -> bytes:
    """What the other party hears of what one says at once."""
    async with (
        make_engine() as engine,
        rtp_call(engine) as one,
        rtp_call(engine) as two,
    ):
        one.stream.set_jitter_buffer(delay, fixed=fixed)
        engine.connect(one.stream, two.stream)
        one.party.burst(SAID, order=order)
        await two.party.until(lambda: len(two.party.packets(0)) >= 40)
        return two.party.audio()


@pytest.mark.parametrize("delay", [0.04, 0.2, 0.4])
def test_what_is_passed_on_waits_so_long(delay: float) -> None:
    at, likeness = find_in(run(passed_on(delay, fixed=True)), SAID)
    assert likeness > 0.99
    assert delay - 0.02 <= at / 8000 <= delay


def test_packets_in_disorder_come_out_in_order() -> None:
    order = [0, 1, 2, 4, 3, 6, 5, 7, 9, 8, *range(10, 20)]
    _, likeness = find_in(run(passed_on(0.1, fixed=False, order=order)), SAID)
    assert likeness > 0.99


def test_without_it_packets_are_passed_on_at_once() -> None:
    async def scenario() -> None:
        async with (
            make_engine() as engine,
            rtp_call(engine) as one,
            rtp_call(engine) as two,
        ):
            one.stream.set_jitter_buffer(0.2)
            one.stream.set_jitter_buffer(None)
            engine.connect(one.stream, two.stream)
            one.party.burst(noise(0.4), order=[1, 0, *range(2, 20)])
            await two.party.until(lambda: len(two.party.packets(0)) >= 19)
            first, second = two.party.packets(0)[:2]
            assert second.sequence - first.sequence & 0xFFFF == 1

    run(scenario())
