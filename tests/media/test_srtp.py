"""SRTP in the engine; the other side is libsrtp as its wheel gives it to everybody."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pylibsrtp
import pytest

from switchroom.base.errors import MediaError
from switchroom.media.api import Address, IcePlan, PlaybackEnd, Protection, Sound, StreamPlan
from switchroom.media.engine.engine import Engine
from switchroom.media.engine.srtp import Contexts
from switchroom.media.engine.stream import EngineStream
from switchroom.media.passages import Carries, PassagePlan
from tests.media.calls import RtpCall, make_engine, make_plan, rtp_call, run
from tests.media.rtp_party import RtpParty, rtp_party, tone

SUITES = ("AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32")
OURS = bytes(range(30))
THEIRS = bytes(range(100, 130))
PROTECTION = Protection(SUITES[0], OURS, THEIRS)
TAG = {SUITES[0]: 10, SUITES[1]: 4}


def session(suite: str, key: bytes, *, outbound: bool) -> pylibsrtp.Session:
    policy = pylibsrtp.Policy
    profiles = (policy.SRTP_PROFILE_AES128_CM_SHA1_80, policy.SRTP_PROFILE_AES128_CM_SHA1_32)
    kind = policy.SSRC_ANY_OUTBOUND if outbound else policy.SSRC_ANY_INBOUND
    profile = profiles[SUITES.index(suite)]
    return pylibsrtp.Session(policy(key=key, ssrc_type=kind, srtp_profile=profile))


class SealedParty(RtpParty):
    """A party whose packets are protected; what it cannot open is kept aside."""

    def __init__(self, codec: str = "PCMU", protection: Protection = PROTECTION) -> None:
        super().__init__(codec)
        assert protection.remote is not None
        self.seal = session(protection.suite, protection.remote, outbound=True)
        self.unseal = session(protection.suite, protection.local, outbound=False)
        self.on_the_wire: list[bytes] = []
        self.sent: list[bytes] = []

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self.on_the_wire.append(data)
        super().datagram_received(self.unseal.unprotect(data), addr)

    def send_raw(self, data: bytes) -> None:
        self.sent.append(self.seal.protect(data))
        super().send_raw(self.sent[-1])

    def send_octets(self, data: bytes) -> None:
        super().send_raw(data)


@asynccontextmanager
async def sealed_call(
    engine: Engine, protection: Protection = PROTECTION, codec: str = "PCMU"
) -> AsyncIterator[tuple[RtpCall, SealedParty]]:
    party = SealedParty(codec, protection)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: party, local_addr=("127.0.0.1", 0))
    events: list[Any] = []
    stream = await engine.open_stream(
        "127.0.0.1", make_plan(party, protection=protection), events.append
    )
    party.remote = stream.local_address
    try:
        yield RtpCall(engine, stream, party, cast("Any", events)), party
    finally:
        stream.close()
        transport.close()
        await asyncio.sleep(0)


@pytest.mark.parametrize("suite", SUITES)
def test_what_is_played_can_be_opened_with_our_key_only(suite: str) -> None:
    async def main() -> None:
        async with (
            make_engine() as engine,
            sealed_call(engine, Protection(suite, OURS, THEIRS)) as (call, party),
        ):
            assert await call.stream.play(Sound("x", tone(700, 0.1))) is PlaybackEnd.FINISHED
            await party.until(lambda: len(party.heard) >= 5)
            assert {len(data) for data in party.on_the_wire} == {12 + 160 + TAG[suite]}
            stranger = session(suite, THEIRS, outbound=False)
            with pytest.raises(pylibsrtp.Error, match="authentication"):
                stranger.unprotect(party.on_the_wire[0])
            assert party.heard[0].payload != party.on_the_wire[0][12:172]

    run(main())


def test_the_packet_of_the_vector_is_opened() -> None:
    """With the master key of RFC 3711 appendix B.3."""
    theirs = bytes.fromhex("e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6")
    sealed = bytes.fromhex(
        "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb"
    )

    async def main() -> None:
        async with (
            make_engine() as engine,
            rtp_party("PCMU") as party,
            rtp_call(engine) as two,
        ):
            protection = Protection(SUITES[0], OURS, theirs)
            plan = StreamPlan("PCMU", 15, party.address, protection=protection)
            one = await engine.open_stream("127.0.0.1", plan, lambda _: None)
            engine.connect(one, two.stream)
            party.remote = one.local_address
            party.send_raw(sealed)
            await two.party.until(lambda: len(two.party.heard) >= 1)
            assert two.party.heard[0].payload == b"\xab" * 16
            one.close()

    run(main())


@pytest.mark.parametrize("suite", SUITES)
def test_an_echo_comes_back(suite: str) -> None:
    async def main() -> None:
        async with (
            make_engine() as engine,
            sealed_call(engine, Protection(suite, OURS, THEIRS)) as (call, party),
        ):
            call.stream.set_echo(enabled=True)
            await party.say(tone(700, 0.4))
            async with asyncio.timeout(10):  # late ones count as dropped too, on a busy machine
                while call.stream.statistics().packets_received < 20:
                    await asyncio.sleep(0.01)
            await party.until(lambda: len(party.heard) >= 5)

    run(main())


def test_a_plan_that_is_refused_leaves_the_keys_that_are_in_use() -> None:
    async def main() -> None:
        async with make_engine() as engine, sealed_call(engine) as (call, party):
            call.stream.set_echo(enabled=True)
            path = cast("EngineStream", call.stream).path
            used = path.contexts, path.report_contexts
            keys = Protection(SUITES[0], THEIRS, OURS)
            with pytest.raises(MediaError, match="no codec"):
                call.stream.update(StreamPlan("NONE", 96, protection=keys))
            assert (path.contexts, path.report_contexts) == used  # the media thread has them
            await party.say(tone(700, 0.1))
            await party.until(lambda: len(party.heard) >= 2)

    run(main())


def test_a_stream_that_cannot_begin_leaves_nothing_open() -> None:
    async def main() -> None:
        ice = IcePlan("u" * 65, "p" * 24)  # longer than an agent's of ours is
        async with make_engine() as engine:
            with pytest.raises(ValueError, match="ICE"):
                await engine.open_stream("127.0.0.1", StreamPlan("PCMU", 0, ice=ice), print)
            with pytest.raises(ValueError, match="ICE"):
                engine.open_passage("127.0.0.1", PassagePlan(Carries.VIDEO, ice=ice))
            assert not engine.stream_count

    run(main())


def test_packets_that_are_not_the_partys_change_nothing() -> None:
    async def main() -> None:
        async with make_engine() as engine, sealed_call(engine) as (call, party):
            frame = tone(700, 0.02)
            party.send_frame(frame)
            good = party.sent[-1]
            await call.received(1)
            bad = bytes([good[-1] ^ 1])
            for data in (
                good,  # again: a replay
                good[:-1] + bad,  # another tag
                good[:20] + bytes([good[20] ^ 1]) + good[21:],  # another payload
                b"\x80\x00" + good[2:12],  # nothing behind the header
                b"\x80",
                struct.pack("!BBHII", 0x80, 0, 7, 7, 7) + bytes(160),  # in the clear
                b"\xff" * 1400,
            ):
                party.send_octets(data)
            party.send_frame(frame)
            await call.received(9)
            counted = call.stream.statistics()
            assert (counted.packets_received, counted.packets_dropped) == (2, 7)

    run(main())


def test_a_foreign_source_takes_no_protected_stream_over() -> None:
    async def main() -> None:
        async with (
            make_engine() as engine,
            sealed_call(engine) as (call, party),
            rtp_party("PCMU") as stranger,
        ):
            stranger.remote = call.stream.local_address
            await stranger.say(tone(500, 0.2))
            await call.received(10)
            await call.stream.play(Sound("x", tone(700, 0.1)))
            await party.until(lambda: len(party.heard) >= 5)
            assert stranger.heard == []

    run(main())


def test_nothing_leaves_before_there_is_a_key_and_nothing_in_the_clear_comes_in() -> None:
    async def main() -> None:
        waiting = Protection(SUITES[0], OURS)
        async with make_engine() as engine, rtp_party("PCMU") as party:
            plan = make_plan(party, protection=waiting)
            stream = await engine.open_stream("127.0.0.1", plan, lambda _: None)
            party.remote = stream.local_address
            call = RtpCall(engine, stream, party, cast("Any", None))
            await party.say(tone(500, 0.1))
            await call.received(5)
            assert stream.statistics().packets_received == 0
            stream.close()

    run(main())


def test_a_protected_leg_and_a_plain_one_hear_each_other() -> None:
    async def main() -> None:
        async with (
            make_engine() as engine,
            sealed_call(engine) as (one, sealed),
            rtp_call(engine) as two,
        ):
            engine.connect(one.stream, two.stream)
            frames = tone(700, 0.2)
            await sealed.say(frames)
            await two.party.until(lambda: len(two.party.heard) >= 10)
            await two.party.say(frames)
            await sealed.until(lambda: len(sealed.heard) >= 10)
            assert [packet.payload for packet in two.party.heard[:10]] == [
                packet.payload for packet in sealed.heard[:10]
            ], "passed on as it was, both ways"

    run(main())


def test_the_same_keys_go_on_counting_and_others_begin_anew() -> None:
    async def main() -> None:
        async with make_engine() as engine, sealed_call(engine) as (call, party):
            await party.say(tone(700, 0.1))
            await call.received(5)
            call.stream.update(make_plan(party, protection=PROTECTION))
            party.send_octets(party.sent[0])  # what was received before stays received
            await call.received(6)
            assert call.stream.statistics().packets_dropped == 1

            other = Protection(SUITES[0], OURS, bytes(30))
            call.stream.update(make_plan(party, protection=other))
            party.seal = session(SUITES[0], bytes(30), outbound=True)
            await party.say(tone(700, 0.1))
            await call.received(11)
            assert call.stream.statistics().packets_dropped == 1
            await call.stream.play(Sound("x", tone(700, 0.1)))
            await party.until(lambda: len(party.heard) >= 5)  # our own key went on

    run(main())


def test_reports_are_protected_too() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        reports: asyncio.Queue[bytes] = asyncio.Queue()

        class Reports(asyncio.DatagramProtocol):
            def datagram_received(self, data: bytes, addr: Address) -> None:
                reports.put_nowait(data)

        async with make_engine() as engine, sealed_call(engine) as (call, party):
            port = party.address[1] + 1
            transport, _ = await loop.create_datagram_endpoint(
                Reports, local_addr=("127.0.0.1", port)
            )
            await call.stream.play(Sound("x", tone(700, 0.1)))
            call.stream.close()  # says BYE
            async with asyncio.timeout(30):
                data = await reports.get()
            transport.close()
            plain = session(SUITES[0], OURS, outbound=False).unprotect_rtcp(data)
            assert plain[1] == 200
            assert plain[-8:-4] == b"\x81\xcb\x00\x01"
            assert len(data) == len(plain) + 4 + 10

    run(main())


@pytest.mark.parametrize(
    ("suite", "key"), [("F8_128_HMAC_SHA1_80", OURS), (SUITES[0], OURS[:16]), (SUITES[0], b"")]
)
def test_what_cannot_be_protected(suite: str, key: bytes) -> None:
    with pytest.raises(MediaError, match="cannot protect audio"):
        Contexts().renewed(Protection(suite, key))


def test_keys_are_in_no_text() -> None:
    assert "\\x" not in repr(PROTECTION)
    assert "\\x" not in repr(make_plan(RtpPartyAt(), protection=PROTECTION))


class RtpPartyAt(RtpParty):
    """A party that needs no socket."""

    @property
    def address(self) -> Address:
        return ("192.0.2.1", 4000)
