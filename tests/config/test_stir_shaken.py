"""``stir_shaken.conf``: layers of options, and from where certificates may be fetched."""

from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.acl import read_acl
from switchroom.config.language.reader import parse_config
from switchroom.config.stir_shaken import (
    Attestation,
    FailureAction,
    StirShakenConfig,
    read_stir_shaken,
)

WHOLE = """\
[attestation]
private_key_file = /k/all.pem
public_cert_url = https://cr.example.com/all.pem
attest_level = b
unknown_tn_attest_level = C
[verification]
ca_path = /ca
failure_action = reject_request
max_iat_age = 30
[strict]
type = profile
endpoint_behavior = on
private_key_file = /k/strict.pem
max_iat_age = 5
send_mky = yes
[plain]
type = profile
[+1 (215) 555-1212]
type = tn
private_key_file = /k/one.pem
attest_level = A
[12155551313]
type = tn
"""


def read(text: str) -> StirShakenConfig:
    return read_stir_shaken(parse_config(text, path=Path("stir_shaken.conf")), cache_folder="/c")


def test_a_number_goes_before_its_profile_and_that_before_all() -> None:
    config = read(WHOLE)
    strict, plain = config.profiles["strict"], config.profiles["plain"]
    url = "https://cr.example.com/all.pem"
    assert config.attestation_of("12155551212", strict) == Attestation(
        "/k/one.pem", url, "A", sends_media_keys=True
    )
    assert config.attestation_of("12155551313", strict) == Attestation(
        "/k/strict.pem", url, "B", sends_media_keys=True
    )
    assert config.attestation_of("12155551313", plain) == Attestation("/k/all.pem", url, "B")
    assert config.attestation_of("999", None) == Attestation("/k/all.pem", url, "C")
    assert (strict.verification.token_age, plain.verification.token_age) == (5.0, 30.0)
    assert strict.verification.authorities == ("/ca",)
    assert strict.verification.action is FailureAction.REJECT
    assert (strict.behaviour, plain.behaviour) == ("on", "")
    assert strict.verification.cache_folder == "/c"
    assert config.warnings == ()


def test_without_a_level_an_unknown_number_is_not_signed() -> None:
    config = read(
        "[attestation]\nprivate_key_file=/k\npublic_cert_url=https://x/\nattest_level=A\n"
    )
    assert not config.attestation_of("1", None).is_complete
    config = read("[1]\ntype=tn\nprivate_key_file=/k\npublic_cert_url=https://x/\nattest_level=A\n")
    assert config.attestation_of("1", None).is_complete


def test_both_can_be_switched_off() -> None:
    config = read("[attestation]\nglobal_disable=yes\n[verification]\nglobal_disable=yes\n")
    assert (config.attests, config.verifies) == (False, False)
    config = read("[a]\ntype=attestation\n[v]\ntype=verification\n")
    assert (config.attests, config.verifies) == (True, True)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[x]\nattest_level=A\n", "needs a type"),
        ("[x]\ntype=nothing\n", "needs a type"),
        ("[verification]\nca_fle=x\n", "did you mean ca_file"),
        ("[attestation]\nattest_level=D\n", "attest_level"),
        ("[verification]\nfailure_action=hang_up\n", "failure_action"),
        ("[alice]\ntype=tn\n", "no telephone number"),
        ("[verification]\nx5u_permit=nowhere\n", "permit"),
        ("[verification]\nx5u_acl=missing\n", "no \\[missing\\] in acl.conf"),
        ("[verification]\ncurl_timeout=soon\n", "curl_timeout"),
    ],
)
def test_what_cannot_be_used(text: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        read(text)


def test_what_has_no_effect_is_said() -> None:
    config = read("[old]\ntype=certificate\npath=/x\n")
    assert [each.message for each in config.warnings] == [
        "type=certificate is of former versions and has no effect: tn",
    ]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1",
        "fe80::1%eth0", "nothing",
    ],
)  # fmt: skip
def test_certificates_are_not_looked_for_at_home(address: str) -> None:
    assert not read("").verification.rules.allows(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_they_are_in_public(address: str) -> None:
    assert read("").verification.rules.allows(address)


def test_rules_add_to_that() -> None:
    named = read_acl(parse_config("[cr]\npermit=10.9.0.0/16\n"))
    text = "[verification]\nx5u_permit=10.1.0.0/16\n[p]\ntype=profile\nx5u_deny=0.0.0.0/0\nx5u_acl=cr\n"
    config = read_stir_shaken(parse_config(text), named)
    rules = config.verification.rules
    assert [rules.allows(each) for each in ("10.1.2.3", "10.2.2.3", "8.8.8.8")] == [
        True,
        False,
        True,
    ]
    rules = config.profiles["p"].verification.rules
    assert [rules.allows(each) for each in ("10.9.2.3", "10.1.2.3", "8.8.8.8")] == [
        True,
        False,
        False,
    ]
