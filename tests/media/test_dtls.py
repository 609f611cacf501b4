"""Streams whose keys come of handshakes: with ICE and without, and against those who disturb them."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pylibsrtp
import pytest
from OpenSSL import SSL

from switchroom.media.api import (
    Address,
    DtlsPlan,
    MediaEvent,
    PathFailed,
    PlaybackEnd,
    Protection,
    Sound,
    Stream,
    StreamPlan,
)
from switchroom.media.dtls.connection import DtlsConnection
from switchroom.media.dtls.identity import DtlsIdentity
from switchroom.media.dtls.settings import DtlsSettings
from switchroom.media.engine import keying
from switchroom.media.engine.engine import Engine
from switchroom.media.engine.keying import Keying
from switchroom.media.engine.reaching import Path
from switchroom.media.engine.stream import EngineStream
from switchroom.sdp.dtls import Fingerprint
from tests.media.calls import make_engine, run
from tests.media.rtp_party import RtpParty, tone
from tests.media.test_ice import ICE, NAMED, IceParty, dropped, ice_party

OURS = DtlsIdentity(DtlsSettings())
THEIRS = DtlsIdentity(DtlsSettings())
STRANGER = DtlsIdentity(DtlsSettings())
PROFILES = {
    "AEAD_AES_128_GCM": pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
    "AES_CM_128_HMAC_SHA1_80": pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
}


class DtlsParty(IceParty):
    """A party that shakes hands, then seals what it sends."""

    def __init__(self, identity: DtlsIdentity = THEIRS, *, is_client: bool = True) -> None:
        super().__init__()
        self.connection = DtlsConnection(
            identity, is_client=is_client, fingerprints=[OURS.fingerprint]
        )
        self.clear: list[bytes] = []  # datagrams that were no handshake, as they came
        self._seal: pylibsrtp.Session | None = None
        self._open: pylibsrtp.Session | None = None

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if 20 <= data[0] < 64:
            self.connection.receive(data)
            self.answer()
            self._changed.set()
        elif data[0] < 4:
            super().datagram_received(data, addr)
        elif self.connection.keys is not None:
            self._prepare(self.connection.keys)
            assert self._open is not None
            super().datagram_received(self._open.unprotect(data), addr)
        else:
            self.clear.append(data)

    def _prepare(self, keys: Protection) -> None:
        if self._seal is None:
            assert keys.remote is not None
            policy, profile = pylibsrtp.Policy, PROFILES[keys.suite]
            outbound = policy(
                key=keys.local, ssrc_type=policy.SSRC_ANY_OUTBOUND, srtp_profile=profile
            )
            inbound = policy(
                key=keys.remote, ssrc_type=policy.SSRC_ANY_INBOUND, srtp_profile=profile
            )
            self._seal, self._open = pylibsrtp.Session(outbound), pylibsrtp.Session(inbound)

    def answer(self) -> None:
        for each in self.connection.take_output():
            self.send_raw(each)

    def send_sealed(self, data: bytes) -> None:
        assert self.connection.keys is not None
        self._prepare(self.connection.keys)
        assert self._seal is not None
        self.send_raw(self._seal.protect(data))

    def begin(self) -> None:
        self.connection.begin()
        self.answer()

    async def shaken(self) -> None:
        await self.until(lambda: self.connection.keys is not None)


@asynccontextmanager
async def dtls_party(make: Callable[[], DtlsParty], remote: Address) -> AsyncIterator[DtlsParty]:
    loop = asyncio.get_running_loop()
    transport, party = await loop.create_datagram_endpoint(make, local_addr=("127.0.0.1", 0))
    party.remote = remote
    try:
        yield party
    finally:
        transport.close()


@asynccontextmanager
async def dtls_call(
    engine: Engine,
    make: Callable[[], DtlsParty] = DtlsParty,
    listener: Callable[[MediaEvent], None] = lambda _: None,
    **values: Any,
) -> AsyncIterator[tuple[Stream, DtlsParty]]:
    """A stream that knows its party's fingerprint and waits for its handshake."""
    async with dtls_party(make, ("", 0)) as party:
        dtls = DtlsPlan(OURS, is_client=False, fingerprints=(THEIRS.fingerprint,))
        fields: dict[str, Any] = {"rtcp_mux": True, "dtls": dtls, "reach_timeout": 30.0}
        fields |= {"remote": party.address} | values
        stream = await engine.open_stream("127.0.0.1", StreamPlan("PCMU", 0, **fields), listener)
        party.remote = stream.local_address
        yield stream, party
        stream.close()


