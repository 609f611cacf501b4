"""``stir_shaken …`` on the console."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from switchroom.channels.sip.endpoints.settings import merge
from switchroom.channels.sip.service import SipService
from switchroom.channels.sip.stir_shaken.stir_shaken import StirShaken
from switchroom.channels.sip.technology import SipTechnology
from switchroom.cli.registry import collect_commands
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import read_pjsip
from switchroom.config.stir_shaken import read_stir_shaken
from tests.cli.fakes import CliNode
from tests.support.caller_certificates import CallerAuthority, pem, provider

PJSIP = """\
[trunk]
type=endpoint
stir_shaken_profile=strict
[phone]
type=endpoint
[old]
type=endpoint
stir_shaken=verify
"""
TEXT = """\
[attestation]
private_key_file=/k.pem
public_cert_url=https://cr.example.com/c.pem
attest_level=A
unknown_tn_attest_level=C
[verification]
ca_file={ca}
x5u_permit=10.0.0.0/8
[strict]
type=profile
endpoint_behavior=on
failure_action=reject_request
[12155551212]
type=tn
attest_level=B
"""


def run(cli: CliNode, folder: Path, *lines: str) -> list[str]:
    async def main() -> list[str]:
        async with cli.context.pbx as pbx:
            text = TEXT.format(ca=folder / "sti-ca.pem")
            pbx.datastore(StirShaken).use(read_stir_shaken(parse_config(text)))
            config = read_pjsip(parse_config(PJSIP))
            service = SipService(pbx, merge(config, None, user_agent="test"))
            pbx.technologies = {"PJSIP": SipTechnology(service)}
            return [await collect_commands().execute(line, cli.context) for line in lines]

    return asyncio.run(main())


def test_lists(cli: CliNode, tmp_path: Path) -> None:
    assert run(
        cli,
        tmp_path,
        "stir_shaken show profiles",
        "stir_shaken show tns",
        "stir_shaken show eprofiles",
    ) == [
        "strict\n",
        "12155551212\n",
        f"{'trunk':<32} on       strict\n{'old':<32} verify\n",
    ]


@pytest.mark.parametrize(
    ("line", "option", "value"),
    [
        ("show attestation", "attest_level", "A"),
        ("show attestation", "unknown_tn_attest_level", "C"),
        ("show attestation", "private_key_file", "/k.pem"),
        ("show verification", "failure_action", "continue"),
        ("show verification", "ignore_sip_date_header", "no"),
        ("show verification", "global_disable", "no"),
        ("show profile strict", "failure_action", "reject_request"),
        ("show profile strict", "endpoint_behavior", "on"),
        ("show eprofile trunk", "failure_action", "reject_request"),
        ("show eprofile old", "failure_action", "continue"),
        ("show tn 12155551212", "attest_level", "B"),
        ("show tn +12155551212", "send_mky", "no"),
    ],
)
def test_what_counts(cli: CliNode, tmp_path: Path, line: str, option: str, value: str) -> None:
    (shown,) = run(cli, tmp_path, f"stir_shaken {line}")
    found = [each.partition(":") for each in shown.splitlines()[1:]]
    assert {name.strip(): text.strip() for name, _, text in found}[option] == value


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("show profile lost", "There is no profile lost"),
        ("show tn 1", "There is no tn 1"),
        ("show eprofile phone", "No calls of endpoint phone are signed or looked at"),
        ("show profile", "Usage: stir_shaken show profile <id>"),
        ("show tns x", "Usage: stir_shaken show tns"),
        ("verify certificate_file", "Usage: stir_shaken verify certificate_file"),
        ("verify certificate_file /x lost", "There is no profile lost"),
    ],
)
def test_what_is_not_there(cli: CliNode, tmp_path: Path, line: str, said: str) -> None:
    (shown,) = run(cli, tmp_path, f"stir_shaken {line}")
    assert shown.startswith(said)


def test_a_certificate_is_judged(cli: CliNode, tmp_path: Path) -> None:
    authority = CallerAuthority(tmp_path)
    key = ec.generate_private_key(ec.SECP256R1())
    file = tmp_path / "c.pem"
    line = f"stir_shaken verify certificate_file {file}"
    file.write_bytes(pem(authority.issue(key, provider("1234"))))
    assert (
        run(cli, tmp_path, line, f"{line} strict") == [f"{file}: trusted, for provider 1234\n"] * 2
    )
    file.write_bytes(pem(CallerAuthority(tmp_path, "other").issue(key, provider("1234"))))
    assert run(cli, tmp_path, line)[0].startswith(f"{file}: not trusted: cert_not_trusted")
    file.unlink()
    assert run(cli, tmp_path, line) == [f"{file}: No such file or directory\n"]
