"""WaitForTone()."""

from __future__ import annotations

import asyncio

import pytest

from switchroom.apps.wait_for_tone import ToneOptions, wait_for_tone
from switchroom.base.errors import DialplanError
from switchroom.media.api import TonePlan
from switchroom.pbx.channel import Channel
from tests.support.fakes import fake_stream, make_channel, make_pbx, run_virtual


def status(channel: Channel) -> str:
    return channel.variables["WAITFORTONESTATUS"]


def test_a_tone_that_comes_often_enough() -> None:
    async def main() -> None:
        channel = make_channel(make_pbx())
        stream = await channel.stream()
        async with asyncio.TaskGroup() as group:
            options = ToneOptions(decibels="10")
            group.create_task(wait_for_tone(channel, "1000", 300, 60, 2, options))
            await asyncio.sleep(1)
            assert list(fake_stream(channel).tones.values()) == [
                TonePlan(1000.0, duration=0.3, decibels=10.0)
            ]
            fake_stream(channel).whistle(1000, 0.5)
            await asyncio.sleep(1)
            assert status(channel) == "ERROR"
            fake_stream(channel).whistle(1000, 0.5)
        assert status(channel) == "SUCCESS"
        assert fake_stream(channel).tones == {}
        assert stream is fake_stream(channel)

    run_virtual(main())


def test_none_comes() -> None:
    async def main() -> None:
        channel = make_channel(make_pbx())
        await wait_for_tone(channel, "1000", 300, 5)
        assert status(channel) == "TIMEOUT"
        assert fake_stream(channel).tones == {}

    run_virtual(main())


def test_who_hangs_up_meanwhile() -> None:
    async def main() -> None:
        channel = make_channel(make_pbx())
        waiting = asyncio.ensure_future(wait_for_tone(channel, "1000"))  # noqa: TID251  # cancelled below
        await asyncio.sleep(1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert status(channel) == "HANGUP"

    run_virtual(main())


@pytest.mark.parametrize("freq", ["", "high", "0", "-5", "4000"])
def test_what_is_no_frequency(freq: str) -> None:
    async def main() -> None:
        channel = make_channel(make_pbx())
        with pytest.raises(DialplanError, match="no frequency"):
            await wait_for_tone(channel, freq)
        assert status(channel) == "ERROR"

    run_virtual(main())
