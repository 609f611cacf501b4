"""``ari.conf``."""

from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.acl import read_acl
from switchroom.config.ari import REALM, AriConfig, OutboundWebSocket, read_ari
from switchroom.config.language.reader import parse_config


def read(text: str) -> AriConfig:
    named = read_acl(parse_config("[office]\ndeny=0.0.0.0/0\npermit=192.0.2.0/24\n"))
    return read_ari(parse_config(text, path=Path("ari.conf")), named)


def test_an_empty_file_is_on_and_lets_nobody_in() -> None:
    config = read("")
    assert config.is_enabled
    assert config.users == {}
    assert config.realm == REALM
    assert config.warnings == ()


def test_without_the_file_it_is_off() -> None:
    assert not AriConfig().is_enabled


def test_all_that_can_be_said() -> None:
    config = read(
        "[general]\nenabled=no\npretty=yes\nauth_realm=Here\nallowed_origins=https://a, https://b\n"
        "channelvars=A,CALLERID(num)\n"
        "[base](!)\ntype=user\nread_only=yes\n[reader](base)\npassword=look\nacl=office\n"
        "[boss]\ntype=user\npassword=$6$x$y\npassword_format=crypt\ndeny=0.0.0.0/0\npermit=127.0.0.1\n"
        "[agent]\ntype=outbound_websocket\nwebsocket_client_id=there\napps=a,b\n"
        "local_ari_user=boss\nsubscribe_all=yes\n"
    )
    assert not config.is_enabled
    assert config.is_pretty
    assert (config.realm, config.origins) == ("Here", ("https://a", "https://b"))
    assert config.channel_variables == ("A", "CALLERID(num)")
    reader, boss = config.users["reader"], config.users["boss"]
    assert list(config.users) == ["reader", "boss"]
    assert (reader.is_read_only, reader.is_crypted) == (True, False)
    assert reader.rules.allows("192.0.2.9")
    assert not reader.rules.allows("203.0.113.1")
    assert (boss.is_read_only, boss.is_crypted) == (False, True)
    assert not boss.rules.allows("192.0.2.9")
    assert config.outbound == {
        "agent": OutboundWebSocket("agent", "there", ("a", "b"), "boss", hears_all=True)
    }
    assert "look" not in repr(config)


def test_what_is_passed_over_is_said() -> None:
    config = read("[somebody]\npassword=x\n[general]\nwebsocket_write_timeout=50\n")
    assert config.users == {}
    texts = [str(each) for each in config.warnings]
    assert any("[somebody]" in each for each in texts)
    assert any("websocket_write_timeout" in each for each in texts)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[a]\ntype=user\n", "no password"),
        ("[a]\ntype=user\npassword=x\npasword_format=plain\n", "password_format"),
        ("[a]\ntype=user\npassword=x\npassword_format=rot13\n", "plain, crypt"),
        ("[a]\ntype=user\npassword=x\nacl=nobody\n", "nobody"),
        ("[a]\ntype=outbound_websocket\napps=x\nlocal_ari_user=u\n", "websocket_client_id"),
        ("[a]\ntype=outbound_websocket\nwebsocket_client_id=x\nlocal_ari_user=u\n", "apps"),
        ("[general]\nenabled=perhaps\n", "enabled"),
    ],
)
def test_what_cannot_be_used(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        read(text)
