"""TONE_DETECT."""

from __future__ import annotations

import asyncio

import pytest

from switchroom.base.errors import DialplanError
from switchroom.functions.tone_detect import detect_tone, tone_count
from switchroom.media.api import ToneHeard, TonePlan
from tests.support.fakes import fake_stream, make_channel, make_pbx, run_virtual


def test_both_directions_are_counted() -> None:
    async def main() -> None:
        channel = make_channel(make_pbx())
        await detect_tone(channel, "", "2600", "1000")
        stream = fake_stream(channel)
        assert list(stream.tones.values()) == [
            TonePlan(2600, duration=1.0),
            TonePlan(2600, duration=1.0, is_heard=True),
        ]
        stream.whistle(2600, 1.5)
        assert (tone_count(channel, "rx"), tone_count(channel, "TX")) == ("1", "1")
        await detect_tone(channel, "", "0", "", "x")
        assert stream.tones == {}

    run_virtual(main())


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ("g(ctx,ext,3)r", ("ctx", "ext", 3)),
        ("g(ext,2)r", ("default", "ext", 2)),
        ("g(2)r", ("default", "s", 2)),
        ("h(ctx,ext,3)t", ("ctx", "ext", 3)),
    ],
)
def test_where_to_go(options: str, place: tuple[str, str, int]) -> None:
    async def main() -> None:
        channel = make_channel(make_pbx())
        await detect_tone(channel, "", "2600", "500", options + "n(2)")
        fake_stream(channel).whistle(2600, 1)
        assert not channel.is_redirected
        fake_stream(channel).whistle(2600, 1)
        assert channel.is_redirected
        assert (channel.context, channel.extension, channel.priority) == place

    run_virtual(main())


def test_what_is_none() -> None:
    async def main() -> None:
        channel = make_channel(make_pbx())
        with pytest.raises(DialplanError, match="no frequency"):
            await detect_tone(channel, "", "loud")
        with pytest.raises(DialplanError, match="neither rx nor tx"):
            tone_count(channel, "up")

    run_virtual(main())


@pytest.mark.parametrize(
    ("options", "whistles", "goes"),
    [
        ("bg(busy,s,1)r", [(480, 0.5)], True),
        ("bg(busy,s,1)r", [(440, 2.0)], False),
        ("pg(busy,s,1)r", [(440, 2.0)], True),
        ("ag(busy,s,1)r", [(967, 0.3), (1788, 0.3)], True),
        ("pbg(busy,s,1)n(2)r", [(440, 2.0), (480, 0.25)], True),
    ],
)
def test_signals_of_an_exchange(
    options: str,
    whistles: list[tuple[float, float]],
    goes: bool,  # noqa: FBT001  # a case
) -> None:
    async def main() -> None:
        channel = make_channel(make_pbx())
        await detect_tone(channel, "", "0", "", options)
        for hertz, seconds in whistles:
            assert not channel.is_redirected
            fake_stream(channel).whistle(hertz, seconds)
        assert channel.is_redirected is goes
        await detect_tone(channel, "", "0", "", "x")
        assert fake_stream(channel).tones == {}

    run_virtual(main())


def test_a_dial_tone_lasts() -> None:
    async def main() -> None:
        channel = make_channel(make_pbx())
        await detect_tone(channel, "", "0", "", "cg(dial,s,1)r")
        stream = fake_stream(channel)
        number = next(number for number, plan in stream.tones.items() if plan.second == 440)
        channel.on_media_event(ToneHeard(number))
        await asyncio.sleep(2)
        assert not channel.is_redirected
        await asyncio.sleep(2)
        assert channel.is_redirected

    run_virtual(main())
