"""Every option that ``pjsip.conf`` has is either honoured, or named once when it is written."""

import ast
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

import switchroom
from switchroom.config.language.options import Kind, Option
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip import options as tables
from switchroom.config.pjsip import state_options as states
from switchroom.config.pjsip.endpoint_options import ENDPOINT
from switchroom.config.pjsip.objects import read_pjsip

#: Types, their options, and the default that the original documents (version 22).
KNOWN: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parent / "pjsip_options.json").read_text()
)
TABLES: Mapping[str, Mapping[str, Option]] = {
    "acl": tables.ACL,
    "aor": tables.AOR,
    "asterisk-publication": states.ASTERISK_PUBLICATION,
    "auth": tables.AUTH,
    "domain_alias": states.DOMAIN_ALIAS,
    "endpoint": ENDPOINT,
    "global": tables.GLOBAL,
    "identify": tables.IDENTIFY,
    "inbound-publication": states.INBOUND_PUBLICATION,
    "outbound-publish": states.OUTBOUND_PUBLISH,
    "registration": tables.REGISTRATION,
    "resource_list": states.RESOURCE_LIST,
    "system": tables.SYSTEM,
    "transport": tables.TRANSPORT,
}
#: Written otherwise than documented, or our own: what is meant is the same.
OTHER_DEFAULTS = {
    "codec_prefs_incoming_answer", "codec_prefs_incoming_offer", "codec_prefs_outgoing_answer",
    "codec_prefs_outgoing_offer", "dtls_auto_generate_cert", "dtls_fingerprint", "dtls_setup",
    "dtls_verify", "stir_shaken", "user_agent",
}  # fmt: skip
#: What a section needs besides.
NEEDED = {
    "auth": "username=a\npassword=b\n",
    "registration": "server_uri=sip:x\nclient_uri=sip:y\n",
    "transport": "bind=127.0.0.1\n",
}
CASES = [(kind, name) for kind, names in KNOWN.items() for name in names if name != "type"]
SOURCES = Path(switchroom.__file__).parent


def another(option: Option) -> str:
    """A value that is not what happens anyway."""
    unlike = {option.acts or option.default.lower()}
    if option.kind in {Kind.FLAG, Kind.YES_NO}:
        return next(each for each in ("yes", "no") if each not in unlike)
    if option.kind is Kind.CHOICE:
        return next(each for each in option.choices if each not in unlike)
    if option.kind in {Kind.NUMBER, Kind.INTEGER, Kind.DECIMAL}:
        return "7"
    return "something"


def strings_of_sources() -> frozenset[str]:
    """All texts in the code that reads configuration, but for the names in the tables."""
    found: set[str] = set()
    for folder in ("config", "channels", "cli", "node"):
        for path in (SOURCES / folder).rglob("*.py"):
            nodes = list(ast.walk(ast.parse(path.read_text())))
            names = {
                id(key)
                for node in nodes
                if isinstance(node, ast.Dict)
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(value, ast.Call) and getattr(value.func, "id", "") == "Option"
            }
            found |= {
                node.value
                for node in nodes
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in names
            }
    return frozenset(found)


USED = strings_of_sources()


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_it_is_known(kind: str, name: str) -> None:
    option = TABLES[kind].get(name)
    assert option is not None
    default = KNOWN[kind][name]
    assert name in OTHER_DEFAULTS or option.default.replace(" ", "") == default.replace(" ", "")


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_it_is_honoured_or_named_once(kind: str, name: str) -> None:
    option = TABLES[kind][name]
    if option.honoured:
        # ``codecs()`` reads these two without naming them.
        assert name in USED or name in {"allow", "disallow"}
        return
    value = another(option)
    section = f"type={kind}\n{NEEDED.get(kind, '')}{name}={value}\n"
    config = read_pjsip(parse_config(f"[one]\n{section}[two]\n{section}"))
    named = [each.message for each in config.warnings if each.message.startswith(f"{name} ")]
    assert len(named) == 1
    in_effect = option.acts or option.default
    if in_effect:
        same = section.replace(f"{name}={value}", f"{name}={in_effect}")
        assert not [
            each
            for each in read_pjsip(parse_config(f"[one]\n{same}")).warnings
            if each.message.startswith(f"{name} ")
        ]


def test_nothing_else_is_taken() -> None:
    for kind, table in TABLES.items():
        assert set(table) == set(KNOWN[kind])
