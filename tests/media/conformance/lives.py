"""From the beginning of a stream to its end, and that of its engine."""

from __future__ import annotations

from dataclasses import replace

from switchroom.media.api import (
    MonitorPlan,
    PlaybackEnd,
    SpyPlan,
)
from tests.media.conformance.stage import LONG, SHORT, Stage, call, playing


async def check_a_closed_stream_takes_everything_calmly(stage: Stage) -> None:
    async with call(stage) as one, call(stage) as two:
        stage.engine.connect(one.stream, two.stream)
        one.stream.close()
        one.stream.close()
        one.stream.update(replace(one.plan, codec="PCMA", payload_type=8))
        one.stream.stop_playback()
        one.stream.send_digit("1")
        one.stream.set_echo(enabled=True)
        one.stream.set_gains(said=0.0)
        one.stream.stop_background()
        assert await one.stream.play_background(SHORT) is PlaybackEnd.CLOSED
        stage.engine.listen_in(one.stream, two.stream, SpyPlan())
        stage.engine.listen_in(two.stream, one.stream, SpyPlan())
        stage.engine.stop_listening_in(one.stream)
        one.stream.detect_talking(enabled=True)
        assert await one.stream.stop_recording() == 0.0
        assert one.stream.statistics().packets_dropped == 0
        stage.engine.connect(one.stream, two.stream)
        stage.engine.disconnect(one.stream, two.stream)
        assert await two.stream.play(SHORT) is PlaybackEnd.FINISHED


async def check_the_address_is_that_of_the_host(stage: Stage) -> None:
    async with call(stage) as one:
        host, port = one.stream.local_address
        assert host == "127.0.0.1"
        assert port % 2 == 0
        assert 1024 <= port <= 65534


async def check_closing_the_engine_closes_its_streams(stage: Stage) -> None:
    async with call(stage) as one, playing(one.stream, LONG) as task:
        await stage.engine.close()
        assert await task is PlaybackEnd.CLOSED
        await stage.engine.close()


# who uses the audio


async def check_who_begins_to_use_the_audio_is_announced(stage: Stage) -> None:
    async with call(stage) as one, call(stage) as two:
        stage.engine.connect(one.stream, two.stream)
        assert one.stream.is_free
        used: list[str] = []
        one.stream.on_use = lambda: used.append("used")
        async with playing(one.stream, LONG):
            assert used == ["used"]
            assert not one.stream.is_free
            one.stream.stop_playback()
        monitor = one.stream.start_monitor(MonitorPlan(said=stage.folder / "use.wav"))
        assert len(used) == 2
        assert not one.stream.is_free
        await monitor.stop()
        assert one.stream.is_free
        stage.engine.listen_in(two.stream, one.stream, SpyPlan())
        assert len(used) == 3
        stage.engine.stop_listening_in(two.stream)
        one.stream.on_use = None
        one.stream.set_gains(said=2.0)
        assert len(used) == 3
        assert not one.stream.is_free
        one.stream.set_gains()
        assert one.stream.is_free
