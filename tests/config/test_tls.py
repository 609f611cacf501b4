from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.channels.sip.endpoints.settings import merge
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import PjsipConfig, read_pjsip
from switchroom.config.sip.peers import SipConfig, read_sip
from switchroom.config.tls import TlsConfig, parse_ciphers, parse_method
from switchroom.net.credentials import METHODS, TlsSettings

TRANSPORT = "[t]\ntype=transport\nprotocol=tls\nbind=0.0.0.0\n"


def pjsip(more: str) -> PjsipConfig:
    return read_pjsip(parse_config(TRANSPORT + more, path=Path("pjsip.conf")))


def sip(more: str) -> SipConfig:
    return read_sip(parse_config("[general]\n" + more, path=Path("sip.conf")))


def test_a_transport_of_pjsip_conf() -> None:
    config = pjsip(
        "cert_file=/c.pem\npriv_key_file=/k.pem\nca_list_file=/ca.pem\nca_list_path=/ca\n"
        "password=sesame\nmethod=tlsv1_2\ncipher=AES128-SHA,AES256-SHA\n"
        "verify_server=yes\nverify_client=yes\nrequire_client_cert=yes\n"
    )
    transport = config.transports["t"]
    assert (transport.protocol, transport.host, transport.port) == ("tls", "0.0.0.0", 5061)
    assert transport.tls == TlsConfig(
        Path("/c.pem"), Path("/k.pem"), "sesame", Path("/ca.pem"), Path("/ca"), "tlsv1_2",
        "AES128-SHA:AES256-SHA",
        verifies_server=True, verifies_client=True, requires_client=True,
    )  # fmt: skip
    assert config.warnings == ()
    assert "sesame" not in repr(config)


def test_what_is_not_written() -> None:
    assert pjsip("cert_file=/c.pem").transports["t"].tls == TlsConfig(Path("/c.pem"))


@pytest.mark.parametrize(
    ("more", "line", "message"),
    [
        ("cert_file=/c\nmethod=sslv3", 6, "method: sslv3 is broken"),
        ("cert_file=/c\nmethod=tls9", 6, "expected one of default, unspecified"),
        ("cert_file=/c\nverify_client=maybe", 6, "verify_client: expected yes or no"),
    ],
)
def test_errors_say_where(more: str, line: int, message: str) -> None:
    with pytest.raises(ConfigError, match=f"pjsip.conf:{line}: .*{message}"):
        pjsip(more)


def test_a_transport_without_a_certificate_is_left_out() -> None:
    config = pjsip("method=tlsv1_2")
    assert config.transports == {}
    (warning,) = config.warnings
    assert str(warning).startswith(
        "pjsip.conf:3: the transport [t] is left out: it needs a cert_file"
    )


def test_every_method_is_one_that_the_sockets_know() -> None:
    for word in ("", "default", "sslv23", "TLSv1", "tlsv1_1", "tlsv1_2", "tlsv1_3"):
        assert parse_method(word) in METHODS
    assert parse_method("sslv23") == parse_method("default") == ""


def test_ciphers_of_both_ways_to_write_them() -> None:
    assert parse_ciphers("A,B C:D") == "A:B:C:D"
    assert parse_ciphers("TLS_AES_128_GCM_SHA256,A") == "A"


def test_sip_conf() -> None:
    general = sip(
        "bindaddr=192.0.2.1\ntlsenable=yes\ntlscertfile=/c.pem\ntlsprivatekey=/k.pem\n"
        "tlscafile=/ca.pem\ntlscadir=/ca\ntlscipher=AES128-SHA\ntlsclientmethod=tlsv1_2\n"
        "tlsverifyclient=yes\ntlsdontverifyserver=yes\n"
    )
    assert general.warnings == ()
    assert general.general.tls == ("192.0.2.1", 5061)
    assert general.general.tls_options == TlsConfig(
        Path("/c.pem"), Path("/k.pem"), "", Path("/ca.pem"), Path("/ca"), "tlsv1_2", "AES128-SHA",
        verifies_server=False, verifies_client=True, requires_client=True,
    )  # fmt: skip


def test_sip_conf_as_it_comes() -> None:
    assert sip("").general.tls is None
    general = sip("tlsenable=yes\ntlsbindaddr=[::1]:5099\n").general
    assert general.tls == ("::1", 5099)
    assert general.tls_options == TlsConfig(Path("asterisk.pem"), verifies_server=True)


def test_both_files_make_transports() -> None:
    settings = merge(pjsip("cert_file=/c.pem"), sip("tlsenable=yes"), user_agent="")
    assert [(t.name, t.protocol, t.port) for t in settings.transports] == [
        ("t", "tls", 5061), ("sip-udp", "udp", 5060),
    ]  # fmt: skip
    assert settings.transports[0].tls == TlsSettings(Path("/c.pem"))
    alone = merge(PjsipConfig(), sip("tlsenable=yes\ntlscert=/s.pem"), user_agent="")
    assert [(t.name, t.tls) for t in alone.transports] == [
        ("sip-udp", None), ("sip-tls", TlsSettings(Path("/s.pem"), verifies_server=True)),
    ]  # fmt: skip
