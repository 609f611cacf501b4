"""Conferences on real sockets: who hears whom is told by the tones that each sends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from switchroom.base.errors import MediaError
from switchroom.media.api import DtmfEnded, Mix, PlaybackEnd, SeatPlan, Sound
from switchroom.media.engine.engine import Engine
from switchroom.media.files.reading import read_sound
from tests.media.calls import RtpCall, frequencies, make_engine, rtp_call, run, values
from tests.media.coded_party import CodedParty, coded_call, level_of
from tests.media.conformance.stage import Ear
from tests.media.rtp_party import FRAME, tone

ANN, BOB, CLEO = 500, 900, 1400  #: hertz that each of them says
SECONDS = 0.9


@asynccontextmanager
async def room(
    *hertz: int, plans: dict[int, SeatPlan] | None = None
) -> AsyncIterator[tuple[Engine, Mix, dict[int, RtpCall]]]:
    """A conference of people, each named by the tone that he says."""
    async with make_engine() as engine, AsyncExitStack() as stack:
        mix = engine.open_mix()
        calls: dict[int, RtpCall] = {}
        for hz in hertz:
            calls[hz] = await stack.enter_async_context(rtp_call(engine))
            mix.join(calls[hz].stream, (plans or {}).get(hz, SeatPlan()))
        yield engine, mix, calls
        mix.close()


async def say_all(calls: dict[int, RtpCall], *, amplitude: float = 6000.0) -> dict[int, list[int]]:
    """Let everybody say his tone at once; returns which tones each of them heard."""
    for hz, call in calls.items():
        call.party.heard.clear()
        call.party.start_saying(tone(hz, SECONDS, amplitude=amplitude))
    await asyncio.sleep(SECONDS)
    return {hz: frequencies(call.party.audio()[-2 * 4800 :]) for hz, call in calls.items()}


@pytest.mark.parametrize(
    ("plan", "others_hear", "it_hears"),
    [
        (SeatPlan(), True, [ANN, BOB]),
        (SeatPlan(talks=False), False, [ANN, BOB]),
        (SeatPlan(hears=False), True, []),
        (SeatPlan(buffers=True), True, [ANN, BOB]),
        (SeatPlan(drops_silence=True), True, [ANN, BOB]),
        (SeatPlan(drops_silence=True, talk_level=20000), False, [ANN, BOB]),
    ],
)
def test_who_hears_whom(plan: SeatPlan, *, others_hear: bool, it_hears: list[int]) -> None:
    async def scenario() -> dict[int, list[int]]:
        async with room(ANN, BOB, CLEO, plans={CLEO: plan}) as (_, _, calls):
            return await say_all(calls)

    cleo = [CLEO] if others_hear else []
    heard = run(scenario())
    assert heard[ANN] == [BOB, *cleo]
    assert heard[BOB] == [ANN, *cleo]
    if it_hears:
        assert heard[CLEO] == it_hears


def test_who_is_deaf_hears_silence_and_no_break_in_the_packets() -> None:
    async def scenario() -> RtpCall:
        async with room(ANN, BOB, plans={BOB: SeatPlan(hears=False)}) as (_, _, calls):
            await say_all(calls)
            return calls[BOB]

    deaf = run(scenario()).party
    assert len(deaf.heard) > 35
    assert np.abs(values(deaf.audio())).max() == 0
    numbers = [packet.sequence for packet in deaf.heard]
    assert numbers == [(numbers[0] + i) & 0xFFFF for i in range(len(numbers))]


def test_of_two_each_hears_what_the_other_said_to_the_sample() -> None:
    """One's own part is taken out of the sum exactly, so nothing of it is left."""

    async def scenario() -> dict[int, RtpCall]:
        async with room(ANN, BOB) as (_, _, calls):
            await say_all(calls)
            return calls

    for hz, call in run(scenario()).items():
        heard = values(call.party.audio())[3200:]
        own, other = level_of(heard, 8000, hz), level_of(heard, 8000, ANN + BOB - hz)
        assert other == pytest.approx(6000, rel=0.1)
        assert own < 60


