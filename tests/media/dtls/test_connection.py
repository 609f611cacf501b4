"""Handshakes, two of our own back to back over a list of datagrams."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from switchroom.base.errors import MediaError
from switchroom.media.dtls import identity as identities
from switchroom.media.dtls.connection import DtlsConnection, datagrams_of, is_hello, is_plain
from switchroom.media.dtls.identity import DtlsIdentity
from switchroom.media.dtls.settings import DtlsSettings
from switchroom.media.dtls.suites import PROFILES
from switchroom.sdp.dtls import Fingerprint
from tests.support.certificates import Authority

OURS = DtlsIdentity(DtlsSettings())
THEIRS = DtlsIdentity(DtlsSettings())
#: An alert of DTLS 1.2 that ends a handshake, protected by nothing.
ALERT = bytes.fromhex("15fefd0000000000000009000202 28".replace(" ", ""))

Lost = Callable[[int], bool]


def pair(
    client: DtlsIdentity = OURS,
    server: DtlsIdentity = THEIRS,
    *,
    of_client: Fingerprint | None = None,
    of_server: Fingerprint | None = None,
) -> tuple[DtlsConnection, DtlsConnection]:
    return (
        DtlsConnection(client, is_client=True, fingerprints=[of_server or server.fingerprint]),
        DtlsConnection(server, is_client=False, fingerprints=[of_client or client.fingerprint]),
    )


def deliver(one: DtlsConnection, two: DtlsConnection, *, lost: Lost = lambda _: False) -> int:
    """Carry datagrams to and fro until nobody sends any; returns how many there were."""
    count = 0
    while True:
        sent = [(two, each) for each in one.take_output()]
        sent += [(one, each) for each in two.take_output()]
        for to, datagram in sent:
            count += 1
            if not lost(count):
                to.receive(datagram)
        if not sent:
            return count


def test_both_sides_have_the_same_keys() -> None:
    client, server = pair()
    client.begin()
    deliver(client, server)
    assert client.keys is not None
    assert server.keys is not None
    assert (client.failure, server.failure) == ("", "")
    assert client.keys.suite == PROFILES[0].suite
    assert (client.keys.local, client.keys.remote) == (server.keys.remote, server.keys.local)
    assert len({client.keys.local, client.keys.remote}) == 2
    assert len(client.keys.local) == PROFILES[0].key + PROFILES[0].salt
    assert client.timeout is None


@pytest.mark.parametrize("profile", PROFILES, ids=lambda each: each.suite)
def test_each_way_to_protect_packets(profile: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identities, "PROFILES", (profile,))
    one = DtlsIdentity(DtlsSettings())
    client, server = pair(one)
    client.begin()
    deliver(client, server)
    assert client.keys is not None
    assert client.keys.suite == getattr(profile, "suite", "")


@pytest.mark.parametrize("algorithm", ["sha-256", "sha-384", "sha-512", "sha-1"])
def test_any_hash_proves_a_certificate(algorithm: str) -> None:
    one = DtlsIdentity(DtlsSettings(algorithm=algorithm))
    assert one.fingerprint.algorithm == algorithm
    client, server = pair(one)
    client.begin()
    deliver(client, server)
    assert server.keys is not None


@pytest.mark.parametrize("who", ["client", "server"])
def test_another_certificate_gets_no_keys(who: str) -> None:
    other = Fingerprint("sha-256", hashlib.sha256(b"another").digest())
    client, server = pair(of_client=other) if who == "client" else pair(of_server=other)
    judge = server if who == "client" else client
    client.begin()
    deliver(client, server)
    assert judge.keys is None
    assert judge.failure == "their certificate is not the one that their description told of"
    # The other side may have finished: it never gets a packet that its keys open.


def test_any_of_several_fingerprints_will_do() -> None:
    other = Fingerprint("sha-256", bytes(32))
    server = DtlsConnection(THEIRS, is_client=False, fingerprints=[other, OURS.fingerprint])
    client, _ = pair()
    client.begin()
    deliver(client, server)
    assert server.keys is not None


@pytest.mark.parametrize("number", [1, 3, 4, 6])
def test_a_datagram_that_got_lost_is_sent_again(number: int) -> None:
    client, server = pair()
    client.begin()
    deliver(client, server, lost=lambda count: count == number)
    assert client.keys is None or server.keys is None
    for _ in range(3):
        waits = [each.timeout for each in (client, server) if each.timeout is not None]
        time.sleep(max(waits, default=0) + 0.01)  # OpenSSL looks at the clock of the system
        client.tick()
        server.tick()
        deliver(client, server)
        if client.keys is not None and server.keys is not None:
            return
    raise AssertionError((client.failure, server.failure))


@pytest.mark.parametrize(
    "garbage",
    [
        ALERT,
        b"\x16",
        b"\x16\xfe\xfd" + bytes(60),
        b"\x14" + bytes(13),
        bytes(range(20, 64)),
        b"\x16\xfe\xfd" + bytes(8) + b"\xff\xff" + bytes(100),
        b"\x17\xfe\xfd\x00\x01" + bytes(6) + b"\x00\x20" + bytes(32),
    ],
)
@pytest.mark.parametrize("before", range(4))
def test_garbage_changes_nothing(garbage: bytes, before: int) -> None:
    client, server = pair()
    client.begin()
    for step in range(8):
        if step == before:
            client.receive(garbage)
            server.receive(garbage)
        for to, data in [(server, d) for d in client.take_output()]:
            to.receive(data)
        for to, data in [(client, d) for d in server.take_output()]:
            to.receive(data)
    client.receive(garbage)
    server.receive(garbage)
    assert client.keys is not None
    assert server.keys is not None


def test_who_does_not_hear_us_disturbs_nobody() -> None:
    """As if he wrote the client's address on his packets: our answers go to the client."""
    client, server = pair()
    stranger, _ = pair()
    stranger.begin()
    (forged,) = stranger.take_output()
    server.receive(forged)
    assert not server.has_begun
    (ours,) = server.take_output()
    assert len(ours) < 100, "a cookie, and no more than he sent"
    client.begin()
    for _ in range(3):
        server.receive(forged)
        deliver(client, server)
    assert client.keys is not None
    assert server.keys is not None
    server.receive(forged)
    assert server.failure == ""


