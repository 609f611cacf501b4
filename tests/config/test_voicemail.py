"""voicemail.conf: what stands in it, and what is made of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.config.voicemail.mailboxes import BoxOptions, VoicemailConfig, read_voicemail
from switchroom.config.voicemail.options import BOX_OPTIONS, GENERAL_OPTIONS, SAME_AS

OPTIONS = json.loads((Path(__file__).parent / "voicemail_options.json").read_text())


def read(text: str) -> VoicemailConfig:
    return read_voicemail(parse_config(text, path=Path("voicemail.conf")))


def warned(config: VoicemailConfig) -> list[str]:
    return [f"{each.line}: {each.message}" for each in config.warnings]


def test_mailboxes_with_what_stands_behind_them() -> None:
    config = read(
        "[general]\nreview=yes\ntz=central\n[zonemessages]\n"
        "central=America/Chicago|'vm-received' Q 'digits/at' IMp\n"
        "[default]\n100 => 1234,Alice Example,alice@example.com,pager@example.com,"
        "saycid=yes|review=no|maxmessage=90|attachfmt=wav49|volgain=-3.5|backupdeleted=yes\n"
        "200 => 4321\n[sales]\n100 => -77,Other\n"
    )
    alice = config.find("100@default")
    assert alice is not None
    assert (alice.password, alice.full_name, alice.email, alice.pager) == (
        "1234", "Alice Example", "alice@example.com", "pager@example.com",
    )  # fmt: skip
    options = alice.options
    assert (options.say_caller, options.review, options.longest) == (True, False, 90)
    assert (options.attach_format, options.gain_db, options.deleted_kept) == ("wav49", -3.5, 100)
    assert options.zone == "central"
    bob = config.find("200")
    assert bob is not None
    assert (bob.name, bob.full_name, bob.options.review) == ("200@default", "", True)
    other = config.find("100@sales")
    assert other is not None
    assert not other.may_change_password
    assert config.find("200@sales") is None
    assert config.zones["central"].timezone == "America/Chicago"
    assert warned(config) == []


def test_each_option_of_a_mailbox_is_kept_where_the_defaults_are() -> None:
    """What is written behind a mailbox is the same as when it stands in [general]."""
    values = {"FLAG": "yes", "NUMBER": "7", "TEXT": "5"}
    for name, option in BOX_OPTIONS.items():
        if not option.honoured:
            continue
        value = "no" if option.default == "yes" else values[option.kind.name]
        value = "spooldir" if name == "passwordlocation" else value
        everywhere = read(f"[general]\n{name}={value}\n[default]\n1 => 1\n").find("1")
        own = read(f"[default]\n1 => 1,,,,{name}={value}\n").find("1")
        assert everywhere is not None
        assert own is not None
        assert everywhere.options == own.options != BoxOptions(), name


def test_every_option_of_the_original_is_known() -> None:
    known = GENERAL_OPTIONS.keys() | SAME_AS.keys()
    assert set(OPTIONS["general"]) - known == set()
    assert set(OPTIONS["mailbox"]) - (BOX_OPTIONS.keys() | SAME_AS.keys()) == {
        "options",  # a column of databases
    }


def test_what_has_no_effect_is_named_once() -> None:
    config = read(
        "[general]\nimapserver=mail\nsilencethreshold=128\nwrong=1\n"
        "[default]\n1 => 1,,,,imapuser=a\n2 => 2,,,,imapuser=a|nonsense=1\n"
    )
    assert warned(config) == [
        "4: unknown option 'wrong' of voicemail.conf",
        "2: imapserver has no effect yet (voicemail.conf)",
        "3: silencethreshold has no effect yet (voicemail.conf)",
        "6: imapuser has no effect yet (mailbox)",
        "7: unknown option 'nonsense=1' of a mailbox",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[general]\nmaxmsg=many\n", "maxmsg: expected a whole number, not 'many'"),
        ("[general]\nattach=perhaps\n", "attach: expected yes or no, not 'perhaps'"),
        ("[zonemessages]\nx=Nowhere/Town|A\n", "there is no time zone 'Nowhere/Town'"),
        ("[zonemessages]\nx=Europe/Berlin\n", "expected timezone|format"),
        ("[default]\n../1 => 1\n", "its folder cannot be called so"),
        ("[..]\n1 => 1\n", "its folder cannot be called so"),
    ],
)
def test_what_cannot_be_used(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read(text)
    assert message in str(raised.value)


def test_aliases_and_searching_contexts() -> None:
    text = "[general]\naliasescontext=also\n{}[also]\n9=100@sales\n[sales]\n100 => 1\n"
    config = read(text.format(""))
    for name in ("9", "9@also"):
        found = config.find(name)
        assert found is not None
        assert found.name == "100@sales"
    assert config.find("100") is None
    assert config.find("9@sales") is None
    found = read(text.format("searchcontexts=yes\n")).find("100")
    assert found is not None
    assert found.name == "100@sales"
