from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.channels.sip.endpoints.settings import merge
from switchroom.channels.sip.transports import websocket_warnings
from switchroom.config.acl import read_rules
from switchroom.config.http import HttpConfig, read_http
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import PjsipConfig, read_pjsip
from switchroom.config.tls import TlsConfig
from switchroom.net.credentials import TlsSettings


def http(text: str) -> HttpConfig:
    return read_http(parse_config(text, path=Path("http.conf")))


def pjsip(*protocols: str) -> PjsipConfig:
    text = "".join(
        f"[t-{each}]\ntype=transport\nprotocol={each}\nbind=0.0.0.0\n" for each in protocols
    )
    return read_pjsip(parse_config(text, path=Path("pjsip.conf")))


FULL = """\
[general]
enabled=yes
bindaddr=192.0.2.1
bindport=8080
prefix=/asterisk/
tlsenable=yes
tlsbindaddr=192.0.2.2:8443
tlscertfile=/c.pem
tlsprivatekey=/k.pem
"""


def test_everything() -> None:
    config = http(FULL)
    assert config.plain == ("192.0.2.1", 8080)
    assert config.tls == ("192.0.2.2", 8443)
    assert (config.prefix, config.warnings) == ("/asterisk", ())
    assert config.tls_options == TlsConfig(Path("/c.pem"), Path("/k.pem"), verifies_server=True)


def test_defaults() -> None:
    assert http("") == http("[post_mappings]\na=/b\n") == HttpConfig()
    assert http("[general]\nbindaddr=::\n").plain is None
    config = http("[general]\nenabled=yes\nbindaddr=::\ntlsenable=yes\n")
    assert (config.plain, config.tls) == (("::", 8088), ("::", 8089))
    assert http("[general]\nenabled=yes\nbindaddr=::\n").tls is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[general]\nbindadr=::", "http.conf:2: unknown option 'bindadr'"),
        ("[general]\nenabled=yes\nbindaddr=nowhere", "http.conf:3: bindaddr"),
        ("[general]\ntlsbindaddr=nowhere", "http.conf:2: tlsbindaddr"),
        ("[general]\nbindport=x", "http.conf:2: bindport"),
    ],
)
def test_errors_say_where(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        http(text)


def test_what_has_no_effect_is_said() -> None:
    (warning,) = http("[general]\nenable_static=yes\n").warnings
    assert str(warning) == "http.conf:2: enable_static has no effect yet (http.conf)"


@pytest.mark.parametrize(
    ("protocols", "expected"),
    [
        (["udp"], [("t-udp", "udp", 5060, "")]),
        (["ws"], [("t-ws", "ws", 8080, "/asterisk/ws"), ("http-wss", "wss", 8443, "/asterisk/ws")]),
        (["wss"], [("http-ws", "ws", 8080, "/asterisk/ws"),
                   ("t-wss", "wss", 8443, "/asterisk/ws")]),
    ],
)  # fmt: skip
def test_transports(protocols: list[str], expected: list[tuple[str, str, int, str]]) -> None:
    transports = merge(pjsip(*protocols), None, user_agent="", http=http(FULL)).transports
    assert [(t.name, t.protocol, t.port, t.path) for t in transports] == expected
    for transport in transports:
        tls = TlsSettings(Path("/c.pem"), Path("/k.pem"), verifies_server=True)
        assert transport.tls == (tls if transport.protocol == "wss" else None)


def test_a_transport_without_http_is_named() -> None:
    config = pjsip("udp", "ws", "wss")
    assert [str(each) for each in websocket_warnings(config, HttpConfig())] == [
        f"pjsip.conf:{line}: the transport [{name}] is left out: it needs {what} in http.conf"
        for line, name, what in ((7, "t-ws", "enabled and bindaddr"), (11, "t-wss", "tlsenable"))
    ]
    assert websocket_warnings(config, http(FULL)) == ()
    assert [t.name for t in merge(config, None, user_agent="").transports] == ["t-udp"]


def test_from_where_browsers_may_come() -> None:
    office = {"office": read_rules(parse_config("[o]\npermit=10.0.0.0/8\n").sections[0].entries)}
    text = "[general]\ndeny=0.0.0.0/0\nacl=office\npermit=192.0.2.1\n"
    rules = read_http(parse_config(text, path=Path("http.conf")), office).rules
    hosts = ("10.1.2.3", "192.0.2.1", "192.0.2.2")
    assert [rules.allows(host) for host in hosts] == [True, True, False]
    assert http("[general]\n").rules.allows("192.0.2.2")


def test_a_list_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"http.conf:2.*there is no \[office\]"):
        http("[general]\nacl=office\n")
