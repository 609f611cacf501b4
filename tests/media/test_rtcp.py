"""RTCP: what the engine reports, and what it takes from reports (RFC 3550 §6)."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from switchroom.media.api import Sound
from tests.media.calls import RtpCall, make_engine, make_plan, noise, run
from tests.media.conformance.stage import Ear
from tests.media.rtp_party import rtp_party

SR, RR, SDES, BYE = 200, 201, 202, 203

#: The first report of a stream comes within five seconds, at a tick that its number decides. Behind
#: 87 pipes it is a stream whose time comes after half a second.
PIPES = 87


@dataclass(frozen=True)
class Report:
    """One packet of a compound."""

    kind: int
    count: int
    body: bytes


def parse_compound(data: bytes) -> list[Report]:
    """Every octet belongs to a packet, every length is right, or this raises."""
    reports = []
    while data:
        first, kind, words = struct.unpack_from("!BBH", data)
        assert first >> 6 == 2
        assert not first & 0x20, "no padding is needed"
        end = 4 * (words + 1)
        assert len(data) >= end
        reports.append(Report(kind, first & 31, data[4:end]))
        data = data[end:]
    return reports


class RtcpCall(RtpCall):
    """A call whose party listens to RTCP too, at the port behind its RTP."""

    rtcp: socket.socket

    async def next_report(self) -> list[Report]:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(10):
            return parse_compound(await loop.sock_recv(self.rtcp, 2048))

    def report(self, kind: int, body: bytes, *, count: int = 0) -> None:
        host, port = self.stream.local_address
        packet = struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body
        self.rtcp.sendto(packet, (host, port + 1))


@asynccontextmanager
async def rtcp_call() -> AsyncIterator[RtcpCall]:
    async with make_engine() as engine, rtp_party() as party:
        for _ in range(PIPES):
            for end in engine.open_pipe(Ear(), Ear()):
                end.close()
        ear = Ear()
        stream = await engine.open_stream("127.0.0.1", make_plan(party), ear)
        party.remote = stream.local_address
        call = RtcpCall(engine, stream, party, ear)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as call.rtcp:
            call.rtcp.settimeout(0)
            call.rtcp.bind((party.address[0], party.address[1] + 1))
            yield call
            stream.close()


def check_names(report: Report, ssrc: int) -> None:
    """One chunk with a CNAME, ended and filled with zeros (§6.5)."""
    assert (report.kind, report.count) == (SDES, 1)
    assert report.body[:4] == ssrc.to_bytes(4)
    item, length = report.body[4], report.body[5]
    assert item == 1
    assert report.body[6 : 6 + length].decode().isalnum()
    rest = report.body[6 + length :]
    assert rest
    assert not any(rest)


def test_a_sender_reports_what_it_sent_and_heard() -> None:
    async def scenario() -> None:
        async with rtcp_call() as call:
            call.party.burst(noise(0.2), order=[0, 1, 2, 5, 6, 7])
            await call.stream.play(Sound("noise", noise(0.2)))
            reports = await call.next_report()
            assert [report.kind for report in reports] == [SR, SDES]
            heard = call.party.heard
            ssrc, seconds, _, timestamp, packets, octets = struct.unpack_from(
                "!6I", reports[0].body
            )
            assert ssrc == heard[0].ssrc
            assert seconds > 3_900_000_000  # since 1900
            assert (packets, octets) == (10, 1600)
            assert 0 <= (timestamp - heard[-1].timestamp) % 2**32 < 80000
            check_names(reports[1], ssrc)
            assert reports[0].count == 1
            source, lost, highest, _, last, since = struct.unpack_from("!6I", reports[0].body, 24)
            assert source == call.party.ssrc
            assert lost == (2 * 256 // 8) << 24 | 2
            assert highest == 65530 + 7
            assert (last, since) == (0, 0)
            assert call.stream.statistics().packets_lost == 2

    run(scenario())


def test_a_listener_reports_what_it_heard() -> None:
    async def scenario() -> None:
        async with rtcp_call() as call:
            call.party.burst(noise(0.2))
            await call.received(10)
            now = struct.pack("!IIIIII", call.party.ssrc, 0x11112222, 0x33334444, 0, 10, 1600)
            call.report(SR, now)
            reports = await call.next_report()
            assert [report.kind for report in reports] == [RR, SDES]
            assert (reports[0].count, len(reports[0].body)) == (1, 4 + 24)
            last, since = struct.unpack_from("!2I", reports[0].body, 20)
            assert last == 0x22223333
            assert 0 < since < 65536 * 10

    run(scenario())


def test_the_end_is_said() -> None:
    async def scenario() -> None:
        async with rtcp_call() as call:
            await call.stream.play(Sound("noise", noise(0.04)))
            call.stream.close()
            reports = await call.next_report()
            assert [report.kind for report in reports] == [SR, SDES, BYE]
            assert reports[0].count == 0
            assert reports[2].count == 1
            assert reports[2].body == reports[0].body[:4]

    run(scenario())


def test_who_never_spoke_nor_heard_says_nothing() -> None:
    async def scenario() -> None:
        async with rtcp_call() as call:
            call.stream.close()
            await asyncio.sleep(0.05)
            try:
                call.rtcp.recv(2048)
            except BlockingIOError:
                return
            raise AssertionError("a report about nothing")

    run(scenario())


def test_the_way_there_and_back_is_measured() -> None:
    async def scenario() -> float | None:
        async with rtcp_call() as call:
            assert call.stream.statistics().round_trip is None
            await call.stream.play(Sound("noise", noise(0.2)))
            report = (await call.next_report())[0]
            ssrc, seconds, fraction = struct.unpack_from("!3I", report.body)
            middle = (seconds & 0xFFFF) << 16 | fraction >> 16
            block = struct.pack("!7I", call.party.ssrc, ssrc, 0, 0, 0, middle, 0)
            call.report(RR, block, count=1)
            async with asyncio.timeout(10):
                while (found := call.stream.statistics().round_trip) is None:
                    await asyncio.sleep(0.01)
            return found

    found = run(scenario())
    assert found is not None
    assert 0 <= found < 5


def test_malformed_reports_leave_it_working() -> None:
    async def scenario() -> None:
        async with rtcp_call() as call:
            call.party.burst(noise(0.1))
            await call.received(5)
            host, port = call.stream.local_address
            for nonsense in (
                b"\x80",
                b"\x80\xc8\x00\x00",
                b"\x9f\xc9\x00\x01" + bytes(4),  # thirty-one blocks that are not there
                b"\x80\xc8\xff\xff" + bytes(24),
                b"\x80\xc8\x00\x00" * 300,
                b"\x9f\xc8\x00\x06" + b"\xff" * 24,
                bytes(1400),
            ):
                call.rtcp.sendto(nonsense, (host, port + 1))
            await asyncio.sleep(0.05)
            await call.stream.play(Sound("noise", noise(0.1)))
            assert call.stream.statistics().round_trip is None
            call.stream.close()
            kinds = [report.kind for report in await call.next_report()]
            assert kinds[:2] == [SR, SDES]

    run(scenario())
