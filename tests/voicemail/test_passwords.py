"""A new password gets into the configuration, and nothing else there changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchroom.config.voicemail.mailboxes import Mailbox
from switchroom.voicemail.passwords import (
    PasswordError,
    is_password,
    write_password,
    written_password,
)

BOX = Mailbox("default", "100", "1234")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[default]\n100 => 1234\n", "[default]\n100 => 77\n"),
        ("[default]\n100=1234,Alice ; hers\n", "[default]\n100=77,Alice ; hers\n"),
        ("[a]\n100 => 1234\n[default]\n 100  =>  1234 , A\n", "[a]\n100 => 1234\n[default]\n 100  =>  77 , A\n"),
        ("100 => 1234,A\n", "100 => 77,A\n"),  # the file is included into [default]
        ("[default]\n1100 => 1234\n100 => 1234\n", "[default]\n1100 => 1234\n100 => 77\n"),
    ],
)  # fmt: skip
def test_the_line_of_the_mailbox(before: str, after: str) -> None:
    assert written_password(before, BOX, "77") == after


@pytest.mark.parametrize(
    "text", ["", "[default]\n100 => 12345\n", "[other]\n100 => 1234\n", "[default]\n;100 => 1234\n"]
)
def test_it_is_not_there(text: str) -> None:
    assert written_password(text, BOX, "77") is None


def test_a_file(tmp_path: Path) -> None:
    real = tmp_path / "real.conf"
    real.write_bytes(b"; \xff\n[default]\n100 => 1234\n")
    real.chmod(0o640)
    link = tmp_path / "voicemail.conf"
    link.symlink_to(real)
    write_password(link, BOX, "77")
    assert real.read_bytes() == b"; \xff\n[default]\n100 => 77\n"
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert len(list(tmp_path.iterdir())) == 2
    with pytest.raises(PasswordError, match="with its old password"):
        write_password(link, BOX, "88")
    with pytest.raises(PasswordError, match="No such file"):
        write_password(tmp_path / "none.conf", BOX, "88")


def test_what_was_keyed() -> None:
    assert is_password("1234", "1234")
    assert is_password("-1234", "1234")
    assert not is_password("1234", "")
    assert not is_password("1234", "12345")
