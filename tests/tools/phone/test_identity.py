from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.sip.digest import Account
from switchroom.tools.phone.identity import (
    Identity,
    IdentityError,
    identity_of_config,
    identity_of_uri,
    parse_address,
)

PJSIP = """\
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}
[tcp]
type = transport
protocol = tcp
bind = 0.0.0.0:5070
[100]
type = endpoint
auth = 100
aors = 100
[100]
type = auth
username = hundred
password = secret
[100]
type = aor
max_contacts = 1
[desk]
type = endpoint
auth = hashed
aors = desk-aor
transport = tcp
[hashed]
type = auth
auth_type = md5
username = desk
md5_cred = 0123456789abcdef0123456789abcdef
[desk-aor]
type = aor
[open]
type = endpoint
"""


def folder(tmp_path: Path, text: str = PJSIP) -> Path:
    (tmp_path / "pjsip.conf").write_text(text.replace("{port}", "5066"))
    return tmp_path


def shown(identity: Identity) -> tuple[str, str, str, Account | None]:
    aor = str(identity.aor) if identity.aor is not None else ""
    return str(identity.address), str(identity.server), aor, identity.account


def test_an_address_of_record() -> None:
    identity = identity_of_uri("sip:alice@192.0.2.1:5070", name="Alice", password="p")
    assert shown(identity) == (
        '"Alice" <sip:alice@192.0.2.1>', "sip:192.0.2.1:5070", "", Account("alice", "p"),
    )  # fmt: skip
    identity = identity_of_uri("alice@pbx.example;transport=tcp", username="a")
    assert shown(identity) == ("<sip:alice@pbx.example>", "sip:pbx.example;transport=tcp", "", None)
    assert (
        str(identity_of_uri("alice@192.0.2.1", transport="tcp").server)
        == "sip:192.0.2.1;transport=tcp"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sip:192.0.2.1", "names nobody; write sip:USER@192.0.2.1"),
        ("sip:alice@", "is no SIP address"),
        ("sip:alice@192.0.2.1;transport=ws", "only sip: over UDP, TCP and TLS"),
    ],
)
def test_what_nobody_can_be(text: str, message: str) -> None:
    with pytest.raises(IdentityError, match=message):
        identity_of_uri(text)


def test_sips_is_sip_over_tls() -> None:
    identity = identity_of_uri("sips:alice@pbx.example")
    assert str(identity.server) == "sip:pbx.example;transport=tls"
    assert identity_of_uri("alice@pbx.example", transport="tls").server == identity.server


def test_tcp_is_for_addresses_that_do_not_say() -> None:
    assert parse_address("sip:a@192.0.2.1;transport=udp", transport="tcp").transport == "udp"


def test_an_endpoint_of_a_server(tmp_path: Path) -> None:
    config = folder(tmp_path)
    assert shown(identity_of_config(config, "100")) == (
        "<sip:100@127.0.0.1>", "sip:127.0.0.1:5066", "<sip:100@127.0.0.1>",
        Account("hundred", "secret"),
    )  # fmt: skip
    assert (
        str(identity_of_config(config, "100", transport="tcp").server)
        == "sip:127.0.0.1:5070;transport=tcp"
    )
    assert identity_of_config(config, "100", password="x").account == Account("hundred", "x")
    assert shown(identity_of_config(config, "open"))[2:] == ("", None)


def test_an_endpoint_with_a_transport_and_an_aor_of_another_name(tmp_path: Path) -> None:
    identity = identity_of_config(folder(tmp_path), "desk", password="x")
    assert shown(identity)[:3] == (
        "<sip:desk@127.0.0.1>", "sip:127.0.0.1:5070;transport=tcp", "<sip:desk-aor@127.0.0.1>",
    )  # fmt: skip


def test_an_endpoint_that_cannot_be_used(tmp_path: Path) -> None:
    config = folder(tmp_path)
    with pytest.raises(IdentityError, match="no endpoint '101'; it has 100, desk, open"):
        identity_of_config(config, "101")
    with pytest.raises(IdentityError, match="holds no password"):
        identity_of_config(config, "desk")
    with pytest.raises(ConfigError):
        identity_of_config(tmp_path / "elsewhere", "100")
    bare = folder(tmp_path, "[open]\ntype = endpoint\n")
    with pytest.raises(IdentityError, match="has no transport"):
        identity_of_config(bare, "open")


def test_an_ipv6_server(tmp_path: Path) -> None:
    text = "[t]\ntype = transport\nprotocol = udp\nbind = [::]:5060\n[a]\ntype = endpoint\n"
    assert str(identity_of_config(folder(tmp_path, text), "a").server) == "sip:[::1]:5060"