def plan_for(stream: Stream, party: RtpParty, **values: Any) -> StreamPlan:
    dtls = DtlsPlan(OURS, is_client=False, fingerprints=(THEIRS.fingerprint,))
    return StreamPlan("PCMU", 0, party.address, rtcp_mux=True, **({"dtls": dtls} | values))


async def hears_and_speaks(stream: Stream, party: DtlsParty) -> None:
    heard, received = len(party.heard), stream.statistics().packets_received
    assert await stream.play(Sound("x", tone(700, 0.1))) is PlaybackEnd.FINISHED
    await party.until(lambda: len(party.heard) >= heard + 4)
    party.send_sealed(party._packet(party.sequence, party.timestamp, b"\xff" * 160))
    party.sequence, party.timestamp = party.sequence + 1, party.timestamp + 160
    async with asyncio.timeout(10):
        while stream.statistics().packets_received <= received:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("ice", [None, ICE], ids=["plain", "ice"])
def test_they_begin(ice: object) -> None:
    async def main() -> None:
        async with make_engine() as engine, dtls_call(engine, ice=ice) as (stream, party):
            if ice is not None:
                party.begin()
                await dropped(stream, 1)
                await party.check(NAMED)
                party.connection = DtlsParty().connection  # a client that was not heard begins anew
            party.begin()
            await party.shaken()
            await hears_and_speaks(stream, party)
            assert not party.clear, "nothing leaves before there are keys"

    run(main())


@pytest.mark.parametrize("ice", [None, ICE], ids=["plain", "ice"])
def test_we_begin(ice: object) -> None:
    async def main() -> None:
        dtls = DtlsPlan(OURS, is_client=True, fingerprints=(THEIRS.fingerprint,))
        async with (
            make_engine() as engine,
            dtls_call(engine, lambda: DtlsParty(is_client=False), ice=ice, dtls=dtls) as (
                stream,
                party,
            ),
        ):
            if ice is not None:
                await party.check(NAMED)
            await party.shaken()
            await hears_and_speaks(stream, party)

    run(main())


def test_who_shook_hands_from_elsewhere_hears_us_before_he_speaks() -> None:
    """His description has an address behind a NAT."""

    async def main() -> None:
        hidden = ("127.0.0.1", 9)
        async with make_engine() as engine, dtls_call(engine, remote=hidden) as (stream, party):
            party.begin()
            await party.shaken()
            await stream.play(Sound("x", tone(700, 0.1)))
            await party.until(lambda: len(party.heard) >= 4)

    run(main())


def test_a_handshake_that_comes_before_its_description_waits_for_it() -> None:
    async def main() -> None:
        early = DtlsPlan(OURS)
        async with make_engine() as engine, dtls_call(engine, dtls=early) as (stream, party):
            party.begin()
            await asyncio.sleep(0.1)  # whatever the engine does with it, it has done
            assert party.connection.keys is None
            stream.update(plan_for(stream, party))
            await party.shaken()
            await hears_and_speaks(stream, party)

    run(main())


def test_reports_have_keys_of_their_own_where_they_have_a_port_of_their_own() -> None:
    async def main() -> None:
        async with make_engine() as engine, dtls_call(engine, rtcp_mux=False) as (stream, party):
            host, port = stream.local_address
            async with dtls_party(DtlsParty, (host, port + 1)) as reports:
                party.begin()
                reports.begin()
                await party.shaken()
                await reports.shaken()
                assert reports.connection.keys != party.connection.keys
                await hears_and_speaks(stream, party)

    run(main())


def test_hold_and_resume_go_on_with_the_same_keys() -> None:
    async def main() -> None:
        async with make_engine() as engine, dtls_call(engine) as (stream, party):
            party.begin()
            await party.shaken()
            for is_muxed in (True, False, True):  # some phones forget it when they hold
                stream.update(replace(plan_for(stream, party), rtcp_mux=is_muxed))
                await hears_and_speaks(stream, party)

    run(main())


def test_another_certificate_in_a_later_description_is_shaken_hands_with_anew() -> None:
    async def main() -> None:
        async with make_engine() as engine, dtls_call(engine) as (stream, party):
            party.begin()
            await party.shaken()
            other = DtlsPlan(OURS, is_client=False, fingerprints=(STRANGER.fingerprint,))
            stream.update(plan_for(stream, party, dtls=other))
            party.connection = DtlsParty(STRANGER).connection
            party._seal = None
            party.begin()
            await party.shaken()
            await hears_and_speaks(stream, party)

    run(main())


