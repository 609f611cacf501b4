"""Transports of a SIP side: which are opened, and what a reload does to their certificates."""

from dataclasses import replace
from pathlib import Path

import pytest

from switchroom.net.tls import TlsTransport
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
