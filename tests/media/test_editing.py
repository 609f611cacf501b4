"""Cutting and appending sound files."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchroom.base.errors import MediaError
from switchroom.media.files.editing import append_file, cut_end
from switchroom.media.files.reading import read_sound
from switchroom.media.files.writing import open_writer
from tests.media.rtp_party import tone


def write(path: Path, samples: bytes) -> Path:
    writer = open_writer(path)
    writer.write(samples)
    writer.close()
    return path


@pytest.mark.parametrize("suffix", ["wav", "sln"])
def test_cut_and_append(tmp_path: Path, suffix: str) -> None:
    first, second = tone(440, 0.5), tone(880, 0.25)
    path = write(tmp_path / f"a.{suffix}", first)
    cut_end(path, 0.3)
    assert read_sound(path) == (first[: 2 * 1600], 8000)
    append_file(path, write(tmp_path / f"b.{suffix}", second))
    assert read_sound(path) == (first[: 2 * 1600] + second, 8000)
    cut_end(path, 60.0)
    assert read_sound(path) == (b"", 8000)
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_read_stays_as_it_is(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", tone(440, 0.1))
    before = path.read_bytes()
    with pytest.raises(MediaError, match=r"cannot read .*gone\.wav"):
        append_file(path, tmp_path / "gone.wav")
    assert path.read_bytes() == before
