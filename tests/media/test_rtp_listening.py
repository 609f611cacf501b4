"""Listening in on real sockets: what each party hears is told by the tones that each sends."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from switchroom.media.api import MonitorPlan, Sound, SpyPlan
from switchroom.media.codecs.samples import encode
from switchroom.media.engine.engine import Engine
from switchroom.media.files.reading import read_sound
from tests.media.calls import RtpCall, find_in, frequencies, make_engine, noise, rtp_call, run
from tests.media.rtp_party import tone

AGENT, CALLER, BOSS = 500, 900, 1400  #: hertz that each of them says
SECONDS = 0.9


@asynccontextmanager
async def bridged() -> AsyncIterator[tuple[Engine, RtpCall, RtpCall]]:
    async with make_engine() as engine, rtp_call(engine) as agent, rtp_call(engine) as caller:
        engine.connect(agent.stream, caller.stream)
        yield engine, agent, caller


async def say_all(calls: dict[int, RtpCall]) -> dict[int, list[int]]:
    """Let everybody say his tone at once; returns which tones each of them heard."""
    for hz, call in calls.items():
        call.party.start_saying(tone(hz, SECONDS))
    await asyncio.sleep(SECONDS)
    return {hz: frequencies(call.party.audio()[-2 * 4800 :]) for hz, call in calls.items()}


@pytest.mark.parametrize(
    ("plan", "agent", "caller", "boss"),
    [
        (SpyPlan(), [CALLER], [AGENT], [AGENT, CALLER]),
        (SpyPlan(hears_heard=False), [CALLER], [AGENT], [AGENT]),
        (SpyPlan(hears_said=False), [CALLER], [AGENT], [CALLER]),
        (SpyPlan(whispers=True), [CALLER, BOSS], [AGENT], [AGENT, CALLER]),
        (SpyPlan(barges=True), [CALLER, BOSS], [AGENT, BOSS], [AGENT, CALLER]),
    ],
)
def test_who_hears_whom(
    plan: SpyPlan, agent: list[int], caller: list[int], boss: list[int]
) -> None:
    async def scenario() -> dict[int, list[int]]:
        async with bridged() as (engine, one, two), rtp_call(engine) as spy:
            engine.listen_in(spy.stream, one.stream, plan)
            return await say_all({AGENT: one, CALLER: two, BOSS: spy})

    assert run(scenario()) == {AGENT: agent, CALLER: caller, BOSS: boss}


def test_two_listen_in_and_one_goes() -> None:
    async def scenario() -> tuple[dict[int, list[int]], list[int]]:
        async with (
            bridged() as (engine, one, two),
            rtp_call(engine) as first,
            rtp_call(engine) as second,
        ):
            engine.listen_in(first.stream, one.stream, SpyPlan())
            engine.listen_in(second.stream, one.stream, SpyPlan(whispers=True))
            first.stream.close()
            heard = await say_all({AGENT: one, CALLER: two, BOSS: second})
            engine.stop_listening_in(second.stream)
            one.party.heard.clear()
            after = await say_all({AGENT: one, CALLER: two, BOSS: second})
            return heard, after[AGENT]

    heard, after = run(scenario())
    assert heard == {AGENT: [CALLER, BOSS], CALLER: [AGENT], BOSS: [AGENT, CALLER]}
    assert after == [CALLER]


def test_both_directions_are_recorded_while_the_call_is_passed_on(tmp_path: Path) -> None:
    mixed, said, heard = (tmp_path / f"{name}.wav" for name in ("mixed", "said", "heard"))
    words, answer = noise(0.6), noise(0.6, seed=2)

    async def scenario() -> bytes:
        async with bridged() as (_, one, two):
            monitor = one.stream.start_monitor(MonitorPlan(mixed, said, heard))
            one.party.burst(words)
            two.party.burst(answer)
            await asyncio.sleep(0.9)
            assert await monitor.stop() > 0.6
            await two.party.until(lambda: len(two.party.heard) >= 30)
            return b"".join(packet.payload for packet in two.party.heard)

    assert run(scenario()) == encode("PCMU", words)
    for path, wanted in ((said, [words]), (heard, [answer]), (mixed, [words, answer])):
        samples, rate = read_sound(path)
        assert rate == 8000
        for part in wanted:
            assert find_in(samples, part[3200:-3200])[1] > (0.6 if path == mixed else 0.95)
    assert find_in(read_sound(said)[0], answer[3200:-3200])[1] < 0.3


def test_who_stops_a_recording_and_hangs_up_meanwhile_ends_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()

    async def scenario() -> float:
        async with bridged() as (engine, one, two):
            first = one.stream.start_monitor(MonitorPlan(tmp_path / "first.wav"))
            [recording] = engine.recorder._recordings.values()
            close = recording.close
            monkeypatch.setattr(recording, "close", lambda: close() if gate.wait(20) else 0.0)
            second = two.stream.start_monitor(MonitorPlan(tmp_path / "second.wav"))
            stopping = asyncio.ensure_future(first.stop())  # noqa: TID251  # cancelled below
            await asyncio.sleep(0.05)
            stopping.cancel()
            await asyncio.sleep(0)
            gate.set()
            async with asyncio.timeout(20):
                return await second.stop()

    assert run(scenario()) >= 0.0
    assert (tmp_path / "first.wav").is_file()


@pytest.mark.parametrize("said", [True, False])
def test_one_direction_of_a_recording_is_silent(tmp_path: Path, said: bool) -> None:  # noqa: FBT001  # a column
    path = tmp_path / "mixed.wav"
    words, answer, later = (noise(0.4, seed=seed) for seed in (1, 2, 3))

    async def scenario() -> float:
        async with bridged() as (_, one, two):
            monitor = one.stream.start_monitor(MonitorPlan(path))
            monitor.mute(said=said, heard=not said)
            one.party.burst(words)
            two.party.burst(answer)
            await asyncio.sleep(0.7)
            monitor.mute(said=False, heard=False)
            (one if said else two).party.burst(later)
            await asyncio.sleep(0.6)
            return await monitor.stop()

    assert run(scenario()) > 1.1  # silence takes its time
    samples, _ = read_sound(path)
    muted, kept = (words, answer) if said else (answer, words)
    assert find_in(samples, kept[1600:-1600])[1] > 0.9
    assert find_in(samples, muted[1600:-1600])[1] < 0.3
    assert find_in(samples, later[1600:-1600])[1] > 0.9


def test_a_recording_goes_on_behind_what_the_file_has(tmp_path: Path) -> None:
    path = tmp_path / "mixed.wav"

    async def scenario() -> list[float]:
        async with bridged() as (_, one, _two):
            seconds = []
            for gain in (1.0, 0.0):
                plan = MonitorPlan(path, append=True, said_gain=gain)
                monitor = one.stream.start_monitor(plan)
                one.party.burst(noise(0.4))
                await asyncio.sleep(0.5)
                seconds.append(await monitor.stop())
            return seconds

    first, second = run(scenario())
    samples, _ = read_sound(path)
    assert len(samples) / 16000 == pytest.approx(first + second, abs=0.001)
    at = 2 * round(8000 * first)
    assert any(samples[:at])
    assert not any(samples[at:])


def test_music_is_heard_instead_of_the_peer_and_under_no_prompt() -> None:
    async def scenario() -> list[list[int]]:
        async with bridged() as (_, one, two):
            two.party.start_saying(tone(CALLER, 4.0))
            one.stream.play_background(Sound("music", tone(BOSS, 1.0)), loop=True)
            await asyncio.sleep(0.6)
            music = one.party.audio()
            one.party.heard.clear()
            await one.stream.play(Sound("prompt", tone(AGENT, 0.5)))
            prompt = one.party.audio()
            one.stream.stop_background()
            await asyncio.sleep(0.1)
            one.party.heard.clear()
            await asyncio.sleep(0.5)
            return [frequencies(each) for each in (music, prompt, one.party.audio())]

    assert run(scenario()) == [[BOSS], [AGENT], [CALLER]]


def test_a_loop_has_no_gap() -> None:
    cycle = tone(500, 0.1)  # fifty whole waves

    async def scenario() -> bytes:
        async with make_engine() as engine, rtp_call(engine) as one:
            one.stream.play_background(Sound("tone", cycle), loop=True)
            await one.party.until(lambda: len(one.party.heard) >= 30)
            return one.party.audio()

    assert find_in(run(scenario()), tone(500, 0.5))[1] > 0.99


def test_a_party_that_is_muted_and_one_that_is_louder() -> None:
    async def scenario() -> tuple[list[int], float]:
        async with bridged() as (_, one, two):
            one.stream.set_gains(said=0.0, heard=2.0)
            heard = await say_all({AGENT: one, CALLER: two})
            samples = memoryview(one.party.audio()[-2 * 1600 :]).cast("h")
            return heard[CALLER], max(samples)

    silence, loudest = run(scenario())
    assert silence == []
    assert 14000 < loudest < 18000


def test_a_recording_of_what_is_connected_alone(tmp_path: Path) -> None:
    path = tmp_path / "mixed.wav"

    async def scenario() -> float:
        async with bridged() as (engine, one, two):
            engine.disconnect(one.stream, two.stream)
            monitor = one.stream.start_monitor(MonitorPlan(path, only_connected=True))
            await asyncio.sleep(0.4)
            engine.connect(one.stream, two.stream)
            await asyncio.sleep(0.3)
            return await monitor.stop()

    assert 0.2 < run(scenario()) < 0.4


def test_both_directions_as_two_channels(tmp_path: Path) -> None:
    path = tmp_path / "both.raw"
    words, answer = noise(0.4), noise(0.4, seed=2)

    async def scenario() -> None:
        async with bridged() as (_, one, two):
            monitor = one.stream.start_monitor(MonitorPlan(path, interleaved=True))
            one.party.burst(words)
            two.party.burst(answer)
            await asyncio.sleep(0.6)
            await monitor.stop()

    run(scenario())
    samples = memoryview(path.read_bytes()).cast("h")
    assert find_in(bytes(samples[::2]), words[1600:-1600])[1] > 0.95
    assert find_in(bytes(samples[1::2]), answer[1600:-1600])[1] > 0.95


def test_who_waits_for_the_end_of_a_recording_whose_stream_was_closed(tmp_path: Path) -> None:
    path = tmp_path / "mixed.wav"

    async def scenario() -> int:
        async with make_engine() as engine, rtp_call(engine) as one:
            monitor = one.stream.start_monitor(MonitorPlan(path))
            await asyncio.sleep(0.2)
            one.stream.close()
            assert await monitor.stop() == 0.0
            return len(read_sound(path)[0])

    assert run(scenario()) > 2 * 800


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from switchroom.media.api import MonitorPlan, Sound
from switchroom.media.engine.engine import Engine
from switchroom.media.codecs.samples import encode

async def main():
    engine = Engine(first_port=45000, last_port=45999)
    one, two = engine.open_pipe(lambda e: None, lambda e: None)
    two.play_background(Sound("said", bytes.fromhex("e803") * 8000), loop=True)
    folder = Path(sys.argv[1])
    one.start_monitor(MonitorPlan(folder / "a.wav", folder / "b.ulaw", folder / "c.gsm"))
    await asyncio.sleep(2.5)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def test_a_killed_process_leaves_files_that_are_whole(tmp_path: Path) -> None:
    """All but the last second is in them, and every player can read them."""
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    ended = subprocess.run(command, check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    for name in ("a.wav", "b.ulaw", "c.gsm"):
        samples, rate = read_sound(tmp_path / name)
        assert rate == 8000
        assert len(samples) / 16000 > 1.5, name
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert file.getnframes() / 8000 > 1.5
