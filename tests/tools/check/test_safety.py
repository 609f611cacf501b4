"""Strangers and secrets."""

from pathlib import Path

import pytest

from tests.tools.check.support import checked, underlined

OUTBOUND = """\
[public]
include => outbound
exten => 100,1,Answer()
[outbound]
exten => _0NXXXXXX,1,Dial({resource})
exten => 112,1,Dial(PJSIP/112@trunk)
; pjsip.conf
[trunk]
type = endpoint
context = from-trunk
aors = trunk
outbound_auth = trunk
[trunk]
type = aor
contact = sip:provider.example
[trunk]
type = auth
username = us
password = L3s7jd92Kq
"""
ANONYMOUS = "[anonymous]\ntype = endpoint\ncontext = public\n"


@pytest.mark.parametrize(
    ("resource", "more", "is_found"),
    [
        ("PJSIP/${EXTEN:1}@trunk", ANONYMOUS, True),
        ("PJSIP/${EXTEN:1}@trunk", "", False),
        ("PJSIP/${EXTEN:1}@trunk", ANONYMOUS.replace("public", "other"), False),
        ("PJSIP/${EXTEN:1}", ANONYMOUS, False),
        ("PJSIP/5551234@trunk", ANONYMOUS, False),
        ("DAHDI/g1/${EXTEN:1}", ANONYMOUS, True),
        ("SIP/${EXTEN:1}@gw.example.com", ANONYMOUS, True),
        ("${TRUNK}/${EXTEN:1}", "; extensions.conf\n", False),
        ("PJSIP/${EXTEN:1}@trunk", "; sip.conf\n[general]\ncontext = public\n", True),
        ("PJSIP/${EXTEN:1}@trunk", "; sip.conf\n[general]\ncontext = public\nallowguest = no\n", False),
    ],
)  # fmt: skip
def test_strangers_that_dial_out(
    resource: str, more: str, tmp_path: Path, *, is_found: bool
) -> None:
    text = OUTBOUND.format(resource=resource) + more
    report = checked(tmp_path, text, "SW701")
    assert [underlined(f) for f in report.findings] == ([resource] if is_found else [])


def test_the_way_is_named(tmp_path: Path) -> None:
    text = OUTBOUND.format(resource="PJSIP/${EXTEN:1}@trunk") + ANONYMOUS
    (finding,) = checked(tmp_path, text, "SW701").findings
    assert finding.message == (
        "the endpoint anonymous of pjsip.conf gets into [public] and on to [outbound]"
        " and can dial any number by trunk"
    )


def test_names_are_believed_where_no_file_says_who_comes_in(tmp_path: Path) -> None:
    text = OUTBOUND.format(resource="PJSIP/${EXTEN:1}@trunk").partition("; pjsip.conf")[0]
    assert checked(tmp_path, text, "SW701").findings == ()
    (finding,) = checked(tmp_path, text.replace("[public]", "[default]"), "SW701").findings
    assert finding.severity.word == "warning"
    assert finding.message == "whoever gets into [default] can dial any number by trunk"


def test_guests(tmp_path: Path) -> None:
    text = "[a]\nexten => _X.,1,Answer()\n; sip.conf\n[general]\ncontext = a\n"
    found = checked(tmp_path, text, "SW702,SW704").findings
    assert [(f.code, underlined(f)) for f in found] == [("SW704", "_X."), ("SW702", "[general]")]
    closed = text + "allowguest = no\n"
    assert checked(tmp_path, closed, "SW702,SW704").findings == ()


@pytest.mark.parametrize(
    ("more", "is_found"),
    [
        ("", True),
        ("[office]\ntype = identify\nendpoint = 100\nmatch = 10.0.0.5\n", False),
        (
            "[100](+)\nauth = 100\n[100]\ntype = auth\nusername = 100\npassword = L3s7jd92Kq\n",
            False,
        ),
        ("[100](+)\naors = gw\n[gw]\ntype = aor\ncontact = sip:10.0.0.5\n", False),
    ],
)
def test_endpoints_without_a_password(more: str, tmp_path: Path, *, is_found: bool) -> None:
    text = f"[a]\nexten => 1,1,Answer()\n; pjsip.conf\n[100]\ntype = endpoint\ncontext = a\n{more}"
    assert bool(checked(tmp_path, text, "SW703").findings) is is_found


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("alice", "the password is the name"),
        ("ALICE", "the password is the name"),
        ("100", "the password is the name"),
        ("changeme", "the password is one of those that are tried first"),
        ("12345", "the password is 5 digits: all of them are soon tried"),
        ("x7$kq", "the password has 5 letters, too few"),
        ("L3s7jd92Kq", None),
        ("739104557316", None),
    ],
)
def test_passwords(password: str, expected: str | None, tmp_path: Path) -> None:
    pjsip = f"; pjsip.conf\n[alice]\ntype = auth\nusername = 100\npassword = {password}\n"
    sip = f"; sip.conf\n[alice]\ntype = friend\ndefaultuser = 100\nsecret = {password}\n"
    for file, option in ((pjsip, "password"), (sip, "secret")):
        (tmp_path / option).mkdir()
        text = f"[a]\nexten => 1,1,Answer()\n{file}"
        found = checked(tmp_path / option, text, "SW711").findings
        assert [f.message for f in found] == ([f"[alice]: {expected}"] if expected else [])
        # What is wrong is named, never shown: reports end up in logs of CI systems.
        assert [underlined(f) for f in found] == ([option] if expected else [])


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ("Authenticate(1234)", "SW713"),
        ("Authenticate(/pins,d)", None),
        ("Authenticate(${pin})", None),
        ("MeetMe(100,,4711)", "SW713"),
        ("Set(CONFBRIDGE(user,pin)=4711)", "SW713"),
        ("Set(CONFBRIDGE(user,pin)=${pin})", None),
        ("DISA(4711,outbound)", "SW713"),
        ("DISA(no-password,outbound)", "SW714"),
        ("DISA(/etc/disa,outbound)", None),
    ],
)
def test_pins(step: str, code: str | None, tmp_path: Path) -> None:
    found = checked(tmp_path, f"[a]\nexten => 1,1,{step}\n", "SW713,SW714").findings
    assert [f.code for f in found] == ([code] if code else [])


def test_mailboxes_and_live_dangerously(tmp_path: Path) -> None:
    text = """\
[a]
exten => 1,1,Answer()
; voicemail.conf
[default]
100 => 100,Alice
101 => 739104,Bob
102 => -102,Carol
; asterisk.conf
[options]
live_dangerously = yes
"""
    found = checked(tmp_path, text, "SW712,SW715").findings
    assert [(f.code, f.place.line) for f in found] == [("SW715", 2), ("SW712", 2), ("SW712", 4)]