@pytest.mark.parametrize(("gain", "level"), [(0.5, 3000.0), (2.0, 12000.0)])
@pytest.mark.parametrize("direction", ["talk_gain", "listen_gain"])
def test_volume_of_talking_and_of_listening(gain: float, level: float, direction: str) -> None:
    async def scenario() -> dict[int, RtpCall]:
        who = ANN if direction == "talk_gain" else BOB
        plan: dict[str, Any] = {direction: gain}
        async with room(ANN, BOB, plans={who: SeatPlan(**plan)}) as (_, _, calls):
            await say_all(calls)
            return calls

    heard = values(run(scenario())[BOB].party.audio())[-6400:]
    # Where the machine is busy some packets come late: most of the time tells.
    levels = [level_of(part, 8000, ANN) for part in np.array_split(heard, 8)]
    assert np.median(levels) == pytest.approx(level, rel=0.06)


def test_many_loud_voices_are_bent_and_not_cut_off() -> None:
    """Three tones in phase, of which the sum does not fit into a sample."""

    async def scenario() -> list[RtpCall]:
        async with make_engine() as engine, AsyncExitStack() as stack:
            mix = engine.open_mix()
            calls = [await stack.enter_async_context(rtp_call(engine)) for _ in range(4)]
            for call in calls:
                mix.join(call.stream, SeatPlan())
            for call in calls[:3]:
                call.party.start_saying(tone(440, SECONDS, amplitude=14000.0))
            await asyncio.sleep(SECONDS)
            return calls

    heard = values(run(scenario())[3].party.audio())[-4800:]
    loudest = np.abs(heard).max()
    assert 26000 < loudest < 32000
    assert np.mean(np.abs(heard) == loudest) < 0.3  # cut off, it would be loudest for 43 % of it
    assert frequencies(heard.astype(np.int16).tobytes()) == [440]


def test_coming_going_and_muting_make_no_click() -> None:
    """A tone that begins or ends within a frame jumps by no more than it does by itself."""

    async def scenario() -> tuple[RtpCall, RtpCall]:
        async with room(ANN, BOB) as (_, mix, calls):
            ann, bob = calls[ANN], calls[BOB]
            ann.party.start_saying(tone(200, 2.0, amplitude=12000.0))
            bob.party.start_saying(bytes(2 * 16000))
            for plan in (SeatPlan(talks=False), SeatPlan(), SeatPlan(talk_gain=0.3), SeatPlan()):
                await asyncio.sleep(0.17)
                mix.join(ann.stream, plan)
            await asyncio.sleep(0.17)
            mix.leave(ann.stream)
            await asyncio.sleep(0.17)
            mix.join(ann.stream, SeatPlan())
            await asyncio.sleep(0.17)
            mix.leave(bob.stream)
            await asyncio.sleep(0.1)
            return ann, bob

    _, bob = run(scenario())
    heard = values(bob.party.audio())
    steepest = 12000 * 2 * np.pi * 200 / 8000
    assert np.abs(heard).max() > 11000
    assert np.abs(np.diff(heard)).max() < 1.35 * steepest
    quiet = np.array(
        [np.abs(heard[at : at + FRAME]).max() < 50 for at in range(0, len(heard), FRAME)]
    )
    assert 0.1 < quiet.mean() < 0.7  # it was heard, and muted


