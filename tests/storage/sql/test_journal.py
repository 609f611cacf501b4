"""The journal's thread outlives whoever waits for it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from switchroom.storage.sql.journal import Journal
from switchroom.storage.sql.statements import Insert

SOON = 20.0  #: seconds


def test_who_waits_and_is_cancelled_does_not_end_the_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "journal")
    write, gate = journal._write, threading.Event()

    def held(group: Any) -> list[int] | None:
        return write(group) if gate.wait(SOON) else None

    monkeypatch.setattr(journal, "_write", held)
    change = Insert("calls", {"a": "1"})
    assert journal.append("main", change).cancel()
    gate.set()
    assert journal.append("main", change).result(SOON) == 2
    assert [each.position for each in journal.first("main", 10)] == [1, 2]
    journal.stop_appending()
    journal.close()
