"""What becomes of recordings: with real commands, and calls that record just now."""

import asyncio
import os
from pathlib import Path

from switchroom.config.asterisk_conf import Directories
from switchroom.config.recordings import RecordingsConfig
from switchroom.media.api import MonitorPlan
from switchroom.pbx.recordings.calls import CallRecordings, RecordingOrder, recording_path
from switchroom.pbx.recordings.upkeep import Upkeep, files_in_use
from switchroom.storage.recordings import Recordings
from tests.support.fakes import make_channel, make_pbx

DAY = 86_400.0


def test_what_a_call_records_into_is_left_alone(tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.mkdir()

    async def main() -> None:
        async with make_pbx(directories=Directories(astspooldir=tmp_path)) as pbx:
            channel = make_channel(pbx)
            running = recording_path(channel, "running.wav")
            await channel.datastore(CallRecordings).start(
                channel, RecordingOrder(MonitorPlan(running))
            )
            assert files_in_use(pbx) == {running}
            for name in ("running.wav", "over.wav"):
                path = recording_path(channel, name)
                path.write_bytes(b"sound")
                os.utime(path, (pbx.now() - DAY, pbx.now() - DAY))
            config = RecordingsConfig(keep_for=60.0, upload=f"cp {{file}} {away}/{{name}}")
            upkeep = Upkeep(Recordings(running.parent), config, pbx.now)
            await upkeep.tend(pbx)
            assert [each.name for each in away.iterdir()] == ["over.wav"]
            assert [each.name for each in running.parent.glob("*.wav")] == ["running.wav"]
            channel.finish()
            running.write_bytes(b"sound")
            os.utime(running, (pbx.now() - DAY, pbx.now() - DAY))
            await upkeep.tend(pbx)
            assert sorted(each.name for each in away.iterdir()) == ["over.wav", "running.wav"]
            assert list(running.parent.glob("*.wav")) == []

    asyncio.run(main())


def test_what_a_call_records_into_by_then_is_not_removed(tmp_path: Path) -> None:
    monitor = tmp_path / "monitor"
    monitor.mkdir()
    for name in ("busy.wav", "grows.wav", "over.wav"):
        (monitor / name).write_bytes(b"sound")
        os.utime(monitor / name, (0, 0))
    command = "case {name} in grows*) echo more >> {file};; esac"
    config = RecordingsConfig(upload=command, removes_uploaded=True)
    upkeep = Upkeep(Recordings(monitor), config, lambda: 1e9)
    asked: list[int] = []

    def busy() -> set[Path]:
        asked.append(1)
        return {monitor / "busy.wav"} if len(asked) > 1 else set()  # a call begins meanwhile

    async def main() -> None:
        found = await upkeep.upload(busy=busy)
        assert found is not None
        assert [each.name for each in found[0]] == ["busy.wav", "grows.wav", "over.wav"]
        assert sorted(each.name for each in monitor.glob("*.wav")) == ["busy.wav", "grows.wav"]

    asyncio.run(main())


def test_what_fails_says_why_and_counts(tmp_path: Path) -> None:
    now = [1e9]
    (tmp_path / "one.wav").write_bytes(b"sound")
    os.utime(tmp_path / "one.wav", (0, 0))
    config = RecordingsConfig(upload="echo the archive is full; exit 3; true {file}")
    upkeep = Upkeep(Recordings(tmp_path), config, lambda: now[0])

    async def main() -> None:
        for failures, wait in ((1, 61.0), (2, 121.0), (3, 0.0)):
            found = await upkeep.upload()
            assert found is not None
            assert [each.name for each in found[1]] == ["one.wav"]
            (last,) = upkeep.recordings.transfers().values()
            assert (last.failures, last.why) == (failures, "exit code 3: the archive is full")
            assert await upkeep.upload() == ([], [])
            now[0] += wait
        with upkeep.recordings.alone():
            assert await upkeep.upload() is None

    asyncio.run(main())