def test_who_only_listens_gets_the_packets_of_all_who_do() -> None:
    async def scenario() -> list[RtpCall]:
        async with make_engine() as engine, AsyncExitStack() as stack:
            mix = engine.open_mix()
            calls = [await stack.enter_async_context(rtp_call(engine)) for _ in range(3)]
            for call in calls:
                mix.join(call.stream, SeatPlan())
            calls[0].party.start_saying(tone(ANN, 2.2))
            await asyncio.sleep(1.4)
            calls[1].party.start_saying(tone(BOB, 0.4))  # one of them talks after all
            await asyncio.sleep(0.7)
            return calls

    one, two, three = run(scenario())
    first, second = values(two.party.audio()), values(three.party.audio())
    count = min(len(first), len(second))
    early = slice(count - 9600 - 3200, count - 9600 + 1600)
    assert level_of(first[-2400:], 8000, BOB) < 60  # his own
    assert level_of(second[-4800:-3200], 8000, BOB) > 4000
    assert level_of(first[early], 8000, ANN) == pytest.approx(8000, rel=0.1)
    for call in (one, two, three):
        numbers = [packet.sequence for packet in call.party.heard]
        stamps = [packet.timestamp for packet in call.party.heard]
        assert numbers == [(numbers[0] + i) & 0xFFFF for i in range(len(numbers))]
        assert {(b - a) & 0xFFFFFFFF for a, b in pairwise(stamps)} == {FRAME}


WIDE = ["g722", "opus", "slin16", "slin48"]


async def _listen(
    engine: Engine, mix: Mix, says: str, hears: str, *, hertz: float
) -> tuple[np.ndarray[Any, Any], CodedParty]:
    async with coded_call(engine, says) as (one, first), coded_call(engine, hears) as (two, second):
        mix.join(first, SeatPlan())
        mix.join(second, SeatPlan())
        signal = 6000 * np.sin(2 * np.pi * hertz * np.arange(round(one.rate * 0.8)) / one.rate)
        one.say_all(one.packets_of(signal))
        return (await two.hear(round(0.7 / two.ptime)))[-round(0.4 * two.rate) :], two


@pytest.mark.parametrize("hears", [*WIDE, "ulaw"])
@pytest.mark.parametrize("says", [*WIDE, "alaw"])
def test_everybody_is_heard_as_wide_as_he_and_the_listener_are(says: str, hears: str) -> None:
    async def scenario(hertz: float) -> float:
        async with make_engine() as engine:
            heard, party = await _listen(engine, engine.open_mix(), says, hears, hertz=hertz)
            return level_of(heard, party.rate, hertz)

    wide = {says, hears}.isdisjoint({"alaw", "ulaw"})
    assert run(scenario(1000)) == pytest.approx(6000, rel=0.25)
    if wide:
        assert run(scenario(5000)) == pytest.approx(6000, rel=0.4)


def test_a_room_of_8_khz_is_narrow_for_all() -> None:
    async def scenario(highest_rate: int) -> float:
        async with make_engine() as engine:
            mix = engine.open_mix(highest_rate=highest_rate)
            heard, party = await _listen(engine, mix, "g722", "opus", hertz=5000)
            return level_of(heard, party.rate, 5000)

    assert run(scenario(8000)) < 200
    assert run(scenario(16000)) > 3600


@pytest.mark.parametrize(
    ("says", "hears", "rate"),
    [
        ("slin48", "g722", 16000), ("g722", "slin48", 16000), ("slin48", "slin24", 16000),
        ("slin24", "opus", 16000), ("g722", "slin16", 12000),
    ],
)  # fmt: skip
def test_who_is_wider_than_the_room_is_heard_as_wide_as_the_room(
    says: str, hears: str, rate: int
) -> None:
    async def scenario(hertz: float) -> tuple[float, float]:
        async with make_engine() as engine:
            mix = engine.open_mix(highest_rate=rate)
            heard, party = await _listen(engine, mix, says, hears, hertz=hertz)
            return level_of(heard, party.rate, 1000), level_of(heard, party.rate, hertz)

    narrow, wide = run(scenario(rate * 0.35))  # a room of 8,000 Hz would have none of it
    assert wide == pytest.approx(6000, rel=0.4)
    assert narrow < 300
    assert run(scenario(1000))[0] == pytest.approx(6000, rel=0.25)


