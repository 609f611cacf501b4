"""switchroom recordings …, on real files and with a real shell."""

import json
import os
from pathlib import Path

import pytest

from switchroom.__main__ import main

NOW_DAYS = 86_400.0


def make(folder: Path, config: str = "") -> Path:
    """A configuration folder with three recordings, the first a hundred days old."""
    (folder / "asterisk.conf").write_text(
        f"[directories]\nastetcdir => {folder}\nastspooldir => {folder}/spool\n"
    )
    (folder / "recordings.conf").write_text(f"[general]\n{config}")
    monitor = folder / "spool" / "monitor"
    (monitor / "2026").mkdir(parents=True)
    for name, days in (("2026/old.wav", 100.0), ("middle.wav", 10.0), ("new.wav", 0.0)):
        (monitor / name).write_bytes(bytes(1000))
        changed = (monitor / name).stat().st_mtime - days * NOW_DAYS
        os.utime(monitor / name, (changed, changed))
    return monitor


def run(folder: Path, *words: str) -> int:
    return main(["recordings", *words, "-C", str(folder)])


def test_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(tmp_path)
    assert run(tmp_path, "list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines] == ["2026/old.wav", "middle.wav", "new.wav", "all"]
    assert "100.0 d" in lines[0]
    assert " here " in lines[0]
    run(tmp_path, "list", "--json")
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (told[0]["name"], told[0]["size"]) == ("2026/old.wav", 1000)


def test_prune(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    monitor = make(tmp_path, "keep_days = 30\n")
    assert run(tmp_path, "prune", "--dry-run") == 0
    assert capsys.readouterr().out == "2026/old.wav\n"
    assert (monitor / "2026" / "old.wav").exists()
    run(tmp_path, "prune")
    assert not (monitor / "2026").exists()
    run(tmp_path, "prune", "--gigabytes", "0.000001")
    assert sorted(each.name for each in monitor.iterdir()) == ["new.wav"], "that one settles"


def test_upload_and_what_is_not_off_box_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monitor = make(tmp_path, "keep_days = 1\nupload = false\n")
    away = tmp_path / "away"
    away.mkdir()
    assert run(tmp_path, "upload") == 1
    assert capsys.readouterr().out.splitlines() == ["failed 2026/old.wav", "failed middle.wav"]
    run(tmp_path, "prune")
    assert (monitor / "middle.wav").exists(), "it is not off-box"
    assert run(tmp_path, "upload", f"cp {{file}} {away}/") == 0
    assert capsys.readouterr().out == "", "it failed a moment ago: not yet"
    (monitor / ".uploads.jsonl").unlink()
    assert run(tmp_path, "upload", f"cp {{file}} {away}/") == 0
    assert sorted(each.name for each in away.iterdir()) == ["middle.wav", "old.wav"]
    capsys.readouterr()
    run(tmp_path, "list")
    states = [line.split()[4] for line in capsys.readouterr().out.splitlines()[:3]]
    assert states == ["off-box", "off-box", "here"]
    run(tmp_path, "prune")
    assert [each.name for each in monitor.iterdir() if each.suffix == ".wav"] == ["new.wav"]


def test_removed_once_it_is_off_box(tmp_path: Path) -> None:
    monitor = make(tmp_path, "remove_after_upload = yes\nupload = test -s {file}\n")
    assert run(tmp_path, "upload") == 0
    assert [each.name for each in monitor.glob("*.wav")] == ["new.wav"]


def test_without_a_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(tmp_path)
    assert run(tmp_path, "upload") == 1
    assert "by which command" in capsys.readouterr().err
