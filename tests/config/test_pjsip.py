import json
import re
from ipaddress import ip_network
from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import PjsipConfig, read_pjsip
from switchroom.config.sip_timers import SipTimers

RECORDED = Path(__file__).parent.parent / "conformance" / "interfaces.json"

ALICE = """\
[transport-udp]
type=transport
protocol=udp
bind=127.0.0.1:5070
[phone](!)
type=endpoint
context=internal
disallow=all
allow=ulaw,alaw
[alice](phone)
auth=alice
aors=alice
callerid="Alice" <100>
set_var=A=1=2
set_var=B=
[alice]
type=auth
auth_type=userpass
username=alice
password=secret
[alice]
type=aor
max_contacts=2
contact=sip:alice@127.0.0.1:15999
contact=sip:alice@127.0.0.2
[office]
type=identify
endpoint=alice
match=192.0.2.0/24,sip.example.com
match=2001:db8::1
[global]
type=global
user_agent=Desk
default_realm=example.com
"""


def read(text: str) -> PjsipConfig:
    return read_pjsip(parse_config(text, path=Path("pjsip.conf")))


def test_one_name_for_three_objects() -> None:
    config = read(ALICE)
    alice = config.endpoints["alice"]
    assert (alice.context, alice.codecs, alice.auths, alice.aors) == (
        "internal",
        ("ulaw", "alaw"),
        ("alice",),
        ("alice",),
    )
    assert (alice.callerid, alice.dtmf_mode) == ('"Alice" <100>', "rfc4733")
    assert alice.variables == (("A", "1=2"), ("B", ""))
    assert config.auths["alice"].password == "secret"
    aor = config.aors["alice"]
    assert (aor.max_contacts, aor.qualify_timeout, aor.default_expiration) == (2, 3.0, 3600)
    assert aor.contacts == ("sip:alice@127.0.0.1:15999", "sip:alice@127.0.0.2")
    assert config.warnings == ()
    assert list(config.endpoints) == ["alice"]


def test_transport_identify_and_global() -> None:
    config = read(ALICE)
    transport = config.transports["transport-udp"]
    assert (transport.protocol, transport.host, transport.port) == ("udp", "127.0.0.1", 5070)
    office = config.identifies["office"]
    assert office.networks == (ip_network("192.0.2.0/24"), ip_network("2001:db8::1/128"))
    assert office.host_names == ("sip.example.com",)
    assert (config.user_agent, config.default_realm) == ("Desk", "example.com")


def test_secrets_are_not_in_what_is_logged() -> None:
    assert "secret" not in repr(read(ALICE).auths["alice"])


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("[a]\ncontext=x", 1, "needs a type"),
        ("[a]\ntype=endpont", 1, "unknown type 'endpont'"),
        ("[a]\ntype=endpoint\ncontxt=x", 3, "did you mean context"),
        ("[a]\ntype=endpoint\nrtp_symmetric=perhaps", 3, "yes or no"),
        ("[a]\ntype=endpoint\ndtmf_mode=smoke", 3, "expected one of rfc4733"),
        ("[a]\ntype=endpoint\nallow=ulawe", 3, "no codec"),
        ("[a]\ntype=aor\nmax_contacts=-1", 3, "from 0"),
        ("[a]\ntype=aor\n[a]\ntype=aor", 3, "two objects"),
        ("[a]\ntype=auth\nusername=x", 1, "needs username and password"),
        ("[a]\ntype=auth\nauth_type=md5\nusername=x\npassword=y", 1, "md5_cred"),
        ("[a]\ntype=auth\nauth_type=google_oauth", 3, "not supported"),
        ("[a]\ntype=endpoint\nauth=none", 3, "needs .none. of type auth"),
        ("[a]\ntype=transport", 1, "needs a bind"),
        ("[a]\ntype=transport\nbind=nowhere", 3, "an IP address"),
        ("[a]\ntype=identify\nmatch=10.0.0.0/99", 3, "a network"),
    ],
)
def test_errors_name_file_and_line(text: str, line: int, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as raised:
        read(text)
    assert (raised.value.path, raised.value.line) == (Path("pjsip.conf"), line)


def test_an_inherited_error_is_named_where_it_stands() -> None:
    with pytest.raises(ConfigError) as raised:
        read("[t](!)\ntype=endpoint\nnonsense=1\n[a](t)\n")
    assert raised.value.line == 3


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("[a]\ntype=endpoint\nfax_detect=yes", "3: fax_detect has no effect yet"),
        ("[a]\ntype=endpoint\naors=none", "3: endpoint .a. has aors = none"),
        ("[a]\ntype=identify\nendpoint=b\nmatch=1.2.3.4", "1: identify .a. names no endpoint: 'b'"),
        (
            "[a]\ntype=transport\nprotocol=flow\nbind=::",
            "3: the transport .a. is left out: no flow",
        ),
        (
            "[a]\ntype=registration\nserver_uri=sip:x\nclient_uri=sip:y\noutbound_auth=none",
            "5: registration .a. has outbound_auth = none",
        ),
    ],
)
def test_what_has_no_effect_is_a_warning(text: str, warning: str) -> None:
    found = "\n".join(str(each) for each in read(text).warnings)
    assert re.search(warning, found), found


