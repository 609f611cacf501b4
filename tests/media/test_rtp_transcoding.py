"""Any codec on one side, any other on the other: a signal goes through, and how it comes out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from itertools import product

import numpy as np
import pytest

from switchroom.media.api import Sound
from switchroom.media.codecs.registry import all_codecs, is_usable
from tests.media.calls import make_engine, run
from tests.media.coded_party import CodedParty, Samples, coded_call, compare, level_of, make_signal

CODECS = [c.config_name for c in all_codecs().values() if is_usable(c)]
TONES = (440, 1230)
SECONDS = 0.8  #: of a signal


async def _through(pairs: Sequence[tuple[CodedParty, CodedParty]]) -> list[Samples]:
    """What every second one hears of the first."""
    packets = [says.packets_of(make_signal(says.rate, SECONDS, *TONES)) for says, _ in pairs]
    for (says, _), mine in zip(pairs, packets, strict=True):
        says.say_all(mine)
    return [await hears.hear(round((SECONDS + 0.06) / hears.ptime)) for _, hears in pairs]


@pytest.mark.parametrize("first", CODECS)
def test_every_pair(first: str) -> None:
    """Level, delay and likeness of a signal that goes from one codec to every other."""

    async def main() -> None:
        async with make_engine() as engine, AsyncExitStack() as stack:
            pairs: list[tuple[CodedParty, CodedParty]] = []
            for second in CODECS:
                if second == first:
                    continue
                one, one_stream = await stack.enter_async_context(coded_call(engine, first))
                two, two_stream = await stack.enter_async_context(coded_call(engine, second))
                engine.connect(one_stream, two_stream)
                pairs.append((one, two))
            results = await _through(pairs)
        for (_, two), heard in zip(pairs, results, strict=True):
            expected = make_signal(two.rate, SECONDS - 0.02, *TONES)
            late, likeness, level = compare(heard, expected, two.rate)
            lossy = {first, two.kind.config_name} & {"gsm", "opus"}
            pair = (
                f"{first} to {two.kind.config_name}: {late:.4f} s, {likeness:.4f}, {level:.2f} dB"
            )
            assert 0.0399 <= late <= 0.0560, pair  # two frames, filters, the codecs' own
            assert likeness > (0.90 if lossy else 0.995), pair
            assert abs(level) < (1.5 if lossy else 0.3), pair

    run(main())


@pytest.mark.parametrize(
    ("first", "second"), [p for p in product(["g722", "opus", "slin16"], repeat=2) if p[0] != p[1]]
)
def test_wideband_stays_wideband(first: str, second: str) -> None:
    async def main() -> Samples:
        async with make_engine() as engine, AsyncExitStack() as stack:
            one, one_stream = await stack.enter_async_context(coded_call(engine, first))
            two, two_stream = await stack.enter_async_context(coded_call(engine, second))
            engine.connect(one_stream, two_stream)
            one.say_all(one.packets_of(make_signal(one.rate, SECONDS, 5600)))
            heard = await two.hear(40)
            expected = make_signal(two.rate, SECONDS - 0.02, 5600)
            return np.array(compare(heard, expected, two.rate))

    late, likeness, level = run(main())
    assert late < 0.056
    assert likeness > 0.9
    assert abs(level) < 1.5


def test_like_codecs_go_straight_through() -> None:
    async def main() -> None:
        async with make_engine() as engine, AsyncExitStack() as stack:
            one, one_stream = await stack.enter_async_context(coded_call(engine, "opus"))
            two, two_stream = await stack.enter_async_context(coded_call(engine, "opus"))
            engine.connect(one_stream, two_stream)
            packets = one.packets_of(make_signal(48000, 0.2, 440))
            one.say_all(packets)
            await two.until(lambda: len(two.heard) >= 10)
            assert [p.payload for p in two.heard[:10]] == [p[12:] for p in packets]
            steps = {
                b.timestamp - a.timestamp for a, b in zip(two.heard, two.heard[1:], strict=False)
            }
            assert steps == {960}

    run(main())


@pytest.mark.parametrize("name", ["g722", "opus", "slin16", "slin48", "gsm", "ulaw"])
def test_a_wideband_prompt_is_heard_as_wide_as_the_codec_is(name: str) -> None:
    at = np.arange(16000) / 16000
    samples = 5000 * np.sin(2 * np.pi * 1000 * at) + 5000 * np.sin(2 * np.pi * 6000 * at)

    async def main() -> tuple[Samples, int]:
        async with make_engine() as engine, coded_call(engine, name) as (party, stream):
            await stream.play(Sound("wide", samples.astype(np.int16).tobytes(), 16000))
            return await party.hear(round(0.98 / party.ptime)), party.rate

    heard, rate = run(main())
    heard = heard[rate // 5 :]
    assert level_of(heard, rate, 1000) == pytest.approx(5000, rel=0.1)
    if rate > 8000:
        assert level_of(heard, rate, 6000) == pytest.approx(5000, rel=0.12)


@pytest.mark.parametrize("name", CODECS)
def test_what_is_lost_or_overtaken_makes_no_gap(name: str) -> None:
    """5 % lost, the others up to 60 ms out of order: a tone goes on, and each packet in its place."""

    async def main() -> Samples:
        async with make_engine() as engine, AsyncExitStack() as stack:
            one, one_stream = await stack.enter_async_context(coded_call(engine, name))
            other = "ulaw" if name == "slin" else "slin"
            two, two_stream = await stack.enter_async_context(coded_call(engine, other))
            engine.connect(one_stream, two_stream)
            at = np.arange(round(one.rate * SECONDS)) / one.rate
            packets = one.packets_of(5000 * np.sin(2 * np.pi * 450 * at))
            few = round(0.06 / one.ptime)
            lost = {round(0.24 / one.ptime), round(0.5 / one.ptime)}
            order = list(range(few))  # the first one tells when the audio begins
            for begin in range(few, len(packets), few):
                order += reversed(range(begin, min(begin + few, len(packets))))
            one.say_all([packets[number] for number in order if number not in lost])
            return await two.hear(41)

    heard = run(main())[800 : 40 * 160].reshape(-1, 160)
    loudness = np.sqrt(np.mean(heard**2, axis=1))
    assert np.median(loudness) == pytest.approx(5000 / np.sqrt(2), rel=0.1)
    assert loudness.min() > 0.75 * np.median(loudness)
