"""MiniVM: accounts that are an address, and the pieces of voicemail one by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.config.minivm import read_minivm
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.mailboxes import MailboxChanged
from switchroom.voicemail.minivm import Minivm
from tests.apps.mailbox_house import House
from tests.apps.test_voicemail import mails

CONF = """\
[general]
format = wav
{general}
[zonemessages]
sweden = Europe/Stockholm|'vm-received' Q
[template-swedish]
subject = Nytt fr\u00e5n ${{MVM_CIDNUM}}
messagebody = Hej ${{MVM_NAME}}\\n${{MVM_DUR}} ${{SERVICE}} ${{MVM_COUNTER}} ${{MVM_DATE}}
fromaddress = V\u00e4xeln
fromemail = pbx@example.se
dateformat = %H:%M
[template-short]
attachmedia = no
[ann@example.com]
fullname = Ann Berg
etemplate = swedish
accountcode = 77
pincode = 42
timezone = sweden
language = sv
pager = beep@example.com
setvar = SERVICE=Posten
"""
PLAN = """[default]
exten => s,1,NoOp()
 same => n,{{line}}
 same => n,Set(end=s)
exten => a,1,Set(end=a)
exten => o,1,Set(end=o)
exten => h,1,NoOp()
{more}
"""


def house(root: Path, *, general: str = "", more: str = "") -> House:
    config = read_minivm(parse_config(CONF.format(general=general)))
    assert not config.warnings

    def prepare(pbx: Pbx) -> None:
        pbx.datastore(Minivm).config = config

    return House(root, plan=PLAN.format(more=more), prepare=prepare)


RECORD = "MinivmRecord(ann@example.com{options})\n same => n,Set(r=${{MVM_RECORD_STATUS}})"


def test_a_message_is_recorded_sent_and_removed(tmp_path: Path) -> None:
    lines = (
        RECORD.format(options="")
        + "\n same => n,Set(MVM_COUNTER=3)\n same => n,MinivmNotify(ann@example.com)"
        "\n same => n,MinivmDelete()"
    )
    called = house(tmp_path)
    ran = called.call(lines, "wwwww#", hangs_up=False, caller=("Bob", "555"))
    assert (ran["r"], ran["MVM_NOTIFY_STATUS"], ran["MVM_DELETE_STATUS"]) == ("SUCCESS",) * 3
    assert (ran["MVM_DURATION"], ran["MVM_FORMAT"], ran["MVM_USERNAME"]) == ("5", "wav", "ann")
    assert Path(ran["MVM_FILENAME"]).parent == tmp_path / "spool/voicemail/example.com/ann"
    assert not list(tmp_path.rglob("msg-*"))
    to_ann, to_pager = sorted(mails(called), key=lambda mail: str(mail["To"]))
    assert (to_ann["To"], to_pager["To"]) == (
        "Ann Berg <ann@example.com>", "Ann Berg <beep@example.com>",
    )  # fmt: skip
    assert to_ann["From"] == "V\u00e4xeln <pbx@example.se>"
    assert to_ann["Subject"] == "Nytt fr\u00e5n 555"
    body = to_ann.get_body()
    assert body is not None
    assert body.get_content().splitlines() == ["Hej Ann Berg", "0:05 Posten 3 23:13"]
    (sound,) = to_ann.iter_attachments()
    assert sound.get_content_type() == "audio/x-wav"
    assert not list(to_pager.iter_attachments())


def test_an_address_without_an_account(tmp_path: Path) -> None:
    lines = "MinivmRecord(zoe@example.org)\n same => n,MinivmNotify(zoe@example.org,short)"
    called = house(tmp_path)
    assert called.call(lines, "wwww#", hangs_up=False)["MVM_NOTIFY_STATUS"] == "SUCCESS"
    (mail,) = mails(called)
    assert mail["To"] == "zoe@example.org"
    assert not list(mail.iter_attachments())


def test_what_counts_for_all(tmp_path: Path) -> None:
    general = "attachmedia = no\nsubject = For all\nserveremail = box@example.com\nlanguage = fr"
    called = house(tmp_path, general=general)
    lines = "MinivmRecord(zoe@example.org)\n same => n,MinivmNotify(zoe@example.org)"
    called.call(lines, "wwww#", hangs_up=False)
    (mail,) = mails(called)
    assert mail["Subject"] == "For all"
    assert mail["From"].addresses[0].addr_spec == "box@example.com"
    assert not list(mail.iter_attachments())
    config = read_minivm(parse_config(CONF.format(general=general)))
    ann = config.accounts["ann@example.com"]
    assert (ann.server_email, ann.language) == ("box@example.com", "sv")
    assert config.templates["swedish"].subject.startswith("Nytt")
    assert not config.templates["swedish"].attaches


def test_a_hangup_keeps_what_was_said(tmp_path: Path) -> None:
    ran = house(tmp_path).call(RECORD.format(options=""), "wwww")
    assert (ran["MVM_RECORD_STATUS"], ran["MVM_DURATION"]) == ("SUCCESS", "4")
    assert Path(f"{ran['MVM_FILENAME']}.wav").exists()


@pytest.mark.parametrize(
    ("options", "keys", "status", "end"),
    [
        (",*", "www*", "USEREXIT", "a"),
        (",0", "www01ww", "USEREXIT", "o"),
        ("", "www*0#", "SUCCESS", "s"),
    ],
)
def test_ways_out_of_a_recording(
    tmp_path: Path, options: str, keys: str, status: str, end: str
) -> None:
    ran = house(tmp_path).call(RECORD.format(options=options), keys, hangs_up=False)
    assert (ran["MVM_RECORD_STATUS"], ran["end"]) == (status, end)


def test_how_long_a_message_is(tmp_path: Path) -> None:
    called = house(tmp_path, general="minmessage = 4\nmaxmessage = 6")
    assert called.call(RECORD.format(options=""), "www#" * 10, hangs_up=False)["r"] == "FAILED"
    ran = called.call(RECORD.format(options=""), "w" * 9, hangs_up=False)
    assert (ran["r"], ran["MVM_DURATION"]) == ("SUCCESS", "6")


def test_greetings(tmp_path: Path) -> None:
    called = house(tmp_path)
    greet = "MinivmGreet(ann@example.com,{})"
    called.call(greet.format("u"), "wwww", hangs_up=False)
    assert called.played == ["vm-theperson", "vm-isunavail", "vm-intro"]
    folder = tmp_path / "spool/voicemail/example.com/ann"
    for letter, kind, heard in (
        ("n", "greet", [f"{folder}/greet", "vm-isonphone"]),
        ("b", "busy", [f"{folder}/busy"]),
        ("t", "temp", [f"{folder}/temp"]),
    ):
        ran = called.call(f"MinivmAccMess(ann@example.com,{letter})", "wwww#1ww", hangs_up=False)
        assert ran["MVM_ACCMESS_STATUS"] == "SUCCESS", kind
        ran = called.call(greet.format("bs"), "wwww", hangs_up=False)
        assert called.played == heard
        assert ran["MVM_GREET_STATUS"] == "SUCCESS"
    ran = called.call(greet.format("u"), "*", hangs_up=False)
    assert (ran["MVM_GREET_STATUS"], ran["end"]) == ("USEREXIT", "a")


def test_lamps(tmp_path: Path) -> None:
    called = house(tmp_path)
    called.call("MinivmMWI(ann@example.com,1,2,3)", "", hangs_up=False)
    assert called.told == [MailboxChanged("ann@example.com", 3, 3)]


def test_functions(tmp_path: Path) -> None:
    items = "hasaccount fullname email etemplate ptemplate accountcode pincode timezone language SERVICE"
    told = "|".join(f"${{MINIVMACCOUNT(ann@example.com:{item})}}" for item in items.split())
    lines = f"Set(x={told})"
    lines += "\n same => n,Set(y=${MINIVMACCOUNT(no@example.com:hasaccount)})"
    lines += "\n same => n,Set(p=${MINIVMACCOUNT(ann@example.com:path)})"
    for operand, value in (("i", 5), ("d", 2), ("s", 9), ("i", 1)):
        lines += f"\n same => n,Set(MINIVMCOUNTER(ann@example.com:c:{operand})={value})"
        lines += "\n same => n,Set(c=${c} ${MINIVMCOUNTER(ann@example.com:c)})"
    lines += "\n same => n,Set(d=${MINIVMCOUNTER(example.com:c)})"
    ran = house(tmp_path).call(lines.replace("{", "{{").replace("}", "}}").format(), "")
    assert ran["x"] == "1|Ann Berg|ann@example.com|swedish||77|42|sweden|sv|Posten"
    assert (ran["y"], ran["c"], ran["d"]) == ("0", " 5 3 9 10", "0")
    assert ran["p"] == str(tmp_path / "spool/voicemail/example.com/ann")


@pytest.mark.parametrize(
    "address", ["ann", "@example.com", "../x@example.com", "ann@../..", "a@.."]
)
def test_what_is_no_address(tmp_path: Path, address: str) -> None:
    lines = f"MinivmRecord({address})\n same => n,MinivmNotify({address})"
    lines += f"\n same => n,MinivmGreet({address})\n same => n,MinivmAccMess({address},n)"
    ran = house(tmp_path).call(lines, "", hangs_up=False)
    names = ("RECORD", "NOTIFY", "GREET", "ACCMESS")
    assert {ran[f"MVM_{name}_STATUS"] for name in names} == {"FAILED"}


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "{root}/secret", "{root}/spool/voicemail/../../secret", ""]
)
def test_nothing_else_is_removed_or_sent(tmp_path: Path, name: str) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_text("secret")
    path = name.format(root=tmp_path)
    lines = (
        f"MinivmDelete({path})\n same => n,Set(MVM_FILENAME={path})\n same => n,Set(MVM_FORMAT=wav)"
    )
    lines += "\n same => n,MinivmNotify(ann@example.com)"
    called = house(tmp_path)
    ran = called.call(lines, "", hangs_up=False)
    assert (ran["MVM_DELETE_STATUS"], ran["MVM_NOTIFY_STATUS"]) == ("FAILED", "FAILED")
    assert secret.exists()
    assert mails(called) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[ann]\nfullname=x\n", "expected user@domain"),
        ("[a@b]\nfullnam=x\n", "did you mean fullname"),
        ("[template-x]\nsubjekt=x\n", "did you mean subject"),
        ("[general]\nmaxmessage=x\n", "maxmessage"),
    ],
)
def test_files_that_are_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_minivm(parse_config(text))
