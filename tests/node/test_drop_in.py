"""The options of ``asterisk``, as its callers write them."""

from pathlib import Path

import pytest

from switchroom.__main__ import main
from switchroom.node.drop_in import UsageError, parse_options


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
