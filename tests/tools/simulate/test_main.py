"""The command as a user types it."""

from pathlib import Path

import pytest

from switchroom.__main__ import main

DIALPLAN = "[default]\nexten => 1,1,Playback(hello-world)\nexten => 2,1,Goto(nowhere)\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "extensions.conf").write_text(DIALPLAN)
    return tmp_path


@pytest.mark.parametrize("behind", [True, False], ids=["simulate -C", "-C simulate"])
def test_the_folder_may_stand_before_or_behind(
    folder: Path, capsys: pytest.CaptureFixture[str], *, behind: bool
) -> None:
    where, what = ["-C", str(folder)], ["simulate"]
    words = [*what, *where] if behind else [*where, *what]
    assert main([*words, "--dial", "1"]) == 0
    assert "hears hello-world" in capsys.readouterr().out
    assert main([*words, "--dial", "2"]) == 1


def test_the_demo_may_be_meant(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "etc").mkdir()
    (folder / "extensions.conf").rename(folder / "etc" / "extensions.conf")
    monkeypatch.setenv("SWITCHROOM_DEMO", str(folder))
    assert main(["--demo", "simulate", "--dial", "1"]) == 0
    assert "hears hello-world" in capsys.readouterr().out


def test_what_is_missing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["simulate"])
    assert ended.value.code == 2
    assert "--dial" in capsys.readouterr().err
