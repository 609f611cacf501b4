from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.config.sip.peers import SipConfig, read_sip
from switchroom.config.sip_timers import SipTimers


def read(text: str) -> SipConfig:
    return read_sip(parse_config(text, path=Path("sip.conf")))


FRIENDS = """\
[general]
bindaddr=127.0.0.1
bindport=5070
tcpenable=yes
realm=example.com
context=public
disallow=all
allow=ulaw
dtmfmode=inband
[desk](!)
type=friend
host=dynamic
[100](desk)
secret=top
context=phones
callerid="Desk" <100>
allow=alaw
qualify=yes
setvar=A=1
[trunk]
type=peer
host=sip.example.com:5080
defaultuser=me
secret=top
dtmfmode=rfc2833
nat=no
qualify=500
qualifyfreq=30
"""


def test_timers() -> None:
    written = FRIENDS.replace("[general]\n", "[general]\ntimert1=1000\ntimerb=20000\n", 1)
    assert read(written).general.timers == SipTimers(1.0, 20.0)
    with pytest.raises(ConfigError, match="timert1: 9 is not between 100"):
        read(FRIENDS.replace("[general]\n", "[general]\ntimert1=9\n", 1))


def test_general() -> None:
    general = read(FRIENDS).general
    assert (general.udp, general.tcp) == (("127.0.0.1", 5070), ("127.0.0.1", 5070))
    assert (general.realm, general.context) == ("example.com", "public")


def test_friends_and_peers() -> None:
    peers = read(FRIENDS).peers
    assert list(peers) == ["100", "trunk"]
    desk, trunk = peers["100"], peers["trunk"]
    assert (desk.host, desk.port, desk.username, desk.context) == ("", None, "100", "phones")
    assert (desk.codecs, desk.dtmf_mode, desk.symmetric) == (("ulaw", "alaw"), "inband", True)
    assert (desk.qualify_frequency, desk.qualify_timeout) == (60, 2.0)
    assert desk.variables == (("A", "1"),)
    assert (trunk.host, trunk.port, trunk.username) == ("sip.example.com", 5080, "me")
    assert (trunk.dtmf_mode, trunk.symmetric, trunk.context) == ("rfc4733", False, "public")
    assert (trunk.qualify_frequency, trunk.qualify_timeout) == (30, 0.5)
    assert "top" not in repr(trunk)


def test_what_has_no_effect_is_a_warning() -> None:
    config = read("[a]\ntype=peer\nregexten=no\nsecrt=x\n")
    assert [str(w) for w in config.warnings] == [
        "sip.conf:3: regexten has no effect",
        "sip.conf:4: secrt has no effect; did you mean secret?",
    ]


def test_an_empty_file_has_the_defaults() -> None:
    config = read("")
    assert (config.general.udp, config.general.tcp, dict(config.peers)) == (
        ("0.0.0.0", 5060),
        None,
        {},
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[a]\nhost=dynamic", 1),
        ("[a]\ntype=peer\nport=http", 3),
        ("[a]\ntype=peer\nallow=ulawe", 3),
        ("[a]\ntype=peer\ndtmfmode=smoke", 3),
        ("[general]\nbindaddr=nowhere", 2),
    ],
)
def test_errors_name_file_and_line(text: str, line: int) -> None:
    with pytest.raises(ConfigError) as raised:
        read(text)
    assert (raised.value.path, raised.value.line) == (Path("sip.conf"), line)
