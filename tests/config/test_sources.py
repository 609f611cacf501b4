import time
from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language import sources
from switchroom.config.language.reader import parse_config, pointed, read_config
from switchroom.config.language.sources import CommandError, Files, Record, Recording


def test_what_was_read_can_be_read_again(tmp_path: Path) -> None:
    (tmp_path / "a.conf").write_bytes(
        b'[a]\nx=1\n#include "*.inc"\n#exec printf "[b]\\ny=\\377\\n"\n'
    )
    (tmp_path / "1.inc").write_text("[one]\n")
    (tmp_path / "2.inc").write_text("[two]\n")
    recording = Recording(Files())
    file = read_config(tmp_path / "a.conf", allow_exec=True, sources=recording)
    assert [section.name for section in file.sections] == ["a", "one", "two", "b"]
    assert str(file.sections[3].path) == r'#exec printf "[b]\ny=\377\n"'
    record = Record.from_json(recording.record.to_json())
    assert record == recording.record
    for path in tmp_path.iterdir():
        path.unlink()
    again = read_config(tmp_path / "a.conf", allow_exec=True, sources=record)
    assert again == file
    assert again.sections[3].get("y") == "\udcff"


def test_a_record_knows_nothing_else(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not in the record"):
        read_config(tmp_path / "a.conf", sources=Record())
    record = Record({str(tmp_path / "a.conf"): "#exec date\n"})
    with pytest.raises(ConfigError, match=r"a\.conf:1: #exec 'date' failed: not in the record"):
        read_config(tmp_path / "a.conf", allow_exec=True, sources=record)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("exit 3", "ended with status 3"),
        ("yes", "printed more than 100000 bytes"),
        ("sleep 60", "took longer than 0.2 seconds"),
        ("exec 1>&-; sleep 60", "timed out after 0.2 seconds"),
        ("bad\0command", "null byte"),
    ],
)
def test_a_command_is_bounded(command: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "EXEC_TIMEOUT", 0.2)
    monkeypatch.setattr(sources, "MAX_EXEC_BYTES", 100_000)
    began = time.monotonic()
    with pytest.raises(CommandError, match=words):
        Files().run(command)
    assert time.monotonic() - began < 10


def test_a_line_that_there_is_not_cannot_be_shown() -> None:
    error = ConfigError("wrong", path="a.conf", line=3)
    assert pointed(error, "one line").render() == "a.conf:3: wrong"
    assert parse_config("[a]").pointed(error).source == ""
    assert ConfigError("wrong", path="a.conf", line=1, source="x = 1").render() == (
        "a.conf:1: wrong\n    x = 1"
    )