async def _no_audio_for(stream: Stream, party: DtlsParty) -> None:
    party.send_raw(party._packet(1, 1, b"\xff" * 160))  # in the clear
    await dropped(stream, 1)
    assert stream.statistics().packets_received == 0
    assert stream.statistics().packets_sent == 0
    assert not party.clear
    assert not party.heard


def test_audio_in_the_clear_is_never_taken_or_sent() -> None:
    async def main() -> None:
        async with make_engine() as engine, dtls_call(engine) as (stream, party):
            playing = asyncio.ensure_future(stream.play(Sound("x", tone(700, 0.1))))  # noqa: TID251  # ended below
            await _no_audio_for(stream, party)
            stream.close()
            assert await playing is PlaybackEnd.CLOSED

    run(main())


def test_another_certificate_gets_no_audio_and_the_right_one_still_does(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> None:
        async with make_engine() as engine, dtls_call(engine) as (stream, party):
            async with dtls_party(lambda: DtlsParty(STRANGER), stream.local_address) as stranger:
                stranger.begin()
                async with asyncio.timeout(10):
                    while "not the one that their description told of" not in caplog.text:
                        await asyncio.sleep(0.01)
                await _no_audio_for(stream, stranger)
            party.begin()
            await party.shaken()
            await hears_and_speaks(stream, party)

    run(main())


def test_a_stranger_at_the_partys_own_address_is_outlived(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """As if somebody wrote the party's address on his packets: even then only that handshake fails."""

    async def main() -> None:
        async with make_engine() as engine, dtls_call(engine, ice=ICE) as (stream, party):
            await party.check(NAMED)
            ours, party.connection = party.connection, DtlsParty(STRANGER).connection
            party.connection.begin()
            party.send_raw(party.connection.take_output()[0])  # and no more: he hears no answer
            party.connection = ours
            party.begin()
            await party.shaken()
            await hears_and_speaks(stream, party)

    run(main())


def test_garbage_between_the_flights_changes_nothing() -> None:
    async def main() -> None:
        async with make_engine() as engine, dtls_call(engine) as (stream, party):
            alert = bytes.fromhex("15fefd000000000000000900020228")
            for garbage in (alert, b"\x16" + bytes(40), bytes(range(20, 60)), b"\x3f"):
                party.send_raw(garbage)
            party.begin()
            party.send_raw(alert)
            await party.shaken()
            party.send_raw(alert)
            party.send_raw(b"\x16\xfe\xfd" + bytes(60))
            await hears_and_speaks(stream, party)

    run(main())


def test_a_flood_of_handshakes_is_bounded_and_outlived() -> None:
    async def main() -> None:
        async with make_engine() as engine, dtls_call(engine) as (stream, party):
            begun = DtlsConnection(STRANGER, is_client=True, fingerprints=[OURS.fingerprint])
            begun.begin()
            (hello,) = begun.take_output()
            async with dtls_party(lambda: DtlsParty(STRANGER), stream.local_address) as stranger:
                for _ in range(500):
                    stranger.send_raw(hello)
            await dropped(stream, 300)
            party.begin()
            await asyncio.sleep(0.1)  # the flood's tick is over
            party.answer()
            async with asyncio.timeout(10):
                while party.connection.keys is None:
                    party.connection.tick()
                    party.answer()
                    await asyncio.sleep(0.05)
            await hears_and_speaks(stream, party)

    run(main())


def test_after_many_failures_the_party_is_given_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(keying, "MAX_ATTEMPTS", 3)
    events: list[MediaEvent] = []

    async def main() -> None:
        wrong = DtlsPlan(OURS, is_client=False, fingerprints=(Fingerprint("sha-256", bytes(32)),))
        async with (
            make_engine() as engine,
            dtls_call(engine, listener=events.append, dtls=wrong) as (_, party),
        ):
            for count in range(1, 4):
                party.connection = DtlsParty().connection
                party.begin()
                async with asyncio.timeout(10):
                    while caplog.text.count("handshake failed") < count:
                        await asyncio.sleep(0.01)

    run(main())
    assert events == [PathFailed("their certificate is not the one that their description told of")]


def test_keys_of_sdes_and_checks_of_ice_go_together() -> None:
    async def main() -> None:
        protection = Protection("AES_CM_128_HMAC_SHA1_80", bytes(range(30)), bytes(range(9, 39)))
        async with (
            make_engine() as engine,
            dtls_call(engine, dtls=None, protection=protection, ice=ICE) as (stream, party),
        ):
            party.connection.keys = Protection(
                protection.suite, protection.remote or b"", protection.local
            )
            await party.check(NAMED)
            await hears_and_speaks(stream, party)

    run(main())


def test_plans_are_compared_by_what_they_say() -> None:
    dtls = DtlsPlan(OURS, is_client=False, fingerprints=(THEIRS.fingerprint,))
    assert dtls == replace(dtls)
    assert dtls != replace(dtls, is_client=True)
    assert dtls != replace(dtls, identity=THEIRS)


def test_a_stranger_who_answers_what_we_began_is_passed_over_the_next_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The party answers from elsewhere than it said, and somebody else is faster."""

    async def main() -> None:
        async with (
            make_engine() as engine,
            dtls_party(lambda: DtlsParty(is_client=False), ("", 0)) as said,
        ):
            hellos: list[bytes] = []
            said.datagram_received = lambda data, addr: hellos.append(data)  # type: ignore[method-assign]  # it hears only
            dtls = DtlsPlan(OURS, is_client=True, fingerprints=(THEIRS.fingerprint,))
            plan = StreamPlan("PCMU", 0, said.address, rtcp_mux=True, dtls=dtls)
            stream = await engine.open_stream("127.0.0.1", plan, lambda _: None)
            where = stream.local_address

            async def answer(party: DtlsParty, until: Callable[[], bool]) -> None:
                async with asyncio.timeout(10):
                    while not until():
                        while hellos:
                            party.connection.receive(hellos.pop(0))
                            party.answer()
                        await asyncio.sleep(0.01)

            async with (
                dtls_party(lambda: DtlsParty(STRANGER, is_client=False), where) as stranger,
                dtls_party(lambda: DtlsParty(is_client=False), where) as party,
            ):
                await answer(stranger, lambda: "handshake failed" in caplog.text)
                stranger.send_raw(b"\x16" + bytes(40))
                await answer(party, lambda: party.connection.keys is not None)
                stream.update(replace(plan, remote=party.address))
                await hears_and_speaks(stream, party)
            stream.close()

    run(main())


def test_a_call_under_fire_goes_on() -> None:
    """Forged checks, handshakes and packets, also under the party's own address."""

    async def main() -> None:
        async with make_engine() as engine, dtls_call(engine, ice=ICE) as (stream, party):
            await party.check(NAMED)
            party.begin()
            await party.shaken()
            await hears_and_speaks(stream, party)
            forged = replace(NAMED, password="guessed-by-somebody-else").to_bytes()
            hello = DtlsConnection(STRANGER, is_client=True, fingerprints=[OURS.fingerprint])
            hello.begin()
            alert = bytes.fromhex("15fefd000000000000000900020228")
            packet = party._packet(party.sequence, party.timestamp, b"\xff" * 160) + bytes(16)
            fire = [forged, hello.take_output()[0], alert, packet, b"\x81\xc8" + bytes(40)]
            async with ice_party(stream.local_address) as stranger:
                for number in range(20):
                    for data in fire:
                        stranger.send_raw(data)
                        party.send_raw(data)
                    if number % 5 == 0:
                        await hears_and_speaks(stream, party)
                await hears_and_speaks(stream, party)
                assert not stranger.heard
                assert not stranger.answers
                assert stream.statistics().packets_received == 6

    run(main())


def test_a_stream_that_is_over_leaves_nothing_for_the_collector() -> None:
    kinds = (Keying, Path, EngineStream, SSL.Connection)

    async def main() -> list[int]:
        left: list[int] = []
        async with make_engine() as engine:
            for _ in range(2):  # what is made once is made in the first round
                gc.collect()
                gc.disable()
                async with dtls_call(engine, ice=ICE) as (stream, party):
                    await party.check(NAMED)
                    party.begin()
                    await party.shaken()
                    await hears_and_speaks(stream, party)
                del stream, party
                await asyncio.sleep(0.1)  # the pool lets go of its last step
                left.append(sum(isinstance(each, kinds) for each in gc.get_objects()))
                gc.enable()
        return left

    assert run(main())[-1] == 0
