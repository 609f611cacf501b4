"""Digits as tones: heard, told, taken out, and passed on in whatever way the other party knows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest

from switchroom.media.api import DtmfBegan, DtmfEnded, StreamPlan
from switchroom.media.engine._engine import find_keys
from tests.media.calls import RtpCall, frequencies, make_engine, one_call, rtp_call, run, values
from tests.media.coded_party import CodedParty
from tests.media.conformance.stage import Ear
from tests.media.key_tones import key_tone, pcm, silence
from tests.media.rtp_party import EVENT_TYPE, EVENTS, tone

PRESSED = pcm(silence(0.1), key_tone("5", 0.12), silence(0.2))


def keys_in(samples: bytes) -> str:
    return "".join(key for key, _, _ in find_keys(samples))


def test_a_key_is_told_when_it_goes_down_and_up() -> None:
    async def scenario() -> None:
        async with one_call(telephone_event=None, hears_tones=True) as call:
            call.party.burst(PRESSED)
            ended = await call.ear.next(DtmfEnded)
            assert ended.digit == "5"
            assert abs(ended.duration - 0.12) <= 0.01
            assert call.ear.events == [DtmfBegan("5"), ended]

    run(scenario())


def test_nobody_listens_for_tones_unless_asked() -> None:
    async def scenario() -> None:
        async with one_call(telephone_event=None) as call:
            call.party.burst(PRESSED)
            await call.received(20)
            await asyncio.sleep(0.7)
            assert call.ear.events == []

    run(scenario())


@asynccontextmanager
async def two_parties(*, first: bool, second: bool) -> AsyncIterator[tuple[RtpCall, RtpCall]]:
    """Connected; each with tones, or with events."""

    def plan(*, tones: bool) -> dict[str, Any]:
        return {"hears_tones": tones, "telephone_event": None if tones else EVENT_TYPE}

    async with (
        make_engine() as engine,
        rtp_call(engine, **plan(tones=first)) as one,
        rtp_call(engine, **plan(tones=second)) as two,
    ):
        engine.connect(one.stream, two.stream)
        yield one, two


def test_a_tone_becomes_an_event_and_is_heard_no_more() -> None:
    async def scenario() -> None:
        async with two_parties(first=True, second=False) as (one, two):
            said = pcm(values(tone(400, 0.1)), key_tone("7", 0.15), values(tone(400, 0.3)))
            one.party.burst(said)
            await two.party.until(lambda: len(two.party.packets(EVENT_TYPE)) >= 6)
            await two.party.until(lambda: len(two.party.packets(0)) >= 15)
            digits = {EVENTS[p.payload[0]] for p in two.party.packets(EVENT_TYPE)}
            assert digits == {"7"}
            heard = two.party.audio()
            assert keys_in(heard + bytes(1600)) == ""
            assert frequencies(heard) == [400]

    run(scenario())


def test_an_event_becomes_a_tone() -> None:
    async def scenario() -> None:
        async with two_parties(first=True, second=False) as (one, two):
            two.party.press("9", 0.1)
            await one.party.until(lambda: len(one.party.packets(0)) >= 6)
            assert keys_in(one.party.audio() + bytes(1600)) == "9"

    run(scenario())


def test_from_tones_to_tones_a_key_arrives_once() -> None:
    async def scenario() -> None:
        async with two_parties(first=True, second=True) as (one, two):
            one.party.burst(PRESSED)
            await one.ear.next(DtmfEnded)
            await two.party.until(lambda: keys_in(two.party.audio() + bytes(1600)) != "")
            await asyncio.sleep(0.3)
            assert keys_in(two.party.audio() + bytes(1600)) == "5"
            assert two.ear.events == []

    run(scenario())


@pytest.mark.parametrize("codec", ["alaw", "gsm", "g722", "opus", "slin16"])
def test_a_key_is_heard_through_each_codec(codec: str) -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        async with make_engine() as engine:
            _, party = await loop.create_datagram_endpoint(
                lambda: CodedParty(codec), local_addr=("127.0.0.1", 0)
            )
            ear = Ear()
            plan = StreamPlan(
                party.kind.name,
                party.kind.payload_type,
                clock_rate=party.kind.clock_rate,
                remote=party.address,
                hears_tones=True,
            )
            stream = await engine.open_stream("127.0.0.1", plan, ear)
            party.remote = stream.local_address
            narrow = np.concatenate([silence(0.2), key_tone("#", 0.12), silence(0.4)])
            times = np.arange(round(len(narrow) * party.rate / 8000)) * 8000 / party.rate
            party.say_all(party.packets_of(np.interp(times, np.arange(len(narrow)), narrow)))
            assert (await ear.next(DtmfEnded)).digit == "#"
            await asyncio.sleep(0.2)
            assert ear.digits == "#"
            stream.close()
            party.close()

    run(scenario())
