"""The command line."""

import io
import json

import pytest

from switchroom.__main__ import main


def test_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["versions", "certified/13.8-cert2-rc1"]) == 0
    assert (
        capsys.readouterr().out
        == """\
certified/13.8-cert2-rc1
  branch     13 (long-term support)
  release    8
  certified  2
  stage      rc 1, not for production
"""
    )


def test_steps(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["versions", "10.2.0", "10.2.1", "10.3.0"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "10.2.0 -> 10.2.1: security or regression fixes only"
    assert lines[2] == "10.2.1 -> 10.3.0: bug fixes within a branch"


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["versions", "--json", "1.6.2", "10"]) == 0
    [step] = json.loads(capsys.readouterr().out)
    assert (step["kind"], step["skipped_branches"]) == ("branch", ["1.8"])


def test_sort_reads_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("10.10.0\n10.2.0 1.8.9\n"))
    assert main(["versions", "--sort"]) == 0
    assert capsys.readouterr().out == "1.8.9\n10.2.0\n10.10.0\n"


def test_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["versions", "ten"]) == 1
    assert capsys.readouterr().err.startswith("switchroom: 'ten' is no version of Asterisk")
    assert main(["versions"]) == 2