def test_nobody_is_heard_wider_than_the_room() -> None:
    async def scenario() -> float:
        async with make_engine() as engine:
            mix = engine.open_mix(highest_rate=16000)
            heard, party = await _listen(engine, mix, "slin48", "slin48", hertz=10000)
            assert mix.sample_rate == 8000  # both are gone
            return level_of(heard, party.rate, 10000)

    assert run(scenario()) < 100


def test_the_rate_of_a_room_is_that_of_its_widest_phone() -> None:
    async def scenario() -> list[int]:
        async with make_engine() as engine, AsyncExitStack() as stack:
            mix = engine.open_mix()
            rates = [mix.sample_rate]
            streams = []
            for name in ("ulaw", "g722", "opus"):
                _, stream = await stack.enter_async_context(coded_call(engine, name))
                mix.join(stream, SeatPlan())
                streams.append(stream)
                rates.append(mix.sample_rate)
            mix.leave(streams[-1])
            rates.append(mix.sample_rate)
            mix.close()
            return [*rates, mix.sample_rate]

    assert run(scenario()) == [8000, 8000, 16000, 48000, 16000, 16000]


@pytest.mark.parametrize("codec", ["g722", "opus"])
def test_who_begins_to_talk_hears_no_break(codec: str) -> None:
    """From everybody's packets to his own, and back: the coder's memory goes along."""

    async def scenario() -> tuple[np.ndarray[Any, Any], int]:
        async with make_engine() as engine, AsyncExitStack() as stack:
            mix = engine.open_mix()
            made = [await stack.enter_async_context(coded_call(engine, codec)) for _ in range(3)]
            for _, stream in made:
                mix.join(stream, SeatPlan())
            (one, _), (two, _), _ = made
            rate = one.rate
            at = np.arange(round(rate * 0.9)) / rate
            speech = one.packets_of(np.tile(5000 * np.sin(2 * np.pi * 400 * at), 4))
            word = two.packets_of(5000 * np.sin(2 * np.pi * 1500 * at[: round(0.3 * rate)]))
            began_at = asyncio.get_running_loop().time()
            for number in range(170):
                one.send_raw(speech[number])
                if 70 <= number < 85:
                    two.send_raw(word[number - 70])
                next_at = began_at + 0.02 * (number + 1)
                await asyncio.sleep(max(0.0, next_at - asyncio.get_running_loop().time()))
            return await two.hear(150), rate

    heard, rate = run(scenario())
    frame = rate // 50
    levels = [level_of(heard[i : i + 2 * frame], rate, 400) for i in range(0, 150 * frame, frame)]
    steady = np.array(levels[20:140])
    assert np.median(steady) == pytest.approx(5000, rel=0.2)
    assert np.mean(steady < 2500) < 0.15  # some frames of a loaded machine apart


def test_a_sound_for_all_and_one_for_one() -> None:
    async def scenario() -> tuple[PlaybackEnd, dict[int, list[int]], dict[int, list[int]]]:
        async with room(ANN, BOB) as (_, mix, calls):
            end = await mix.play(Sound("all", tone(700, 0.6)))
            all_heard = {hz: frequencies(call.party.audio()[-6400:]) for hz, call in calls.items()}
            for call in calls.values():
                call.party.heard.clear()
            await calls[ANN].stream.play(Sound("one", tone(1100, 0.6)))
            one_heard = {hz: frequencies(call.party.audio()[-6400:]) for hz, call in calls.items()}
            return end, all_heard, one_heard

    end, all_heard, one_heard = run(scenario())
    assert end is PlaybackEnd.FINISHED
    assert all_heard == {ANN: [700], BOB: [700]}
    assert one_heard[ANN] == [1100]


