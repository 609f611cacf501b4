"""Opus as the party wants it: heard in what is sent."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from switchroom.media.api import Sound, StreamPlan
from switchroom.media.codecs.registry import all_codecs, is_usable
from switchroom.sdp.opus import OpusTerms
from tests.media.calls import make_engine, run
from tests.media.coded_party import CodedParty
from tests.media.conformance.stage import Ear

pytestmark = pytest.mark.skipif(
    not is_usable(all_codecs()["opus"]), reason="libopus is not installed"
)
SECONDS = 1.0
RATE = 48000


def hiss() -> Sound:
    """Noise over all frequencies."""
    samples = np.random.default_rng(1).normal(0, 4000, round(RATE * SECONDS))
    return Sound("hiss", samples.clip(-30000, 30000).astype(np.int16).tobytes(), RATE)


async def sent(terms: OpusTerms, *, later: OpusTerms | None = None) -> tuple[list[int], float]:
    """Octets of each packet, and the share of energy above 8,000 Hz."""
    loop = asyncio.get_running_loop()
    async with make_engine() as engine:
        _, party = await loop.create_datagram_endpoint(
            lambda: CodedParty("opus"), local_addr=("127.0.0.1", 0)
        )
        kind = party.kind
        plan = StreamPlan(
            kind.name, kind.payload_type, clock_rate=kind.clock_rate, remote=party.address,
            opus=terms,
        )  # fmt: skip
        stream = await engine.open_stream("127.0.0.1", plan, Ear())
        party.remote = stream.local_address
        if later is not None:
            await stream.play(hiss())
            party.heard.clear()
            stream.update(replace(plan, opus=later))
        await stream.play(hiss())
        heard = await party.hear(40)
        stream.close()
        party.close()
        energy = np.abs(np.fft.rfft(heard)) ** 2
        edge = round(8000 * len(heard) / RATE)
        return [len(p.payload) for p in party.heard], float(energy[edge:].sum() / energy.sum())


def test_by_default_the_whole_band_is_sent() -> None:
    sizes, above = run(sent(OpusTerms()))
    assert above > 0.2
    assert np.mean(sizes) > 60


def test_what_the_party_cannot_play_is_not_sent() -> None:
    _, above = run(sent(OpusTerms(playback_rate=16000)))
    assert above < 0.02


def test_no_more_bits_than_the_party_wants() -> None:
    sizes, _ = run(sent(OpusTerms(most_bits=12000)))
    assert np.mean(sizes) < 12000 / 8 / 50 * 1.3


def test_packets_of_one_length() -> None:
    sizes, _ = run(sent(OpusTerms(is_constant=True)))
    assert len(set(sizes[5:])) == 1


def test_a_party_that_changes_its_mind() -> None:
    _, above = run(sent(OpusTerms(), later=OpusTerms(playback_rate=8000)))
    assert above < 0.02
