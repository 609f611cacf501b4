"""SIP over TLS on real loopback sockets."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from switchroom.net import tls_listener as tls
from switchroom.net.credentials import TlsError, TlsSettings, make_contexts
from switchroom.net.tcp import TcpTransport
from switchroom.net.tls import TlsTransport, open_tls
from switchroom.sip.client import NewCall, NewRequest
from switchroom.sip.events import (
    Event,
    InviteReceived,
    RequestReceived,
    RequestTimedOut,
    ResponseReceived,
    SessionAnswered,
)
from switchroom.sip.flow import Flow
from switchroom.sip.headers.name_addr import NameAddr
from tests.net.test_sip_sockets import Agent
from tests.sip.peers import OFFER
from tests.support.certificates import Authority

LOG = "switchroom.net"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@asynccontextmanager
async def server(
    settings: TlsSettings, host: str = "127.0.0.1"
) -> AsyncIterator[tuple[Agent, TlsTransport]]:
    agent = Agent()
    transport = await open_tls(agent.driver, host, 0, settings)
    try:
        yield agent, transport
    finally:
        agent.driver.close()
        transport.close()
        await all_closed(transport)


async def all_closed(transport: TcpTransport) -> None:
    """Wait until both sides have said goodbye on their real sockets."""
    async with asyncio.timeout(10):
        while transport.connections:  # another socket's end sets no event
            await asyncio.sleep(0.01)


async def ask(agent: Agent, flow: Flow) -> Event:
    """Send OPTIONS; returns what comes of it."""
    what = NewRequest("OPTIONS", "sip:b@x", NameAddr("sip:a@x"))
    agent.stack.request(what, flow, now=asyncio.get_running_loop().time())
    agent.driver.pump()
    return await agent.next()


async def ask_over(ours: TlsSettings, theirs: TlsSettings, *, name: str = "") -> Event:
    """One OPTIONS from a node with some settings to a node with others."""
    async with server(theirs) as (_, far), server(ours) as (near, transport):
        flow = transport.flow_to(far.local_address)._replace(name=name)
        return await ask(near, flow)


def status_of(event: Event) -> int:
    assert isinstance(event, ResponseReceived), event
    return event.response.status


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_options_and_a_call(authority: Authority, host: str) -> None:
    settings = TlsSettings(authority.issue(host), authorities=authority.file, verifies_server=True)

    async def main() -> None:
        async with server(settings, host) as (bob, far), server(settings, host) as (alice, near):
            flow = near.flow_to(far.local_address)
            assert status_of(await ask(alice, flow)) == 200
            received = await bob.next()
            assert isinstance(received, RequestReceived)
            assert received.incoming.request.fields["via"][0].startswith("SIP/2.0/TLS ")
            call = NewCall("sip:b@x", OFFER, NameAddr("sip:a@x"))
            alice.stack.invite(call, flow, now=asyncio.get_running_loop().time())
            alice.driver.pump()
            assert isinstance(await alice.next(), SessionAnswered)
            invited = await bob.next()
            assert isinstance(invited, InviteReceived)
            assert invited.session.request is not None
            assert "transport=tls" in invited.session.request.get("contact")

    asyncio.run(main())


def test_a_server_proves_the_name_that_led_to_it(authority: Authority, tmp_path: Path) -> None:
    theirs = TlsSettings(authority.issue("pbx.example"))
    ours = TlsSettings(authorities=authority.file, verifies_server=True)
    assert status_of(asyncio.run(ask_over(ours, theirs, name="pbx.example"))) == 200


@pytest.mark.parametrize(
    ("name", "trusted", "valid_for", "why"),
    [
        ("other.example", "authority", timedelta(days=9), "Hostname mismatch"),
        ("pbx.example", "stranger", timedelta(days=9), "unable to get local issuer certificate"),
        ("pbx.example", "authority", timedelta(days=-1), "certificate has expired"),
    ],
)
def test_a_server_that_proves_nothing_gets_nothing(
    authority: Authority,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    name: str,
    trusted: str,
    valid_for: timedelta,
    why: str,
) -> None:
    theirs = TlsSettings(authority.issue("pbx.example", valid_for=valid_for))
    trust = Authority(tmp_path, trusted) if trusted == "stranger" else authority
    ours = TlsSettings(authorities=trust.file, verifies_server=True)
    event = asyncio.run(ask_over(ours, theirs, name=name))
    assert isinstance(event, RequestTimedOut)
    assert f"its certificate is not good: {why}" in caplog.text


def test_who_is_not_asked_to_prove_itself_need_not(authority: Authority) -> None:
    theirs = TlsSettings(authority.issue("pbx.example", valid_for=timedelta(days=-1)))
    assert status_of(asyncio.run(ask_over(TlsSettings(), theirs, name="other.example"))) == 200


def test_a_connection_to_one_name_carries_nothing_for_another(authority: Authority) -> None:
    settings = TlsSettings(
        authority.issue("one.example"), authorities=authority.file, verifies_server=True
    )

    async def main() -> None:
        async with server(settings) as (_, far), server(settings) as (near, transport):
            flow = transport.flow_to(far.local_address)
            assert status_of(await ask(near, flow._replace(name="one.example"))) == 200
            assert isinstance(await ask(near, flow._replace(name="two.example")), RequestTimedOut)

    asyncio.run(main())


@pytest.mark.parametrize(
    ("shows", "expected", "why"),
    [
        ("", None, "peer did not return a certificate"),
        ("stranger", None, "its certificate is not good: unable to get local issuer certificate"),
        ("authority", 200, ""),
    ],
)
def test_callers_that_must_show_a_certificate(
    authority: Authority,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    shows: str,
    expected: int | None,
    why: str,
) -> None:
    caplog.set_level(logging.INFO, LOG)
    theirs = TlsSettings(
        authority.issue("pbx.example"), authorities=authority.file, requires_client=True
    )
    issuer = {"stranger": Authority(tmp_path, "stranger"), "authority": authority}.get(shows)
    ours = TlsSettings(issuer.issue("phone", file="phone.pem") if issuer else None)
    event = asyncio.run(ask_over(ours, theirs))
    assert (event.response.status if isinstance(event, ResponseReceived) else None) == expected
    assert why in caplog.text


@pytest.mark.parametrize(
    "text", [b"OPTIONS sip:a@b SIP/2.0\r\n\r\n", b"\0" * 300, b"\x16\x03\x01\xff\xff" + b"A" * 900]
)
def test_who_speaks_no_tls_is_shown_out(
    authority: Authority, caplog: pytest.LogCaptureFixture, text: bytes
) -> None:
    caplog.set_level(logging.INFO, LOG)

    async def main() -> None:
        async with server(TlsSettings(authority.issue("127.0.0.1"))) as (agent, transport):
            reader, writer = await asyncio.open_connection(*transport.local_address)
            writer.write(text)
            async with asyncio.timeout(30):
                while await reader.read(100):
                    pass
            writer.close()
            assert agent.driver.faults == 0
            assert agent.events.empty()

    asyncio.run(main())
    assert "TLS handshake with 127.0.0.1:" in caplog.text


def test_who_never_finishes_the_handshake_is_cut_off(
    authority: Authority, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, LOG)
    monkeypatch.setattr(tls, "HANDSHAKE_TIMEOUT", 0.05)

    async def main() -> None:
        async with server(TlsSettings(authority.issue("127.0.0.1"))) as (_, transport):
            reader, writer = await asyncio.open_connection(*transport.local_address)
            writer.write(b"\x16\x03\x01\x00\xc8\x01")  # it begins a hello, and that is all
            async with asyncio.timeout(30):
                assert await reader.read(100) == b""
            writer.close()

    asyncio.run(main())
    assert "handshake is taking longer than 0.05 seconds" in caplog.text


def test_too_many_handshakes_at_once(
    authority: Authority, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "MAX_HANDSHAKES", 1)

    async def main() -> None:
        async with server(TlsSettings(authority.issue("127.0.0.1"))) as (_, transport):
            _, first = await asyncio.open_connection(*transport.local_address)
            reader, second = await asyncio.open_connection(*transport.local_address)
            async with asyncio.timeout(30):
                assert await reader.read(1) == b""
            first.close()
            second.close()

    asyncio.run(main())
    assert "1 TLS handshakes at once: refusing one" in caplog.text


def test_who_is_banned_gets_no_handshake(authority: Authority) -> None:
    async def main() -> None:
        async with server(TlsSettings(authority.issue("127.0.0.1"))) as (agent, transport):
            agent.driver.blocks = lambda host, _now: host == "127.0.0.1"
            with pytest.raises(OSError):  # noqa: PT011  # reset or closed, as the system has it
                await asyncio.open_connection(
                    *transport.local_address, ssl=make_contexts(TlsSettings()).client
                )
            assert transport.connections == []

    asyncio.run(main())


async def subject_of(address: tuple[str, int], authority: Authority) -> str:
    """The name in the certificate that a new connection is shown."""
    context = ssl.create_default_context(cafile=str(authority.file))
    context.check_hostname = False
    _, writer = await asyncio.open_connection(*address, ssl=context)
    certificate = writer.get_extra_info("peercert")
    writer.transport.abort()
    await asyncio.sleep(0)
    return str(dict(each[0] for each in certificate["subject"])["commonName"])


def test_new_connections_meet_the_new_certificate_and_old_ones_go_on(
    authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, LOG)
    path = authority.issue("first.example")

    async def main() -> None:
        async with server(TlsSettings(path)) as (_, far), server(TlsSettings()) as (near, ours):
            flow = ours.flow_to(far.local_address)
            assert status_of(await ask(near, flow)) == 200
            assert await subject_of(far.local_address, authority) == "first.example"

            authority.issue("second.example")  # the same file, as certbot renews it
            far.look_around()
            assert await subject_of(far.local_address, authority) == "second.example"

            far.reload(TlsSettings(authority.issue("third.example", file="third.pem")))
            assert await subject_of(far.local_address, authority) == "third.example"
            assert status_of(await ask(near, flow)) == 200
            assert len(ours.connections) == 1, "it went over the connection of the beginning"

    asyncio.run(main())
    assert f"TLS took up the certificate in {path}" in caplog.text


def test_a_renewal_that_went_wrong_leaves_the_old_certificate(
    authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    path = authority.issue("first.example")

    async def main() -> None:
        async with server(TlsSettings(path)) as (_, far):
            path.write_text("half a certificate")
            for _ in range(3):
                far.look_around()
            with pytest.raises(TlsError):
                far.reload(TlsSettings(path))
            assert await subject_of(far.local_address, authority) == "first.example"

    asyncio.run(main())
    assert caplog.text.count("goes on with the certificate that it had") == 1


def test_settings_that_cannot_be(authority: Authority, tmp_path: Path) -> None:
    good = authority.issue("a.example", file="a.pem")
    other = authority.issue("b.example", file="b.pem")
    locked = authority.issue("c.example", file="c.pem", password="sesame")
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    cases = [
        (TlsSettings(tmp_path / "none.pem"), "none.pem: No such file"),
        (TlsSettings(good, private_key=tmp_path / "none.key"), "none.key: No such file"),
        (TlsSettings(good, private_key=other), "belongs to another certificate"),
        (TlsSettings(empty), "must hold a certificate and its private key"),
        (TlsSettings(authority.file, private_key=empty), "no private key in"),
        (TlsSettings(locked, password="wrong"), "the password of the key"),
        (TlsSettings(locked), "the password of the key"),
        (TlsSettings(good, ciphers="ROT13"), "no such ciphers: ROT13"),
        (TlsSettings(authorities=empty, verifies_server=True), "no certificates of authorities"),
        (TlsSettings(good, authorities=tmp_path / "x", verifies_client=True), "x: No such file"),
    ]
    for settings, message in cases:
        with pytest.raises(TlsError, match=message):
            make_contexts(settings)
    make_contexts(TlsSettings(locked, password="sesame", ciphers="ECDHE+AESGCM"))


@pytest.mark.parametrize(("method", "version"), [("tlsv1_2", "TLSv1.2"), ("tlsv1_3", "TLSv1.3")])
def test_one_version_only(authority: Authority, method: str, version: str) -> None:
    async def main() -> str | None:
        settings = TlsSettings(authority.issue("127.0.0.1"), method=method)
        async with server(settings) as (_, transport):
            context = make_contexts(TlsSettings()).client
            _, writer = await asyncio.open_connection(*transport.local_address, ssl=context)
            spoken: str | None = writer.get_extra_info("ssl_object").version()
            writer.transport.abort()
            return spoken

    assert asyncio.run(main()) == version


@pytest.mark.parametrize(
    ("days", "level", "words"),
    [(-2, logging.ERROR, "expired on"), (5, logging.WARNING, "expires on"), (90, None, "")],
)
def test_the_end_of_our_certificate_is_told(
    authority: Authority,
    caplog: pytest.LogCaptureFixture,
    days: int,
    level: int | None,
    words: str,
) -> None:
    make_contexts(TlsSettings(authority.issue("a.example", valid_for=timedelta(days=days))))
    assert [record.levelno for record in caplog.records] == ([level] if level else [])
    assert words in caplog.text


def test_a_file_that_went_away_changes_nothing_until_another_is_there(
    authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    path = authority.issue("first.example")

    async def main() -> None:
        async with server(TlsSettings(path)) as (_, far):
            path.unlink()
            far.look_around()
            assert await subject_of(far.local_address, authority) == "first.example"
            authority.issue("second.example")
            far.look_around()
            assert await subject_of(far.local_address, authority) == "second.example"

    asyncio.run(main())
