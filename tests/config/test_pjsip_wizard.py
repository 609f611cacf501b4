"""Wizards become the objects that somebody would have written."""

from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.asterisk_conf import load_asterisk_conf
from switchroom.config.language.options import Warnings
from switchroom.config.language.reader import ConfigFile, parse_config
from switchroom.config.pjsip.objects import PjsipConfig, read_pjsip
from switchroom.config.pjsip.wizard import expand_wizards
from switchroom.node.configuration import load_sip

PHONE = """\
[phones](!)
type = wizard
accepts_registrations = yes
accepts_auth = yes
endpoint/context = phones
endpoint/allow = ulaw
[alice](phones)
inbound_auth/password = wonderland
aor/max_contacts = 3
"""
TRUNK = """\
[carrier]
type = wizard
sends_auth = yes
sends_registrations = yes
sends_line_with_registrations = yes
remote_hosts = sip1.example.com:5070, 192.0.2.2
outbound_auth/username = 4711
outbound_auth/password = secret
endpoint/context = in
registration/expiration = 600
outbound_proxy = sip:edge.example.com
"""


def read(text: str) -> PjsipConfig:
    sections = expand_wizards(parse_config(text), Warnings())
    return read_pjsip(ConfigFile(Path("pjsip.conf"), sections))


def test_a_phone() -> None:
    config = read(PHONE)
    alice = config.endpoints["alice"]
    assert (alice.context, alice.codecs, alice.auths, alice.aors) == (
        "phones", ("ulaw",), ("alice-iauth",), ("alice",),
    )  # fmt: skip
    assert config.auths["alice-iauth"].username == "alice"
    assert config.auths["alice-iauth"].password == "wonderland"
    assert config.aors["alice"].max_contacts == 3
    assert not config.identifies
    assert not config.registrations
    assert not config.warnings


def test_a_trunk() -> None:
    config = read(TRUNK)
    carrier = config.endpoints["carrier"]
    assert carrier.outbound_auths == ("carrier-oauth",)
    assert carrier.outbound_proxies == ("sip:edge.example.com",)
    assert config.aors["carrier"].contacts == ("sip:sip1.example.com:5070", "sip:192.0.2.2")
    identify = config.identifies["carrier-identify"]
    assert (identify.endpoint, identify.host_names) == ("carrier", ("sip1.example.com",))
    assert [str(network) for network in identify.networks] == ["192.0.2.2/32"]
    first, second = config.registrations["carrier-reg-0"], config.registrations["carrier-reg-1"]
    assert first.server_uri == "sip:sip1.example.com:5070"
    assert first.client_uri == "sip:4711@sip1.example.com:5070"
    assert second.client_uri == "sip:4711@192.0.2.2"
    assert (first.auths, first.line, first.endpoint, first.expiration) == (
        ("carrier-oauth",), True, "carrier", 600,
    )  # fmt: skip


def test_what_is_written_counts() -> None:
    config = read(f"{TRUNK}aor/contact = sip:other.example.com\nendpoint/aors = carrier,x\n")
    assert config.aors["carrier"].contacts == ("sip:other.example.com",)
    assert config.endpoints["carrier"].aors == ("carrier", "x")


@pytest.mark.parametrize(
    "text",
    [
        "[a]\ntype=endpoint",
        "[a]\ntype=wizard\nsends_everything=yes",
        "[a]\ntype=wizard\ngateway/x=y",
        "[a]\ntype=wizard\nsends_registrations=yes",
        "[a]\ntype=wizard\nendpoint/colour=red",
    ],
)
def test_what_is_wrong_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        read(text)


def test_what_has_no_effect_is_a_warning() -> None:
    warnings = Warnings()
    expand_wizards(parse_config("[a]\ntype=wizard\nhas_hint=yes\n"), warnings)
    assert [each.message for each in warnings.entries] == ["has_hint has no effect yet (wizard)"]


@pytest.mark.parametrize(("has", "phones"), [("yes", 1), ("no", 0)])
def test_its_phone(has: str, phones: int) -> None:
    text = f"[a]\ntype=wizard\nhas_phoneprov={has}\nphoneprov/MAC=deadbeef4dad\n"
    found = read(text).phones
    assert [(each.name, each.get("endpoint"), each.get("MAC")) for each in found] == [
        ("a", "a", "deadbeef4dad")
    ] * phones


def test_a_node_reads_it_beside_pjsip_conf(tmp_path: Path) -> None:
    (tmp_path / "asterisk.conf").write_text(f"[directories]\nastetcdir => {tmp_path}\n")
    (tmp_path / "pjsip_wizard.conf").write_text(PHONE)
    asterisk = load_asterisk_conf(tmp_path / "asterisk.conf")
    assert "alice" in load_sip(asterisk)[0].settings.endpoints
    (tmp_path / "pjsip.conf").write_text("[bob]\ntype=endpoint\n")
    assert {"alice", "bob"} <= load_sip(asterisk)[0].settings.endpoints.keys()
