"""Files of records: whoever waits may go, the thread goes on."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from switchroom.storage.line_files import LineFiles

SOON = 20.0  #: seconds


def test_who_waits_and_is_cancelled_does_not_end_the_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = LineFiles(tmp_path, "lines")
    append, gate = files._append, threading.Event()

    def held(name: str, data: bytes) -> bool:
        return gate.wait(SOON) and append(name, data)

    monkeypatch.setattr(files, "_append", held)
    first = files.write("a", "first\n", further=("b",))
    assert first.cancel()
    gate.set()
    files.write("a", "second\n").result(SOON)
    files.close()
    assert (tmp_path / "a").read_text() == "first\nsecond\n"
    assert (tmp_path / "b").read_text() == "first\n"


def test_what_no_disk_takes_is_refused_when_it_ends(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    files = LineFiles(blocked / "folder", "lines")
    done = files.write("a", "first\n")
    files.close()
    assert done.cancelled()
