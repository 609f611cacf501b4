"""How well a stream is heard, from real reports over real sockets."""

from __future__ import annotations

import asyncio
import math
import struct

import pytest

from switchroom.media.api import RtcpReported, Sound
from switchroom.media.quality import Series, StreamQuality, opinion_of
from tests.media.calls import noise, run
from tests.media.test_rtcp import RR, SR, RtcpCall, rtcp_call

HERTZ = 8000


def r_factor(*, trip: float = 0.0, jitter: float = 0.0, loss: float = 0.0) -> float:
    """ITU-T G.107 as docs/media.md says, for G.711, once more by hand."""
    delay = 1000 * (trip / 2 + 2 * jitter) + 60
    late = 0.11 * (delay - 177.3) if delay > 177.3 else 0.0
    return 93.2 - 0.024 * delay - late - 95 * 100 * loss / (100 * loss + 25.1)


async def reported(call: RtcpCall, count: int) -> StreamQuality:
    async with asyncio.timeout(10):
        while (found := call.stream.quality()).remote_jitter.count < count:
            await asyncio.sleep(0.01)
    return found


def block(ssrc: int, *, fraction: int, lost: int, jitter: int) -> bytes:
    return struct.pack("!7I", 1, ssrc, fraction << 24 | lost, 0, jitter, 0, 0)


def test_what_the_party_reports_of_what_it_hears() -> None:
    async def scenario() -> StreamQuality:
        async with rtcp_call() as call:
            await call.stream.play(Sound("noise", noise(0.1)))
            ssrc = call.stream.quality().local_ssrc
            assert ssrc == call.party.heard[0].ssrc
            call.report(RR, block(ssrc, fraction=0, lost=0, jitter=80), count=1)
            await reported(call, 1)
            call.report(RR, block(ssrc, fraction=64, lost=10, jitter=240), count=1)
            await reported(call, 2)
            call.report(RR, block(ssrc + 1, fraction=255, lost=99, jitter=8000), count=1)
            call.report(RR, block(ssrc, fraction=0, lost=10, jitter=160), count=1)
            return await reported(call, 3)

    found = run(scenario())
    assert found.reported_lost == 10
    jitter, loss, score = found.remote_jitter, found.remote_loss, found.remote_score
    assert (jitter.last, jitter.least, jitter.most) == (0.02, 0.01, 0.03)
    assert jitter.average == pytest.approx(0.02)
    assert jitter.deviation == pytest.approx(math.sqrt(2e-4 / 3))
    assert (loss.last, loss.most) == (0, 10)
    assert loss.average == pytest.approx(10 / 3)
    assert score.most == pytest.approx(r_factor(jitter=0.01))
    assert score.least == pytest.approx(r_factor(jitter=0.03, loss=0.25))


def test_what_we_report_of_what_we_hear() -> None:
    async def scenario() -> StreamQuality:
        async with rtcp_call() as call:
            call.party.burst(noise(0.4), order=[*range(10), *range(12, 20)])
            await call.next_report()
            return call.stream.quality()

    found = run(scenario())
    assert (found.local_loss.count, found.local_loss.last) == (1, 2)
    jitter = found.local_jitter.last
    assert found.local_score.last == pytest.approx(r_factor(jitter=jitter, loss=0.1))
    assert found.remote_score == Series()


def test_a_long_way_costs_quality() -> None:
    async def scenario() -> StreamQuality:
        async with rtcp_call() as call:
            await call.stream.play(Sound("noise", noise(0.1)))
            report = (await call.next_report())[0]
            ssrc, seconds, fraction = struct.unpack_from("!3I", report.body)
            middle = ((seconds & 0xFFFF) << 16 | fraction >> 16) - 65536  # a second ago
            call.report(RR, struct.pack("!7I", 1, ssrc, 0, 0, 0, middle, 0), count=1)
            return await reported(call, 1)

    found = run(scenario())
    assert 1 <= found.round_trip.last < 5
    assert found.remote_score.last == pytest.approx(r_factor(trip=found.round_trip.last))


def test_it_can_be_read_when_the_stream_is_closed() -> None:
    async def scenario() -> None:
        async with rtcp_call() as call:
            call.party.burst(noise(0.1))
            await call.received(5)
            call.stream.close()
            assert call.stream.quality().remote_ssrc == call.party.ssrc
            assert call.stream.remote_address is None

    run(scenario())


def test_reports_are_told_when_somebody_wants_them() -> None:
    async def scenario() -> list[RtcpReported]:
        async with rtcp_call() as call:
            call.engine.tell_reports(enabled=True)
            await call.stream.play(Sound("noise", noise(0.1)))
            await call.next_report()
            call.report(SR, struct.pack("!6I", 5, 1, 2, 3, 4, 5))
            first, second = await call.ear.next(RtcpReported), await call.ear.next(RtcpReported, 2)
            call.engine.tell_reports(enabled=False)
            call.report(SR, struct.pack("!6I", 5, 1, 2, 3, 4, 6))
            await asyncio.sleep(0.1)
            assert len(call.ear.events) == 2
            assert first.address == second.address == call.party.address
            return [first, second]

    sent, heard = run(scenario())
    assert (sent.is_sent, heard.is_sent) == (True, False)
    assert sent.report.sender is not None
    assert sent.report.sender.packets == 5
    assert heard.report.ssrc == 5
    assert heard.report.sender is not None
    assert heard.report.sender.octets == 5


@pytest.mark.parametrize(
    ("score", "opinion"), [(-5, 1.0), (0, 1.0), (50, 2.575), (93.2, 4.41), (100, 4.5)]
)
def test_the_mean_opinion_of_a_score(score: float, opinion: float) -> None:
    """The table of ITU-T G.107 annex B."""
    assert opinion_of(score) == pytest.approx(opinion, abs=0.005)