def test_a_flight_is_cut_into_datagrams_that_fit(tmp_path: Path) -> None:
    certificate = Authority(tmp_path).issue("long.example.com")
    settings = DtlsSettings(certificate, mtu=300)
    client, server = pair(DtlsIdentity(settings), DtlsIdentity(settings))
    client.begin()
    sizes: list[int] = []
    for _ in range(10):
        for one, other in ((client, server), (server, client)):
            for each in one.take_output():
                sizes.append(len(each))
                other.receive(each)
    assert client.keys is not None
    assert server.keys is not None
    assert max(sizes) <= 300
    assert len(sizes) > 6


def records(*lengths: int) -> bytes:
    return b"".join(bytes(11) + length.to_bytes(2) + bytes(length) for length in lengths)


@pytest.mark.parametrize(
    ("octets", "sizes"),
    [
        (b"", []),
        (records(10), [23]),
        (records(10, 10), [46]),
        (records(40, 40, 40), [53 + 53, 53]),
        (records(200, 1), [213, 14]),
        (bytes(5), []),
    ],
)
def test_records_are_never_cut(octets: bytes, sizes: Sequence[int]) -> None:
    assert [len(each) for each in datagrams_of(octets, 110)] == sizes


def test_alerts_are_known() -> None:
    assert is_plain(ALERT, 21)
    assert not is_plain(ALERT[:4] + b"\x01" + ALERT[5:], 21), "it is protected"
    assert not is_plain(ALERT[:10], 21)
    assert not is_hello(ALERT)


def test_certificates_of_an_authority(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate = authority.issue("phone.example.com")
    ours = DtlsSettings(certificate, authorities=authority.file, verifies_certificate=True)
    trusted = DtlsIdentity(ours)
    client, server = pair(trusted, trusted)
    client.begin()
    deliver(client, server)
    assert server.keys is not None
    client, server = pair(OURS, trusted)
    client.begin()
    deliver(client, server)
    assert server.keys is None
    assert server.failure == "their certificate is not signed by anybody we trust"


def test_a_certificate_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="No such file"):
        DtlsIdentity(DtlsSettings(tmp_path / "missing.pem"))
    (tmp_path / "bad.pem").write_text("no certificate")
    with pytest.raises(MediaError, match=r"bad.pem: no certificate as PEM"):
        DtlsIdentity(DtlsSettings(tmp_path / "bad.pem"))
    with pytest.raises(MediaError, match="no such ciphers: NONSENSE"):
        DtlsIdentity(DtlsSettings(ciphers="NONSENSE"))
    with pytest.raises(MediaError, match="no certificates of authorities"):
        DtlsIdentity(DtlsSettings(authorities=tmp_path / "bad.pem", verifies_certificate=True))


def test_a_certificate_is_fresh_until_its_file_changes(tmp_path: Path) -> None:
    certificate = Authority(tmp_path).issue("a.example.com")
    one = DtlsIdentity(DtlsSettings(certificate))
    assert one.is_fresh
    certificate.write_bytes(certificate.read_bytes() + b"\n")
    assert not one.is_fresh


def test_a_certificate_of_our_own_is_used_for_a_day() -> None:
    one = DtlsIdentity(DtlsSettings())
    assert one.is_fresh
    one.made_at -= timedelta(hours=25)
    assert not one.is_fresh
    assert one.fingerprint != DtlsIdentity(DtlsSettings()).fingerprint
