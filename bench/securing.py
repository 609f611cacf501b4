"""What protection and reachability cost: CPU of the media thread for a packet and for a check of
ICE, CPU of a handshake. Streams are the engine's own; the other side does not count.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from statistics import median

import pylibsrtp

from switchroom.channels.sip.endpoints.codecs import codecs_of, plan_of
from switchroom.channels.sip.endpoints.endpoint import Endpoint
from switchroom.channels.sip.endpoints.security_policy import SecurityPolicy
from switchroom.channels.sip.media.negotiating import take_offer
from switchroom.channels.sip.media.securing import CallSecurity
from switchroom.media.api import IcePlan, Protection, Sound, Stream, StreamPlan
from switchroom.media.dtls.connection import DtlsConnection
from switchroom.media.dtls.identities import Identities
from switchroom.media.dtls.identity import DtlsIdentity
from switchroom.media.dtls.settings import DtlsSettings
from switchroom.media.engine.engine import Engine
from switchroom.sdp.negotiation import Keying, Origin, Secrecy, write_answer, write_offer
from tests.media.checking import Check

STREAMS = 60
SECONDS = 3.0
ROUNDS = 3
HANDSHAKES = 100
CHECKS = 10_000
KEYS = {"AES_CM_128_HMAC_SHA1_80": 30, "AEAD_AES_128_GCM": 28}  #: octets of key and salt
ICE = IcePlan("ours", "a-password-that-is-ours", "theirs")
NAMED = Check("ours:theirs", ICE.password, nominates=True).to_bytes()
HOST = "127.0.0.1"

Way = tuple[str, str | None, bool]  #: its name, the suite, and whether ICE is at work
WAYS: tuple[Way, ...] = (
    ("in the clear", None, False),
    ("SDES, AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_80", False),
    ("DTLS and ICE, AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_80", True),
    ("DTLS and ICE, AEAD_AES_128_GCM", "AEAD_AES_128_GCM", True),
)


def cpu_of(engine: Engine) -> float:
    """Seconds that the media thread has worked."""
    thread = engine._thread  # noqa: SLF001  # nobody else needs to know it
    assert thread.ident is not None
    return time.clock_gettime(time.pthread_getcpuclockid(thread.ident))


class Party:
    """A socket that sends sealed packets of silence."""

    def __init__(self, suite: str | None, key: bytes) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((HOST, 0))
        self._seal = None
        if suite is not None:
            policy = pylibsrtp.Policy
            profile = (
                policy.SRTP_PROFILE_AEAD_AES_128_GCM
                if "GCM" in suite
                else policy.SRTP_PROFILE_AES128_CM_SHA1_80
            )
            self._seal = pylibsrtp.Session(
                policy(key=key, ssrc_type=policy.SSRC_ANY_OUTBOUND, srtp_profile=profile)
            )

    def packet(self, number: int) -> bytes:
        header = bytes([0x80, 0]) + number.to_bytes(2) + (160 * number).to_bytes(4) + b"ours"
        plain = header + b"\xff" * 160
        return plain if self._seal is None else bytes(self._seal.protect(plain))


async def open_streams(engine: Engine, way: Way) -> tuple[list[Stream], list[Party]]:
    """Streams of one kind, each with its party; with ICE each party has named its pair."""
    _, suite, has_ice = way
    streams, parties = [], []
    for _ in range(STREAMS):
        local, remote = bytes(KEYS.get(suite or "", 30)), bytes(range(KEYS.get(suite or "", 30)))
        party = Party(suite, remote)
        plan = StreamPlan("PCMU", 0, party.socket.getsockname(), rtcp_mux=True)
        if suite is not None:
            plan = replace(plan, protection=Protection(suite, local, remote))
        if has_ice:
            plan = replace(plan, ice=ICE)
        stream = await engine.open_stream(HOST, plan, lambda _: None)
        party.socket.connect(stream.local_address)
        if has_ice:
            party.socket.send(NAMED)
            await asyncio.sleep(0)
            party.socket.recv(2000)
        streams.append(stream)
        parties.append(party)
    return streams, parties


@contextmanager
def draining(parties: list[Party]) -> Iterator[None]:
    """Read what the parties get: a socket that is full would answer with errors."""
    stop = threading.Event()

    def drain() -> None:
        while not stop.wait(0.02):
            for party in parties:
                try:
                    while True:
                        party.socket.recv(2000, socket.MSG_DONTWAIT)
                except BlockingIOError:
                    pass

    thread = threading.Thread(target=drain)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


async def play(engine: Engine, way: Way) -> float:
    """Microseconds for a packet that is played."""
    streams, parties = await open_streams(engine, way)
    with draining(parties):
        sound = Sound("silence", bytes(2 * round(8000 * SECONDS)))
        before = cpu_of(engine)
        await asyncio.gather(*(stream.play(sound) for stream in streams))
        spent = cpu_of(engine) - before
    sent = sum(stream.statistics().packets_sent for stream in streams)
    close(streams, parties)
    return spent / sent * 1e6


async def relay(engine: Engine, way: Way) -> float:
    """Microseconds for a packet that is passed on, from one of them to another."""
    streams, parties = await open_streams(engine, way)
    for one, two in zip(streams[::2], streams[1::2], strict=True):
        engine.connect(one, two)
    rounds = round(SECONDS * 50)
    packets = [[party.packet(number) for number in range(rounds)] for party in parties]

    def send() -> None:
        began = time.monotonic()
        for number in range(rounds):
            time.sleep(max(0.0, began + 0.02 * number - time.monotonic()))
            for party, its in zip(parties, packets, strict=True):
                party.socket.send(its[number])

    with draining(parties):
        before = cpu_of(engine)
        await asyncio.to_thread(send)
        await asyncio.sleep(0.1)
        spent = cpu_of(engine) - before
    sent = sum(stream.statistics().packets_sent for stream in streams)
    close(streams, parties)
    return spent / sent * 1e6


def close(streams: list[Stream], parties: list[Party]) -> None:
    for stream in streams:
        stream.close()
    for party in parties:
        party.socket.close()


async def check(engine: Engine, data: bytes, *, is_answered: bool) -> float:
    """Microseconds for a check."""
    stream = await engine.open_stream(HOST, StreamPlan("PCMU", 0, ice=ICE), lambda _: None)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.connect(stream.local_address)
        before = cpu_of(engine)
        for sent in range(1, CHECKS + 1):
            asker.send(data)
            if is_answered:
                asker.recv(2000)
            elif sent % 100 == 0:  # no faster than they are taken
                while stream.statistics().packets_dropped < sent:  # noqa: ASYNC110  # a counter
                    await asyncio.sleep(0.001)
        spent = cpu_of(engine) - before
    stream.close()
    return spent / CHECKS * 1e6


def shake_hands(ours: DtlsIdentity, theirs: DtlsIdentity, *, is_client: bool) -> float:
    """Milliseconds of our side of a handshake."""
    us = DtlsConnection(ours, is_client=is_client, fingerprints=[theirs.fingerprint])
    them = DtlsConnection(theirs, is_client=not is_client, fingerprints=[ours.fingerprint])
    began = time.thread_time()
    if is_client:
        us.begin()
    spent = time.thread_time() - began
    if not is_client:
        them.begin()
    while us.keys is None or them.keys is None:
        for datagram in us.take_output():
            them.receive(datagram)
        for datagram in them.take_output():
            began = time.thread_time()
            us.receive(datagram)
            spent += time.thread_time() - began
    return spent * 1e3


#: What an offer of each kind has, as our own other end makes it.
KINDS = {
    "in the clear": SecurityPolicy(),
    "SDES": SecurityPolicy(Secrecy.REQUIRED),
    "DTLS, ICE and BUNDLE": SecurityPolicy(
        Secrecy.REQUIRED, Keying.DTLS, rtcp_mux=True, uses_avpf=True, uses_ice=True, bundles=True
    ),
}


def describe(policy: SecurityPolicy, identities: Identities) -> float:
    """Microseconds to take an offer and answer it; nothing of it is remembered."""
    endpoint = Endpoint("a", codecs=("ulaw",), security=policy)
    codecs = codecs_of(endpoint.codecs)
    other = CallSecurity(policy, Identities())
    spent = 0.0
    for number in range(1, HANDSHAKES + 1):
        plain = write_offer(codecs, Origin(number), host="192.0.2.1", port=4000)
        offer = other.offer(plain, ["192.0.2.1"], 4000)
        began = time.thread_time()
        taken = take_offer(endpoint, identities, offer)
        agreement = taken.agreement
        assert agreement is not None
        answer = write_answer(offer, agreement, Origin(1), host="192.0.2.2", port=5000)
        taken.security.answer(answer, agreement, ["192.0.2.2"], 5000)
        taken.security.secured(plan_of(agreement, symmetric=False), agreement)
        spent += time.thread_time() - began
    return spent / HANDSHAKES * 1e6


async def main() -> None:
    identities = Identities()
    for name, policy in KINDS.items():
        found = median(describe(policy, identities) for _ in range(ROUNDS))
        print(f"offer and answer, {name}: {found:.0f} us of CPU")
    ours, theirs = DtlsIdentity(DtlsSettings()), DtlsIdentity(DtlsSettings())
    for words, is_client in (("we begin", True), ("they begin", False)):
        times = [shake_hands(ours, theirs, is_client=is_client) for _ in range(HANDSHAKES)]
        print(f"handshake, {words}: {median(times):.2f} ms of CPU")
    engine = Engine(first_port=42000, last_port=48000)
    try:
        found = await check(engine, NAMED, is_answered=True)
        print(f"check of ICE that is answered: {found:.1f} us of CPU")
        forged = Check("ours:theirs", "another password").to_bytes()
        found = await check(engine, forged, is_answered=False)
        print(f"check of ICE with another password: {found:.1f} us of CPU")
        for way in WAYS:
            played = median([await play(engine, way) for _ in range(ROUNDS)])
            relayed = median([await relay(engine, way) for _ in range(ROUNDS)])
            print(f"{way[0]}: played {played:.1f} us, passed on {relayed:.1f} us of CPU a packet")
    finally:
        await engine.close()


if __name__ == "__main__":
    asyncio.run(main())
