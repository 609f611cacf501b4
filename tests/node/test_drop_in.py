"""The options of ``asterisk``, as its callers write them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from switchroom.__main__ import main
from switchroom.config.asterisk_conf import AsteriskConfig
from switchroom.node.drop_in import UsageError, goes_behind, parse_options


def test_a_command_is_asked_of_the_server_that_runs() -> None:
    options = parse_options(["-C", "/x/asterisk.conf", "-rx", "core show version"])
    assert options.config == Path("/x/asterisk.conf")
    assert options.command == "core show version"
    assert options.letters == {"r"}


def test_letters_go_together() -> None:
    options = parse_options(["-fvvvg", "-U", "asterisk", "-G", "audio"])
    assert options.letters == {"f", "g"}
    assert options.verbosity == 3
    assert (options.user, options.group) == ("asterisk", "audio")


@pytest.mark.parametrize("words", [["-K"], ["-C"], ["-f", "surplus"]])
def test_what_makes_no_sense_is_refused(words: list[str]) -> None:
    with pytest.raises(UsageError, match="`asterisk -h` lists the options"):
        parse_options(words)


def test_the_version_names_the_one_that_is_behaved_as(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["asterisk", "-V"]) == 0
    assert capsys.readouterr().out.startswith("Asterisk 22.")


def test_no_server_is_an_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    conf = tmp_path / "asterisk.conf"
    conf.write_text(f"[directories]\nastrundir => {tmp_path}\n")
    assert main(["asterisk", "-C", str(conf), "-rx", "core show version"]) == 1
    assert f"does {tmp_path}/asterisk.ctl exist?" in capsys.readouterr().err


def test_an_unknown_user_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["asterisk", "-f", "-C", str(tmp_path), "-U", "no-such-user-here"]) == 1
    assert "cannot become 'no-such-user-here'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "behind"),
    [
        ([], True), (["-f"], False), (["-v"], False), (["-vvvd"], False), (["-vF"], True),
        (["-g", "-q", "-m", "-n"], True),
    ],
)  # fmt: skip
def test_what_stays_in_front(words: list[str], behind: bool) -> None:  # noqa: FBT001
    assert goes_behind(parse_options(words), AsteriskConfig()) is behind


def test_the_file_says_so_too() -> None:
    assert not goes_behind(parse_options([]), AsteriskConfig(stays_in_front=True))
    assert goes_behind(parse_options(["-f"]), AsteriskConfig(always_forks=True))


def test_every_letter_of_the_original_is_taken() -> None:
    words = [
        *("-c", "-v", "-d", "-g", "-p", "-F", "-f", "-T", "-i", "-I", "-r", "-R", "-t", "-n", "-N"),
        *("-q", "-m", "-B", "-W", "-X", "-h", "-V"),
        *("-U", "user", "-G", "group", "-x", "core show version", "-s", "/x", "-L", "5"),
        *("-M", "100", "-e", "64", "-C", "/x/asterisk.conf"),
    ]
    options = parse_options(words)
    assert options.maximum_calls == 100
    with pytest.raises(UsageError, match="-M takes a number"):
        parse_options(["-M", "many"])


ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_make_writes_the_executable(tmp_path: Path) -> None:
    """As the README has it; with a virtual environment that is there already."""
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    program = venv / "bin" / "switchroom"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m switchroom "$@"\n')
    program.chmod(0o755)
    for each in (venv / "bin" / "python", venv / ".installed"):
        each.touch()
    folder = tmp_path / "a folder"
    words = ["make", "-s", "drop-in", f"DIR={folder}", f"VENV={venv}", "PYTHON=false"]
    # Nothing is newer than what is installed.
    newest = max(each.stat().st_mtime for each in (ROOT / "src/switchroom/media").rglob("*.*"))
    os.utime(venv / ".installed", (newest + 3600, newest + 3600))
    made = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    asterisk = folder / "asterisk"
    assert made.stdout == f"{asterisk} runs Switchroom\n"
    asked = subprocess.run([asterisk, "-V"], capture_output=True, text=True, check=True)
    assert asked.stdout.startswith("Asterisk 22.")
    nowhere = subprocess.run(words[:3] + words[4:], cwd=ROOT, capture_output=True, check=False)
    assert nowhere.returncode == 2
