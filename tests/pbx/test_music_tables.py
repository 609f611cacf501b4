"""Classes of music in tables."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from switchroom.config.language.reader import parse_config
from switchroom.config.musiconhold import read_musiconhold
from switchroom.pbx.channel import Channel
from switchroom.pbx.music.classes import MusicClasses, start_music, stop_music
from switchroom.storage.realtime import Realtime
from tests.channels.test_sip_realtime import Tables
from tests.support.fakes import fake_stream, make_channel, make_pbx, run_virtual

JAZZ = {"name": "jazz", "mode": "playlist", "sort": "", "stamp": "2026-11-26 00:00:00"}
PIECES = [
    {"name": "jazz", "position": "2", "entry": "/second"},
    {"name": "jazz", "position": "1", "entry": "/first"},
    {"name": "rock", "position": "1", "entry": "/other"},
]
FILE = "[default]\nmode=playlist\nentry=/plain\n"


def play(
    story: Callable[[Channel, Tables], Awaitable[None]], *, general: str = "", **more: str
) -> None:
    async def main() -> None:
        async with make_pbx() as pbx:
            found = Tables(musiconhold=[{**JAZZ, **more}], musiconhold_entry=[*PIECES])
            pbx._datastores[Realtime] = found
            config = read_musiconhold(parse_config(f"[general]\n{general}\n{FILE}"))
            pbx.datastore(MusicClasses).use(config)
            channel = make_channel(pbx)
            try:
                await story(channel, found)
            finally:
                channel.hangup()
                await asyncio.sleep(1)

    run_virtual(main())


def test_a_playlist_and_what_the_file_has() -> None:
    async def story(channel: Channel, found: Tables) -> None:
        await start_music(channel, "jazz")
        await asyncio.sleep(1.5)
        assert fake_stream(channel).background.name == "/second"
        await start_music(channel, "default")
        await asyncio.sleep(0.1)
        assert fake_stream(channel).background.name == "/plain"

    play(story)


@pytest.mark.parametrize(("general", "asked"), [("", 4), ("cachertclasses=yes", 2)])
def test_a_row_is_read_again_or_once(general: str, asked: int) -> None:
    async def story(channel: Channel, found: Tables) -> None:
        for _ in range(2):
            await start_music(channel, "jazz")
        assert found.asked == asked

    play(story, general=general)


def test_a_row_that_cannot_be_used_and_none(caplog: pytest.LogCaptureFixture) -> None:
    async def story(channel: Channel, found: Tables) -> None:
        for name in ("jazz", "polka"):
            await start_music(channel, name)
            await asyncio.sleep(0.1)
            assert fake_stream(channel).background.name == "/plain"

    play(story, mode="harp")
    assert "there is no such mode of music" in caplog.text
    assert "no class of music 'polka'" in caplog.text


def test_music_that_is_stopped_while_it_is_looked_up_is_not_heard() -> None:
    async def story(channel: Channel, found: Tables) -> None:
        beginning = channel.pbx.spawn(start_music(channel, "jazz"), name="music")
        await asyncio.sleep(0)
        stop_music(channel)
        await beginning
        await asyncio.sleep(0.1)
        assert fake_stream(channel).background.name is None

    play(story)
