"""What cannot be read: all of it is found, and what is left is still checked."""

from pathlib import Path

import pytest

from switchroom.tools.check.project import UnreadableError, load_files, load_folder
from switchroom.tools.check.source import MAX_ERRORS
from tests.tools.check.support import checked, underlined, write


def test_every_wrong_line_of_every_file(tmp_path: Path) -> None:
    text = """\
[phones
exten => 100,1,Answer()
exten => 100,x,Hangup()
 same => n
nonsense
[office]
exten => ,1,Answer()
exten => _[1,1,Answer()
exten => 200,1,Plaback(beep)
; pjsip.conf
[transport]
type = transport
protocol = carrier-pigeon
[100]
type = endpoint
no_such_option = 1
context = phones
auth = nobody
[nothing]
x = 1
; sip.conf
[alice]
host = dynamic
; rtp.conf
[general]
rtpstart = many
; asterisk.conf
[directories]
astdbdir => relative
"""
    found = checked(tmp_path, text, "SW101,SW301").findings
    assert [(f.place.path.name, f.place.line) for f in found] == [
        ("asterisk.conf", 2),
        ("extensions.conf", 1),
        ("extensions.conf", 3),
        ("extensions.conf", 4),
        ("extensions.conf", 5),
        ("extensions.conf", 7),
        ("extensions.conf", 8),
        ("extensions.conf", 9),
        ("pjsip.conf", 1),  # it lacks an address
        ("pjsip.conf", 3),
        ("pjsip.conf", 6),
        ("pjsip.conf", 8),
        ("pjsip.conf", 9),
        ("rtp.conf", 2),
        ("sip.conf", 1),
    ]


@pytest.mark.parametrize(
    ("line", "arrow"),
    [
        ("exten -> 100,1,Answer()", "->"),
        ("exten = > 100,1,Answer()", "= >"),
        ("exten >= 100,1,Answer()", ">="),
        ("exten ==> 100,1,Answer()", "==>"),
        ("same > n,Answer()", ">"),
        ("include -> phones", "->"),
        ("exten => 100,1,Verbose(1,a -> b)", None),
        ("exten = 100,1,Answer()", None),
    ],
)
def test_arrows(line: str, arrow: str | None, tmp_path: Path) -> None:
    report = checked(tmp_path, f"[a]\nexten => 1,1,Answer()\n{line}\n", "SW101,SW103")
    found = [(f.code, underlined(f)) for f in report.findings if f.code == "SW103"]
    assert found == ([("SW103", arrow)] if arrow else [])
    if arrow:
        assert not [f for f in report.findings if f.code == "SW101" and f.place.line == 3]


def test_duplicates_name_the_line_that_counts(tmp_path: Path) -> None:
    (tmp_path / "override.conf").write_text("[phones]\nexten => 200,1,Answer()\n")
    text = "#include override.conf\n[phones]\nexten => 100,1,Answer()\nexten => 100,1,Busy()\n"
    text += "exten => 200,1,Busy()\n"
    found = checked(tmp_path, text, "SW104").findings
    message = "the extension has its priority 1 already, at {}: this line does not count"
    assert [(f.severity.word, f.message) for f in found] == [
        ("error", message.format("extensions.conf:3")),
        ("info", message.format("override.conf:2")),
    ]


def test_files_that_are_named(tmp_path: Path) -> None:
    write(tmp_path, "[a]\nexten => 1,1,Dial(PJSIP/2)\n; pjsip.conf\n[1]\ntype = endpoint\n")
    dialplan, phones = tmp_path / "extensions.conf", tmp_path / "pjsip.conf"
    other = dialplan.rename(tmp_path / "dialplan-of-the-office.conf")
    assert load_files([other]).plan.contexts.keys() == {"a"}
    assert load_files([other, phones]).files.keys() == {"extensions.conf", "pjsip.conf"}
    phones = phones.rename(tmp_path / "pjsip_phones.conf")
    assert load_files([phones]).files.keys() == {"pjsip.conf"}
    (tmp_path / "a.ael").write_text("context b { 1 => Answer(); };\n")
    assert load_files([tmp_path / "a.ael"]).plan.contexts.keys() == {"b"}
    with pytest.raises(UnreadableError, match="would both be"):
        load_files([other, dialplan])
    with pytest.raises(UnreadableError, match="cannot read"):
        load_files([tmp_path / "gone.conf"])
    with pytest.raises(UnreadableError, match="cannot read"):
        load_files([tmp_path / "gone.ael"])


def test_folders(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="no folder"):
        load_folder(tmp_path / "gone")
    with pytest.raises(UnreadableError, match="holds no"):
        load_folder(tmp_path)


def test_ael_is_checked_as_what_it_is_compiled_to(tmp_path: Path) -> None:
    text = """\
; extensions.ael
context phones {
  100 => {
    if ("${CALLERID(num)}" = 5) { Playbak(hello-world); } else { goto nowhere,s,1; }
    &announce(hello-world);
  };
};
macro announce(what) { Playback(${what}); return; };
"""
    found = checked(tmp_path, text, "SW1,SW2,SW301,SW4").findings
    assert [(f.code, f.place.path.name, underlined(f)) for f in found] == [
        ("SW411", "extensions.ael", "5"),
        ("SW301", "extensions.ael", "Playbak"),
        ("SW201", "extensions.ael", "nowhere"),
    ]


def test_ael_that_cannot_be_read(tmp_path: Path) -> None:
    text = "[a]\nexten => 1,1,Goto(from-ael,1,1)\n; extensions.ael\ncontext x { 1 => \n"
    found = checked(tmp_path, text, "SW101,SW201").findings
    assert [f.code for f in found] == ["SW101"]  # what it declares is not known


def test_ael_that_makes_no_sense_to_the_compiler(tmp_path: Path) -> None:
    text = "; extensions.ael\ncontext x { 1 => { goto nowhere; break; }; };\n"
    assert [f.code for f in checked(tmp_path, text, "SW101").findings] == ["SW101"]


def test_a_python_dialplan_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "extensions.py").write_text("def (")
    text = "[a]\nexten => 1,1,Goto(anywhere,1,1)\n"
    assert checked(tmp_path, text, "SW201").findings == ()


def test_no_more_errors_of_one_file_than_anybody_reads(tmp_path: Path) -> None:
    lines = [f"[{n}]\ntype = endpoint\nno_such_option_{n} = 1\n" for n in range(200)]
    text = "[a]\nexten => 1,1,Answer()\n; pjsip.conf\n" + "".join(lines)
    assert len(checked(tmp_path, text, "SW101").findings) == MAX_ERRORS


def test_compat_of_old(tmp_path: Path) -> None:
    text = "[a]\nexten => 1,1,Goto(b|1|1)\n[b]\nexten => 1,1,Set(x=1|y=2)\n"
    assert [f.code for f in checked(tmp_path, text, "SW203,SW324").findings] == ["SW203", "SW324"]
    old = text + "; asterisk.conf\n[compat]\npbx_realtime = 1.4\napp_set = 1.4\n"
    assert checked(tmp_path, old, "SW203,SW324").findings == ()
