"""Transports of a SIP side: which are opened, and what a reload does to their certificates."""

from dataclasses import replace
from pathlib import Path

import pytest

from switchroom.net.tls import TlsTransport
from switchroom.sip.events import InviteReceived
from switchroom.sip.flow import Flow
from tests.channels.sip_far_end import Side, play
from tests.support.certificates import Authority

TLS = "[tls]\ntype=transport\nprotocol=tls\nbind=127.0.0.1:0\ncert_file="


def test_a_transport_with_a_bad_certificate_is_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(side: Side) -> None:
        assert [transport.name for transport, _ in side.service.transports] == ["udp"]

    play(story, f"{TLS}{tmp_path}/none.pem\n")
    assert f"[tls] is left out: {tmp_path}/none.pem: No such file" in caplog.text


def test_a_reload_changes_certificates_and_says_what_it_cannot_use(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    authority = Authority(tmp_path)
    first = authority.issue("first.example", file="first.pem")
    second = authority.issue("second.example", file="second.pem")

    async def story(side: Side) -> None:
        service = side.service
        opened = service.transports[1][1]
        assert isinstance(opened, TlsTransport)
        for path, expected in ((second, second), (tmp_path / "none.pem", second)):
            udp, tls = service.settings.transports
            assert tls.tls is not None
            renewed = replace(tls, tls=replace(tls.tls, certificate=path))
            service.reload(replace(service.settings, transports=(udp, renewed)))
            assert opened.settings.certificate == expected

    play(story, f"{TLS}{first}\n")
    assert "[tls] stays as it was:" in caplog.text


@pytest.mark.parametrize(("symmetric", "place"), [("no", 0), ("yes", 1)])
def test_who_registered_over_a_transport_is_reached_over_it(symmetric: str, place: int) -> None:
    async def story(side: Side) -> None:
        ports = [opened.local_address[1] for _, opened in side.service.transports]
        to_second = Flow("udp", ("127.0.0.1", ports[1]), ("127.0.0.1", side.far.port))
        contact = (("Contact", f"<sip:bob@127.0.0.1:{side.far.port}>"),)
        answer = await side.far.request(
            "REGISTER", side.uri(), to_second, sender="sip:bob@x", headers=contact
        )
        assert answer.status == 200
        side.far.invite(side.uri("2"), side.flow, sender="sip:bob@x")
        await side.far.until(lambda: side.far.requests("INVITE"))
        (invited,) = [e for e in side.far.events if isinstance(e, InviteReceived)]
        assert invited.session.flow.remote[1] == ports[place]

    second = f"[second]\ntype=transport\nbind=127.0.0.1:0\nsymmetric_transport={symmetric}\n"
    bob = "[bob]\ntype=endpoint\ncontext=in\naors=bob\n[bob]\ntype=aor\nmax_contacts=1\n"
    play(story, second + bob, dialplan="[in]\nexten => 2,1,Dial(PJSIP/bob,5)\n")
