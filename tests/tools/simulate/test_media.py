import asyncio
from pathlib import Path

import pytest

from switchroom.base.errors import MediaError
from switchroom.media.api import MediaEngine, MediaEvent, PlaybackEnd, Sound, StreamPlan
from switchroom.tools.simulate.engine import SimulatedEngine
from switchroom.tools.simulate.media import (
    Hearing,
    RecordingFiles,
    SimulatedStream,
)
from switchroom.tools.simulate.virtual_loop import run_virtual
from tests.support.fakes import EmptyFiles

PLAN = StreamPlan("PCMU", 0)


def sound(name: str, seconds: float) -> Sound:
    return Sound(name, bytes(int(16000 * seconds)))


def party(heard: list[Hearing]) -> SimulatedStream:
    stream = SimulatedStream(lambda _: None, PLAN)
    stream.on_hearing = heard.append
    return stream


def test_it_fulfils_the_interface() -> None:
    engine: MediaEngine = SimulatedEngine()
    asyncio.run(engine.close())


def test_a_party_hears_a_sound_for_as_long_as_it_lasts() -> None:
    heard: list[Hearing] = []

    async def main() -> None:
        stream = party(heard)
        assert await stream.play(sound("a", 1.5)) is PlaybackEnd.FINISHED
        asyncio.get_running_loop().call_later(0.5, stream.stop_playback)
        assert await stream.play(sound("b", 9)) is PlaybackEnd.STOPPED
        asyncio.get_running_loop().call_later(0.5, stream.close)
        assert await stream.play(sound("c", 9)) is PlaybackEnd.CLOSED
        assert await stream.play(sound("d", 9)) is PlaybackEnd.CLOSED

    run_virtual(main())
    assert heard == [
        Hearing("a", 0.0, 1.5, PlaybackEnd.FINISHED),
        Hearing("b", 1.5, 2.0, PlaybackEnd.STOPPED),
        Hearing("c", 2.0, 2.5, PlaybackEnd.CLOSED),
    ]


def test_a_sound_in_a_pipe_reaches_the_party_behind_it() -> None:
    heard: list[Hearing] = []

    async def main() -> None:
        engine = SimulatedEngine()
        far, near = engine.open_pipe(lambda _: None, lambda _: None)
        caller = party(heard)
        await far.play(sound("before", 1))
        engine.connect(near, caller)
        await far.play(sound("meanwhile", 1))
        engine.disconnect(near, caller)
        await far.play(sound("after", 1))

    run_virtual(main())
    assert [h.sound for h in heard] == ["meanwhile"]


def test_digits_travel_over_what_is_connected() -> None:
    events: list[tuple[str, MediaEvent]] = []
    heard: list[str] = []

    async def main() -> None:
        engine = SimulatedEngine()
        one = SimulatedStream(lambda e: events.append(("one", e)), PLAN)
        two = SimulatedStream(lambda e: events.append(("two", e)), PLAN)
        two.on_digit_heard = heard.append
        engine.connect(one, two)
        one.key("5", duration=0.2)

    run_virtual(main())
    assert [name for name, _ in events] == ["one", "one"]
    assert heard == ["5"]


@pytest.mark.parametrize("files", [None, EmptyFiles()], ids=["no files", "files"])
def test_recordings_leave_a_file_where_that_is_wanted(
    tmp_path: Path, files: RecordingFiles | None
) -> None:
    path = tmp_path / "sub" / "greeting.wav"

    async def main() -> float:
        engine = SimulatedEngine(files)
        stream = await engine.open_stream("127.0.0.1", PLAN, lambda _: None)
        with pytest.raises(MediaError):
            stream.start_recording(path.with_suffix(".mp3"))
        stream.start_recording(path)
        await asyncio.sleep(3)
        return await stream.stop_recording()

    assert run_virtual(main()) == 3.0
    assert path.exists() == (files is not None)
