"""Sound files whose headers lie, recordings that are longer than theirs can tell, disks that are full."""

import os
import struct
import wave
from pathlib import Path

import pytest

from switchroom.base.errors import MediaError
from switchroom.media.files import reading
from switchroom.media.files.reading import read_sound
from switchroom.media.files.writing import open_writer

SAMPLES = bytes(range(200)) * 8
RATE_AT, CHANNELS_AT, LENGTH_AT = 24, 22, 40  # octets of a RIFF file of PCM


def wav(path: Path, at: int = 0, value: bytes = b"") -> Path:
    """A good one, but for what stands at one place."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(SAMPLES)
    data = bytearray(path.read_bytes())
    data[at : at + len(value)] = value
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("rate", [0, 1, 999, 400_001, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_rate_that_is_none(tmp_path: Path, rate: int) -> None:
    with pytest.raises(MediaError, match="cannot read"):
        read_sound(wav(tmp_path / "a.wav", RATE_AT, struct.pack("<I", rate)))


@pytest.mark.parametrize("length", [2 * len(SAMPLES), 0x7FFFFFFE, 0xFFFFFFFF])
def test_a_length_beyond_the_end_is_what_is_there(tmp_path: Path, length: int) -> None:
    path = wav(tmp_path / "a.wav", LENGTH_AT, struct.pack("<I", length))
    assert read_sound(path) == (SAMPLES, 8000)


def test_no_channels(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="cannot read"):
        read_sound(wav(tmp_path / "a.wav", CHANNELS_AT, bytes(2)))


def test_an_end_within_a_sample(tmp_path: Path) -> None:
    path = tmp_path / "a.sln"
    path.write_bytes(SAMPLES + b"?")
    assert read_sound(path) == (SAMPLES, 8000)


@pytest.mark.parametrize("suffix", [".wav", ".ogg", ".flac", ".mp3", ".gsm", ".wav49"])
@pytest.mark.parametrize("content", [b"", b"R", b"RIFF\xff\xff\xff\xffWAVE", b"OggS" + bytes(99)])
def test_what_is_no_sound(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    if suffix == ".gsm":  # has no header that could lie
        assert read_sound(path)[1] == 8000
        return
    with pytest.raises(MediaError, match="cannot read"):
        read_sound(path)


def test_a_small_file_that_holds_days_of_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soundfile = pytest.importorskip("soundfile")
    path = tmp_path / "a.flac"
    with soundfile.SoundFile(str(path), "w", samplerate=8000, channels=1) as file:
        file.buffer_write(bytes(400_000), dtype="int16")
    assert path.stat().st_size < 20_000
    assert read_sound(path) == (bytes(400_000), 8000)
    monkeypatch.setattr(reading, "LONGEST_DECODED", 300_000)
    with pytest.raises(MediaError, match="holds more than"):
        read_sound(path)


def test_a_recording_of_more_than_a_header_can_tell_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    open_writer(path).close()
    os.truncate(path, 0xFFFFFFFF)  # as if it had run for three days; the disk has none of it
    writer = open_writer(path, append=True)
    writer.write(SAMPLES)
    writer.close()
    with path.open("rb") as file:
        header = file.read(44)
        file.seek(0xFFFFFFFF)
        assert file.read() == SAMPLES
    assert struct.unpack("<4sI", header[:8]) == (b"RIFF", 0xFFFFFFFF)
    assert struct.unpack("<4sI", header[36:]) == (b"data", 0xFFFFFFFF - 36)


@pytest.mark.parametrize("suffix", [".gsm", ".wav", ".ulaw", ".alaw", ".sln"])
def test_a_full_disk_is_told(
    tmp_path: Path, suffix: str, capfd: pytest.CaptureFixture[str]
) -> None:
    if suffix == ".gsm":
        pytest.importorskip("soundfile")
    path = tmp_path / f"a{suffix}"
    path.symlink_to("/dev/full")

    def record() -> None:
        writer = open_writer(path)
        try:
            writer.write(bytes(16000))
        finally:
            writer.close()

    with pytest.raises(OSError, match="No space left"):
        record()
    assert not capfd.readouterr().err