def test_the_room_is_recorded(tmp_path: Path) -> None:
    path = tmp_path / "room.wav"

    async def scenario() -> float:
        async with room(ANN, BOB) as (_, mix, calls):
            monitor = mix.start_recording(path)
            await say_all(calls)
            return await monitor.stop()

    assert run(scenario()) == pytest.approx(SECONDS, abs=0.3)
    assert frequencies(read_sound(path)[0][-8000:]) == [ANN, BOB]


def test_a_recording_needs_a_file_that_can_be_written(tmp_path: Path) -> None:
    async def scenario() -> int:
        async with make_engine() as engine:
            mix = engine.open_mix()
            with pytest.raises(MediaError):
                mix.start_recording(tmp_path / "room.doc")
            streams = engine.stream_count
            mix.close()
            with pytest.raises(MediaError):
                mix.start_recording(tmp_path / "room.wav")
            return streams

    assert run(scenario()) == 0


def test_a_pipe_carries_a_conference_as_wide_as_the_phone_behind_it() -> None:
    """As a Local channel: one half in the room, the other half connected with a phone."""

    async def scenario() -> tuple[float, float]:
        async with make_engine() as engine, AsyncExitStack() as stack:
            mix = engine.open_mix()
            one, first = await stack.enter_async_context(coded_call(engine, "g722"))
            two, second = await stack.enter_async_context(coded_call(engine, "slin16"))
            outer, inner = engine.open_pipe(Ear(), Ear())
            engine.connect(outer, first)
            mix.join(inner, SeatPlan())
            mix.join(second, SeatPlan())
            await asyncio.sleep(0.1)
            at = np.arange(round(16000 * 0.8)) / 16000
            one.say_all(one.packets_of(6000 * np.sin(2 * np.pi * 5000 * at)))
            two.say_all(two.packets_of(6000 * np.sin(2 * np.pi * 6000 * at)))
            heard = [(await p.hear(35))[-6400:] for p in (one, two)]
            return level_of(heard[0], 16000, 6000), level_of(heard[1], 16000, 5000)

    to_the_phone, to_the_room = run(scenario())
    assert to_the_phone == pytest.approx(6000, rel=0.3)
    assert to_the_room == pytest.approx(6000, rel=0.3)


def test_digits_are_told_and_not_passed_on() -> None:
    async def scenario() -> tuple[str, str]:
        async with room(ANN, BOB) as (_, _, calls):
            calls[ANN].party.press("5")
            await calls[ANN].ear.next(DtmfEnded)
            return calls[ANN].ear.digits, calls[BOB].ear.digits

    assert run(scenario()) == ("5", "")


def test_from_a_call_to_a_conference_and_back() -> None:
    async def scenario() -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        async with (
            room(CLEO) as (engine, mix, calls),
            rtp_call(engine) as ann,
            rtp_call(engine) as bob,
        ):
            engine.connect(ann.stream, bob.stream)
            calls |= {ANN: ann, BOB: bob}
            mix.join(ann.stream, SeatPlan())
            mix.join(bob.stream, SeatPlan())
            together = await say_all(calls)
            engine.connect(ann.stream, bob.stream)
            return together, await say_all(calls)

    together, apart = run(scenario())
    assert together == {ANN: [BOB, CLEO], BOB: [ANN, CLEO], CLEO: [ANN, BOB]}
    assert apart[ANN] == [BOB]
    assert apart[BOB] == [ANN]


def test_closed_streams_and_closed_rooms_are_taken_calmly() -> None:
    async def scenario() -> PlaybackEnd:
        async with room(ANN, BOB) as (_, mix, calls):
            calls[ANN].stream.close()
            mix.join(calls[ANN].stream, SeatPlan())
            mix.leave(calls[ANN].stream)
            mix.close()
            mix.close()
            mix.join(calls[BOB].stream, SeatPlan())
            mix.leave(calls[BOB].stream)
            assert not calls[BOB].stream.is_connected
            return await mix.play(Sound("late", tone(400, 0.1)))

    assert run(scenario()) is PlaybackEnd.CLOSED
