"""Video and fax on real sockets: passed on as they come, from whom they should, to whom they should."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pylibsrtp
import pytest

from switchroom.base.errors import MediaError
from switchroom.media.api import Direction, Protection
from switchroom.media.engine.engine import Engine
from switchroom.media.passages import Carries, Passage, PassagePlan
from tests.media.calls import make_engine, run
from tests.media.rtp_party import RtpPacket

RTCP_RR, RTCP_TRANSPORT_FEEDBACK, RTCP_FEEDBACK = 201, 205, 206


class Watcher:
    """A party with a pair of sockets on 127.0.0.1."""

    def __init__(self) -> None:
        while True:
            self.rtp, self.rtcp = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in "ab")
            self.rtp.bind(("127.0.0.1", 0))
            self.address: tuple[str, int] = self.rtp.getsockname()
            try:
                self.rtcp.bind(("127.0.0.1", self.address[1] + 1))
                break
            except (OSError, OverflowError):
                self.close()
        self.rtp.settimeout(0)
        self.rtcp.settimeout(0)
        self.remote = ("", 0)

    def send(self, data: bytes) -> None:
        self.rtp.sendto(data, self.remote)

    def send_rtcp(self, data: bytes) -> None:
        self.rtcp.sendto(data, (self.remote[0], self.remote[1] + 1))

    async def receive(self) -> bytes:
        return await _receive(self.rtp)

    async def receive_rtcp(self) -> bytes:
        return await _receive(self.rtcp)

    async def hears_nothing(self) -> bool:
        await asyncio.sleep(0.1)
        try:
            self.rtp.recv(2048)
        except BlockingIOError:
            return True
        return False

    def close(self) -> None:
        self.rtp.close()
        self.rtcp.close()


async def _receive(from_: socket.socket) -> bytes:
    async with asyncio.timeout(10):
        return await asyncio.get_running_loop().sock_recv(from_, 4096)


def video(payload_type: int, sequence: int, payload: bytes = b"picture") -> bytes:
    return RtpPacket(payload_type, sequence, 90000, 0xABCD, payload, marker=True).to_bytes()


@asynccontextmanager
async def watcher(
    engine: Engine, types: dict[str, int] | None = None, **plan: Any
) -> AsyncIterator[tuple[Watcher, Passage]]:
    party = Watcher()
    carries = Carries.DATAGRAMS if types is None else Carries.VIDEO
    fields = {"remote": party.address, "payload_types": types or {}} | plan
    passage = engine.open_passage("127.0.0.1", PassagePlan(carries, **fields))
    party.remote = passage.local_address
    try:
        yield party, passage
    finally:
        passage.close()
        party.close()


def test_payload_types_are_those_of_each_party_and_all_else_stays() -> None:
    async def scenario() -> None:
        async with (
            make_engine() as engine,
            watcher(engine, {"VP8": 96, "H264": 97}) as (alice, one),
            watcher(engine, {"H264": 102, "VP8": 100}) as (bob, two),
        ):
            engine.connect_passages(one, two)
            for sent, got in ((96, 100), (97, 102)):
                alice.send(video(sent, 7, b"x" * 1400))
                assert await bob.receive() == video(got, 7, b"x" * 1400)
            bob.send(video(102, 65535))
            assert await alice.receive() == video(97, 65535)
            assert one.statistics().packets_received == 2
            assert two.statistics().packets_sent == 2

    run(scenario())


def test_a_codec_that_the_other_party_does_not_know_is_dropped() -> None:
    async def scenario() -> None:
        async with (
            make_engine() as engine,
            watcher(engine, {"VP8": 96, "H264": 97}) as (alice, one),
            watcher(engine, {"H264": 97}) as (bob, two),
        ):
            engine.connect_passages(one, two)
            alice.send(video(96, 1))
            alice.send(video(111, 2))
            alice.send(video(97, 3))
            assert await bob.receive() == video(97, 3)
            assert one.statistics().packets_dropped == 2

    run(scenario())


def test_reports_and_feedback_are_passed_on_as_they_are() -> None:
    async def scenario() -> None:
        async with (
            make_engine() as engine,
            watcher(engine, {"VP8": 96}) as (alice, one),
            watcher(engine, {"VP8": 96}) as (bob, two),
        ):
            engine.connect_passages(one, two)
            alice.send(video(96, 1))
            await bob.receive()
            for first, kind in (
                (0x80, RTCP_RR),
                (0x81, RTCP_TRANSPORT_FEEDBACK),
                (0x84, RTCP_FEEDBACK),
            ):
                packet = struct.pack("!BBHII", first, kind, 2, 5, 0xABCD)
                bob.send_rtcp(packet)
                assert await alice.receive_rtcp() == packet

    run(scenario())


def test_who_begins_to_watch_gets_a_whole_picture() -> None:
    async def scenario() -> None:
        async with (
            make_engine() as engine,
            watcher(engine, {"VP8": 96}) as (alice, one),
            watcher(engine, {"VP8": 96}) as (_, two),
        ):
            alice.send(video(96, 1))
            async with asyncio.timeout(10):
                while not one.statistics().packets_received:
                    await asyncio.sleep(0.01)
            engine.connect_passages(one, two)
            asked = await alice.receive_rtcp()
            assert asked[:4] == struct.pack("!BBH", 0x81, RTCP_FEEDBACK, 2)
            assert asked[8:] == (0xABCD).to_bytes(4)

    run(scenario())


def test_a_stranger_is_not_seen() -> None:
    async def scenario() -> None:
        async with (
            make_engine() as engine,
            watcher(engine, {"VP8": 96}) as (alice, one),
            watcher(engine, {"VP8": 96}) as (bob, two),
        ):
            engine.connect_passages(one, two)
            for number in range(4):
                alice.send(video(96, number))
                await bob.receive()
            stranger = Watcher()
            stranger.remote = one.local_address
            stranger.send(video(96, 99))
            stranger.send_rtcp(struct.pack("!BBHII", 0x81, RTCP_FEEDBACK, 2, 5, 0xABCD))
            assert await bob.hears_nothing()
            stranger.close()

    run(scenario())


def test_a_party_that_holds_sees_and_is_seen_no_more() -> None:
    async def scenario() -> None:
        async with (
            make_engine() as engine,
            watcher(engine, {"VP8": 96}) as (alice, one),
            watcher(engine, {"VP8": 96}, direction=Direction.INACTIVE) as (bob, two),
        ):
            engine.connect_passages(one, two)
            alice.send(video(96, 1))
            assert await bob.hears_nothing()
            two.update(PassagePlan(Carries.VIDEO, bob.address, {"VP8": 96}))
            alice.send(video(96, 2))
            assert await bob.receive() == video(96, 2)
            engine.disconnect_passages(one, two)
            alice.send(video(96, 3))
            assert await bob.hears_nothing()

    run(scenario())


def test_protected_video_is_opened_and_sealed_anew() -> None:
    ours, theirs = bytes(range(30)), bytes(range(30, 60))

    async def scenario() -> None:
        policy = pylibsrtp.Policy
        seal = pylibsrtp.Session(policy(key=theirs, ssrc_type=policy.SSRC_ANY_OUTBOUND))
        unseal = pylibsrtp.Session(policy(key=ours, ssrc_type=policy.SSRC_ANY_INBOUND))
        protection = Protection("AES_CM_128_HMAC_SHA1_80", ours, theirs)
        async with (
            make_engine() as engine,
            watcher(engine, {"VP8": 96}, protection=protection) as (alice, one),
            watcher(engine, {"VP8": 100}) as (bob, two),
        ):
            engine.connect_passages(one, two)
            alice.send(seal.protect(video(96, 1)))
            assert await bob.receive() == video(100, 1)
            bob.send(video(100, 2))
            assert unseal.unprotect(await alice.receive()) == video(96, 2)
            alice.send(video(96, 3))
            assert await bob.hears_nothing()

    run(scenario())


def test_fax_is_passed_on_octet_by_octet() -> None:
    async def scenario() -> None:
        async with (
            make_engine() as engine,
            watcher(engine, ports=(31000, 31099)) as (alice, one),
            watcher(engine, ports=(31000, 31099)) as (bob, two),
        ):
            assert 31000 <= one.local_address[1] < 31100
            engine.connect_passages(one, two)
            for datagram in (b"\x00\x01\x02T.38", bytes(range(256)), b"x"):
                alice.send(datagram)
                assert await bob.receive() == datagram
                bob.send(datagram[::-1])
                assert await alice.receive() == datagram[::-1]

    run(scenario())


def test_a_range_without_a_free_port_is_named() -> None:
    async def scenario() -> None:
        async with make_engine() as engine, watcher(engine, ports=(31200, 31201)):
            with pytest.raises(MediaError, match=r"between 31200 and 31201; .* udptl\.conf"):
                engine.open_passage(
                    "127.0.0.1", PassagePlan(Carries.DATAGRAMS, ports=(31200, 31201))
                )
            assert engine.stream_count == 1

    run(scenario())
