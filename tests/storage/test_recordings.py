"""Recordings on disk: which may go off-box, which may be deleted."""

import os
from pathlib import Path

from switchroom.storage.recordings import JOURNAL, Recordings, upload_command

NOW = 1_000_000.0
DAY = 86_400.0


def make(folder: Path, **ages: float) -> Recordings:
    """Files of 1,000 octets, so many seconds old; ``__`` in a name is a folder."""
    for name, age in ages.items():
        path = folder / f"{name.replace('__', '/')}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(1000))
        os.utime(path, (NOW - age, NOW - age))
    return Recordings(folder)


def pruned(recordings: Recordings, **rules: object) -> list[str]:
    wanted = {
        "keep_for": 0.0, "keep_bytes": 0, "only_uploaded": False, "busy": (), "settles": 60.0,
    } | rules  # fmt: skip
    return [each.name for each in recordings.to_prune(NOW, **wanted)]  # type: ignore[arg-type]  # a table of rules


def test_the_oldest_first_and_nothing_hidden(tmp_path: Path) -> None:
    recordings = make(tmp_path, new=1, a__old=100, a__b__older=200)
    (tmp_path / ".hidden").write_bytes(b"x")
    assert [each.name for each in recordings.files()] == ["a/b/older.wav", "a/old.wav", "new.wav"]
    assert Recordings(tmp_path / "absent").files() == []


def test_what_is_too_old_or_too_much_may_go(tmp_path: Path) -> None:
    recordings = make(tmp_path, old=40 * DAY, middle=20 * DAY, young=DAY, now=10)
    assert pruned(recordings) == []
    assert pruned(recordings, keep_for=30 * DAY) == ["old.wav"]
    assert pruned(recordings, keep_bytes=2500) == ["old.wav", "middle.wav"]
    assert pruned(recordings, keep_bytes=1) == ["old.wav", "middle.wav", "young.wav"], "now settles"
    busy = {tmp_path / "old.wav"}
    assert pruned(recordings, keep_for=30 * DAY, busy=busy) == []
    assert pruned(recordings, keep_for=DAY / 2, only_uploaded=True) == []
    old, middle, *_ = recordings.files()
    recordings.note(old, at=NOW)
    recordings.note(middle, at=NOW, failures=1, why="no")
    assert pruned(recordings, keep_for=DAY / 2, only_uploaded=True) == ["old.wav"]
    assert recordings.remove(old)
    assert not recordings.remove(old)


def test_folders_go_with_the_last_file(tmp_path: Path) -> None:
    recordings = make(tmp_path, a__b__one=1, a__two=2)
    for file in recordings.files():
        recordings.remove(file)
    assert tmp_path.exists()
    assert not (tmp_path / "a").exists()


def test_a_file_goes_off_box_once_and_failures_wait_longer_and_longer(tmp_path: Path) -> None:
    recordings = make(tmp_path, whole=100, fresh=10)
    whole = recordings.files()[0]

    def due(now: float, busy: set[Path] | None = None) -> list[str]:
        found = recordings.to_upload(now, busy=busy or set(), settles=60.0)
        return [each.name for each in found]

    assert due(NOW) == ["whole.wav"]
    assert due(NOW, {tmp_path / "whole.wav"}) == []
    recordings.note(whole, at=NOW, failures=1, why="down")
    assert (due(NOW + 59)[:1], due(NOW + 60)[:1]) == (["fresh.wav"], ["whole.wav"])
    recordings.note(whole, at=NOW, failures=3, why="down")
    assert "whole.wav" not in due(NOW + 239)
    assert "whole.wav" in due(NOW + 240)
    recordings.note(whole, at=NOW)
    assert "whole.wav" not in due(NOW + 10 * DAY)
    with (tmp_path / JOURNAL).open("a") as journal:
        journal.write('{"name": "half')
    assert "whole.wav" not in due(NOW + 10 * DAY), "half a line counts for nothing"
    with (tmp_path / "whole.wav").open("ab") as file:
        file.write(b"more")
    assert "whole.wav" in due(NOW + 1e10), "it has grown: another one"


def test_the_journal_forgets_what_is_gone(tmp_path: Path) -> None:
    recordings = make(tmp_path, one=100, two=200)
    for file in recordings.files():
        recordings.note(file, at=NOW)
    (tmp_path / "two.wav").unlink()
    recordings.forget_removed()
    assert [each.name for each in recordings.transfers()] == ["one.wav"]
    assert len((tmp_path / JOURNAL).read_text().splitlines()) == 1


def test_one_process_at_a_time(tmp_path: Path) -> None:
    with Recordings(tmp_path).alone() as first, Recordings(tmp_path).alone() as second:
        assert (first, second) == (True, False)
    with Recordings(tmp_path).alone() as again:
        assert again


def test_commands_get_names_that_no_shell_reads() -> None:
    path = Path("/spool/a b;rm.wav")
    assert upload_command("cp", path, "x") == "cp '/spool/a b;rm.wav'"
    assert upload_command("put {file} to:{name}", path, "$(x){file}") == (
        "put '/spool/a b;rm.wav' to:'$(x){file}'"
    )