def test_the_same_warning_is_given_once() -> None:
    many = "".join(f"[e{i}]\ntype=endpoint\nrtp_engine=x\n" for i in range(50))
    assert [str(w) for w in read(many).warnings] == [
        "pjsip.conf:3: rtp_engine has no effect yet (endpoint)"
    ]


def test_a_default_that_is_written_out_is_no_warning() -> None:
    assert read("[a]\ntype=endpoint\nice_support=no\ndirect_media=yes").warnings == ()


def test_every_parameter_is_shown_as_the_original_shows_it() -> None:
    recorded = json.loads(RECORDED.read_text())
    config = read(recorded["config"]["pjsip.conf"].replace("{sip}", "5060"))
    output = next(
        a["output"] for a in recorded["cli"] if a["command"] == "pjsip show endpoint alice"
    )
    lines = output.partition("ParameterValue\n")[2].splitlines()[1:]
    expected = [tuple(part.strip() for part in line.split(":", 1)) for line in lines if ":" in line]
    assert config.endpoints["alice"].parameters() == expected


def test_the_algorithms_of_challenges_are_named_by_the_global_object() -> None:
    assert read("").algorithms == ("MD5",)
    text = "[global]\ntype = global\ndefault_auth_algorithms_uas = sha-256,MD5\n"
    assert read(text).algorithms == ("SHA-256", "MD5")
    with pytest.raises(ConfigError, match=r"pjsip\.conf:3: .*SHA-512-256 is no algorithm here"):
        read(text.replace("sha-256", "SHA-512-256"))


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        ("client_uri=sip:y", "needs a server_uri"),
        ("server_uri=sip:x", "needs a client_uri"),
        ("server_uri=sip:x\nclient_uri=sip:y\nline=yes", "need each other"),
        ("server_uri=sip:x\nclient_uri=sip:y\nendpoint=e", "need each other"),
    ],
)
def test_a_registration_that_cannot_work(lines: str, missing: str) -> None:
    with pytest.raises(ConfigError, match=missing):
        read(f"[a]\ntype=registration\n{lines}\n")


@pytest.mark.parametrize(
    ("written", "t1", "b"),
    [
        ("", 0.5, 32.0), ("timer_t1=1000\n", 1.0, 64.0), ("timer_b=10000\n", 0.5, 10.0),
        ("timer_t1=200\ntimer_b=5000\n", 0.2, 5.0),
    ],
)  # fmt: skip
def test_timers(written: str, t1: float, b: float) -> None:
    timers = read(f"[system]\ntype=system\n{written}").timers or SipTimers()
    assert timers == SipTimers(t1, b)


@pytest.mark.parametrize("written", ["timer_t1=0", "timer_t1=99", "timer_b=999", "timer_b=9999999"])
def test_timers_that_would_flood_or_never_end(written: str) -> None:
    with pytest.raises(ConfigError, match="is not between") as raised:
        read(f"[system]\ntype=system\n{written}\n")
    assert raised.value.line == 3
