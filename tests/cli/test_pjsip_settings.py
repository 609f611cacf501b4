"""pjsip show settings, pjsip show identifiers, pjsip list ciphers."""

from __future__ import annotations

import re

import pytest

from switchroom.cli.sip_view import ConfiguredSip
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import read_pjsip
from tests.cli.fakes import CliNode
from tests.cli.test_commands import run


def test_settings(cli: CliNode) -> None:
    text = run(cli, "pjsip show settings")
    assert text.startswith("\nGlobal Settings:\n\n ParameterName ")
    rows = dict(re.findall(r"(?m)^ (\w+) +: ?(.*)$", text))
    assert "user_agent" in rows
    assert (rows["default_realm"], rows["compact_headers"]) == ("asterisk", "false")
    written = read_pjsip(parse_config(
        "[global]\ntype=global\ndefault_realm=here\nendpoint_identifier_order=username,ip\n"
        "[system]\ntype=system\ncompact_headers=yes\n"
    ))  # fmt: skip
    sip = ConfiguredSip(lambda: written, lambda _: [], cli.context.pbx, lambda: 0.0)
    general, system = (dict(each) for each in sip.settings())
    assert (general["default_realm"], system["compact_headers"]) == ("here", "true")
    assert sip.identifiers() == ("username", "ip")


def test_identifiers_and_ciphers(cli: CliNode) -> None:
    assert run(cli, "pjsip show identifiers") == "Identifier Names:\nip\nusername\nanonymous\n"
    ciphers = run(cli, "pjsip list ciphers")
    assert re.fullmatch(r"Available ciphers: '[\w-]+'(, '[\w-]+')+\n\n", ciphers)


@pytest.mark.parametrize(
    "name", ["pjsip show settings", "pjsip show identifiers", "pjsip list ciphers"]
)
def test_nothing_else_may_be_said(cli: CliNode, name: str) -> None:
    assert run(cli, f"{name} x").startswith(f"Usage: {name}\n")
