"""One recording in several formats."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from switchroom.base.errors import MediaError
from switchroom.media.files.converting import convert_sound, suffix_of
from switchroom.media.files.reading import read_sound
from tests.support.tones import seconds_of, write_tone


@pytest.mark.parametrize("name", ["wav", "wav49", "gsm", "ulaw", "alaw", "sln"])
def test_a_tone_stays_one(tmp_path: Path, name: str) -> None:
    pytest.importorskip("soundfile")
    write_tone(tmp_path / "said.wav", 1000, 2)
    target = tmp_path / f"msg0000{suffix_of(name)}"
    convert_sound(tmp_path / "said.wav", target)
    samples, rate = read_sound(target)
    assert rate == 8000
    assert len(samples) / 16000 == pytest.approx(2, abs=0.03)
    assert seconds_of(samples, 1000) >= 1.8


@pytest.mark.parametrize(
    ("gain_db", "factor"), [(6.0206, 2.0), (-6.0206, 0.5), (60.0, 32767 / 9000)]
)
def test_it_becomes_louder_and_never_breaks(tmp_path: Path, gain_db: float, factor: float) -> None:
    write_tone(tmp_path / "said.wav", 1000, 1)
    convert_sound(tmp_path / "said.wav", tmp_path / "louder.wav", gain_db=gain_db)
    before, after = (
        np.abs(np.frombuffer(read_sound(tmp_path / name)[0], np.int16).astype(float)).max()
        for name in ("said.wav", "louder.wav")
    )
    assert after / before == pytest.approx(factor, rel=0.01)


def test_a_format_that_nobody_writes(tmp_path: Path) -> None:
    write_tone(tmp_path / "said.wav", 1000, 1)
    with pytest.raises(MediaError, match="unknown suffix"):
        convert_sound(tmp_path / "said.wav", tmp_path / f"x{suffix_of('g723sf')}")
