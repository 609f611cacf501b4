"""The command line: arguments, formats, exit codes."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from switchroom.tools.check.command import add_parser, run
from switchroom.tools.check.rule import collect_rules
from tests.tools.check.support import write

WRONG = """\
[phones]
exten => 100,1,Plaback(hello-world)
\tsame => n(label),Verbose(1,${CONFBRIDGE_INFO(paries,1)} — 100 % \\; done)
"""


def command(*words: str) -> int:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    arguments = parser.parse_args(["check", *words])
    assert arguments.run_command is run
    exit_code: int = run(arguments)
    return exit_code


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write(tmp_path, WRONG)


def test_human(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("-C", str(folder), "--ignore", "SW303") == 1
    assert (
        capsys.readouterr().out
        == """\
extensions.conf:2:16: error SW301: there is no application Plaback; did you mean Playback?
    2 | exten => 100,1,Plaback(hello-world)
      |                ^^^^^^^
extensions.conf:3:11: note SW214: nothing jumps to the label label
    3 | \tsame => n(label),Verbose(1,${CONFBRIDGE_INFO(paries,1)} — 100 % \\; done)
      | \t         ^^^^^^^
extensions.conf:3:47: warning SW305: CONFBRIDGE_INFO does not know 'paries'; did you mean parties?
    3 | \tsame => n(label),Verbose(1,${CONFBRIDGE_INFO(paries,1)} — 100 % \\; done)
      | \t                                             ^^^^^^
