"""What changed its meaning between two versions."""

from pathlib import Path

import pytest

from switchroom.base.release import BRANCHES, parse_release
from switchroom.tools.check import facts
from tests.tools.check.support import checked, lines
from tests.tools.check.test_command import command

FILES = """\
[phones]
exten => 100,1,ConfBridge(100,cM)
exten => 101,1,ConfBridge(101)
exten => 102,1,Set(A=${HASH(SIP_CAUSE,${CHANNEL})})
exten => 103,1,Dial(SIP/100)
; features.conf
[general]
parkext = 700
; sip.conf
[100]
type = friend
insecure = very
nat = yes
"""


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("1.8", "10", [("extensions.conf", 2), ("sip.conf", 4)]),
        ("10.2.0", "11", [("extensions.conf", 4), ("sip.conf", 4)]),
        ("11.25.3", "12.0.0", [("features.conf", 2)]),
        ("12", "16", []),
        ("18", "22", [("extensions.conf", 5), ("sip.conf", 1)]),
        ("1.4", "1.6.0", [("sip.conf", 3)]),
        ("22", "22.11", []),
    ],
)
def test_changes_on_the_way(
    old: str, new: str, found: list[tuple[str, int]], tmp_path: Path
) -> None:
    way = (parse_release(old), parse_release(new))
    report = checked(tmp_path, FILES, select="SW326", migration=way)
    assert [(each.place.path.name, each.place.line) for each in report.findings] == found


def test_nothing_without_being_asked(tmp_path: Path) -> None:
    assert lines(checked(tmp_path, FILES, select="SW326")) == []


def test_facts_are_of_branches_and_of_one_kind() -> None:
    for change in facts.changes():
        assert change.since in BRANCHES
        kinds = [change.application, change.function, change.technology, change.file]
        assert sum(map(bool, kinds)) + any(change.option) == 1, change


def test_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "extensions.conf").write_text("[phones]\nexten => 1,1,ConfBridge(1,c)\n")
    assert command("-C", str(tmp_path), "--select", "SW326", "--from", "1.8", "--to", "22") == 1
    assert "SW326: since 10: the second argument of ConfBridge()" in capsys.readouterr().out
    assert command("-C", str(tmp_path), "--select", "SW326", "--from", "10") == 0
    assert command("-C", str(tmp_path), "--to", "10") == 2
    assert "--to needs --from" in capsys.readouterr().err
    assert command("-C", str(tmp_path), "--from", "22", "--to", "10") == 2
    with pytest.raises(SystemExit):
        command("-C", str(tmp_path), "--from", "ten")
    assert "'ten' is no version of Asterisk" in capsys.readouterr().err