1 error, 1 warning, 1 note in 1 file (SW301 1x, SW214 1x, SW305 1x)
"""
    )


def test_clean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "[phones]\nexten => 100,1,Answer()\n")
    assert command("-C", str(tmp_path)) == 0
    assert capsys.readouterr().out == "nothing found in 1 file\n"


@pytest.mark.parametrize(
    ("words", "codes", "exit_code"),
    [
        (["--select", "SW301"], ["SW301"], 1),
        (["--select", "SW3xx", "--ignore", "SW301,SW303"], ["SW305"], 1),
        (["--select", "SW214"], ["SW214"], 1),
        (["--min-severity", "warning", "--ignore", "SW303"], ["SW301", "SW305"], 1),
        (["--min-severity", "error"], ["SW301"], 1),
        (["--min-severity", "error", "--ignore", "SW301"], [], 0),
        (["--select", "SW7"], [], 0),
    ],
)
def test_selection(
    words: list[str],
    codes: list[str],
    exit_code: int,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command("-C", str(folder), "--format", "json", *words) == exit_code
    found = json.loads(capsys.readouterr().out)
    assert [finding["code"] for finding in found["findings"]] == codes


def test_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("extensions.conf", "--format", "json", "--select", "SW305") == 1
    assert json.loads(capsys.readouterr().out) == {
        "findings": [
            {
                "code": "SW305",
                "severity": "warning",
                "title": "A word that a function does not know",
                "message": "CONFBRIDGE_INFO does not know 'paries'; did you mean parties?",
                "file": "extensions.conf",
                "line": 3,
                "column": 47,
                "length": 6,
            }
        ],
        "summary": {
            "error": 0,
            "warning": 1,
            "info": 0,
            "below_threshold": 0,
            "suppressed": 0,
            "files": 1,
        },
    }


def test_sarif(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("-C", ".", "--format", "sarif") == 1
    log = json.loads(capsys.readouterr().out)
    check_sarif(log)
    results = log["runs"][0]["results"]
    assert [result["ruleId"] for result in results if result["ruleId"] != "SW303"] == [
        "SW301",
        "SW214",
        "SW305",
    ]
    assert results[0]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "extensions.conf"},
        "region": {"startLine": 2, "startColumn": 16, "endColumn": 23},
    }


def check_sarif(log: dict[str, Any]) -> None:
    """The parts of SARIF 2.1.0 that are used, as its section 3 wants them."""
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run_,) = log["runs"]
    assert set(run_) <= {"tool", "columnKind", "results"}
    assert run_["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
    driver = run_["tool"]["driver"]
    assert driver["name"]
    identifiers = [rule["id"] for rule in driver["rules"]]
    assert len(identifiers) == len(set(identifiers))
    for rule in driver["rules"]:
        assert rule["name"].isidentifier()
        assert rule["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}
        for member in ("shortDescription", "fullDescription", "help"):
            assert rule[member]["text"]
    for result in run_["results"]:
        assert identifiers[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert result["message"]["text"]
        for location in result["locations"]:
            physical = location["physicalLocation"]
            uri = physical["artifactLocation"]["uri"]
            assert " " not in uri
            assert "\\" not in uri
            region = physical.get("region", {"startLine": 1})
            assert region["startLine"] >= 1
            assert region.get("startColumn", 1) >= 1
            assert region.get("endColumn", 2) > region.get("startColumn", 1)


def test_github(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("-C", ".", "--format", "github", "--select", "SW301,SW214") == 1
    assert capsys.readouterr().out == (
        "::error file=extensions.conf,line=2,col=16,endColumn=23,title=SW301::"
        "there is no application Plaback; did you mean Playback?\n"
        "::notice file=extensions.conf,line=3,col=11,endColumn=18,title=SW214::"
        "nothing jumps to the label label\n"
    )


def test_colour_on_a_terminal_only(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("-C", str(folder), "--select", "SW301")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    command(*words)
    assert "\x1b[1;31merror SW301\x1b[0m" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    command(*words)
    assert "\x1b" not in capsys.readouterr().out


def test_a_long_line_is_shown_around_the_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, f"[a]\nexten => 1,1,NoOp({'x' * 300}${{NOSUCH()}}{'y' * 300})\n")
    command("-C", str(tmp_path), "--select", "SW302")
    lines = capsys.readouterr().out.split("\n")
    begin = lines[2].index("^")
    assert lines[1][begin : begin + len("NOSUCH")] == "NOSUCH"
    assert len(lines[1]) < 160


def test_a_wrong_asterisk_conf_is_a_finding_of_its_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "[a]\nexten => 1,1,Answer()\n; asterisk.conf\n[directories]\nastdbdir => x\n")
    assert command("-C", str(tmp_path), "--select", "SW101") == 1
    assert command("-C", str(tmp_path / "asterisk.conf")) == 2
    assert "astdbdir must be an absolute path" in capsys.readouterr().err


def test_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("--rules") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(collect_rules())
    assert lines[0] == "SW101  error    A line that cannot be read"


def test_explain(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("--explain", "sw305") == 0
    out = capsys.readouterr().out
    assert out.startswith("SW305 (warning): A word that a function does not know\n\n")
    assert "Wrong::" in out
    assert out.count("CONFBRIDGE_INFO(") == 2


@pytest.mark.parametrize("code", sorted(collect_rules()))
def test_everything_can_be_explained(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("--explain", code) == 0
    assert code in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-C", "gone"], "there is no gone"),
        (["gone.conf"], "cannot read gone.conf: No such file or directory"),
        (["--explain", "SW999"], "there is no rule SW999; --rules lists them"),
        (["-C", ".", "--select", "SW999"], "there is no rule SW999; --rules lists them"),
        (["-C", ".", "extensions.conf"], "give either files or -C, not both"),
        (["-C", "empty"], "empty holds no extensions.conf and no other file that is read"),
    ],
)
def test_what_cannot_be_done(
    words: list[str], message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "empty").mkdir()
    assert command(*words) == 2
    assert capsys.readouterr().err == f"switchroom check: {message}\n"


def test_an_asterisk_conf_leads_to_the_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    etc = tmp_path / "etc"
    etc.mkdir()
    write(etc, WRONG)
    sounds = tmp_path / "data" / "sounds" / "en"
    sounds.mkdir(parents=True)
    (tmp_path / "asterisk.conf").write_text(
        f"[directories]\nastetcdir => {etc}\nastdatadir => {tmp_path / 'data'}\n"
    )
    assert command("-C", str(tmp_path / "asterisk.conf"), "--select", "SW301") == 1
    assert "SW301" in capsys.readouterr().out


def test_secrets_and_control_characters_stay_out_of_reports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "[a]\nexten => 1,1,Plaback(\x1b[31m)\n")
    assert command("-C", str(tmp_path), "--select", "SW301") == 1
    assert "\x1b" not in capsys.readouterr().out
