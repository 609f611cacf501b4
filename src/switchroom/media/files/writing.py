"""Writers of sound files: samples in, a file in the format that its suffix names."""

from __future__ import annotations

import importlib
import io
import os
import struct
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from switchroom.base.errors import MediaError
from switchroom.media.codecs.samples import encode

SAMPLE_RATE = 8000
_MOST = 0xFFFFFFFF  # octets that RIFF can tell


class SoundWriter(Protocol):
    """Takes signed 16 bit mono samples at 8,000 Hz."""

    def write(self, samples: bytes) -> None:
        """Append; OSError when the disk refuses."""

    def close(self) -> None:
        """Make the file whole."""


class _RawWriter:
    """A file without a header: ``ulaw``, ``alaw`` and ``sln``."""

    def __init__(self, path: Path, codec: str | None, *, append: bool) -> None:
        # Without a buffer: what was written is in the file even if this process is killed.
        self._file = path.open("ab" if append else "wb", buffering=0)
        self._codec = codec

    def write(self, samples: bytes) -> None:
        self._file.write(samples if self._codec is None else encode(self._codec, samples))

    def close(self) -> None:
        self._file.close()


class _WavWriter:
    """RIFF with 16 bit PCM; whole after each write, whatever becomes of this process."""

    def __init__(self, path: Path, *, append: bool) -> None:
        self._length = 0  # octets of samples
        if append and path.exists() and path.stat().st_size > len(_wav_header(0)):
            _check_wav(path)
            self._file = path.open("r+b", buffering=0)
            self._length = self._file.seek(0, os.SEEK_END) - len(_wav_header(0))
        else:
            self._file = path.open("wb", buffering=0)
            try:
                self._file.write(_wav_header(0))
            except OSError:
                self._file.close()
                raise

    def write(self, samples: bytes) -> None:
        self._file.write(samples)
        self._length += len(samples)
        os.pwrite(self._file.fileno(), _wav_header(self._length), 0)

    def close(self) -> None:
        self._file.close()


def _wav_header(length: int) -> bytes:
    """Of a file with so many octets of samples; of three days and more it says the most it can."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", min(36 + length, _MOST), b"WAVE",
        b"fmt ", 16, 1, 1, SAMPLE_RATE, 2 * SAMPLE_RATE, 2, 16,
        b"data", min(length, _MOST - 36),
    )  # fmt: skip


def _check_wav(path: Path) -> None:
    """Raises MediaError where samples cannot be put behind those of a file."""
    with path.open("rb") as file:
        header = file.read(len(_wav_header(0)))
    if header[8:40] != _wav_header(0)[8:40]:
        raise MediaError(f"cannot append to {path}: it is not 16 bit PCM, mono, 8,000 Hz")


class _KeptError(io.FileIO):
    """What libsndfile writes to: what the disk refuses is kept, for no error gets through C."""

    error: OSError | None = None

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError as error:
            self.error = error
            return len(data)

    def complain(self) -> None:
        """Raise what was kept."""
        if self.error is not None:
            raise self.error


class _GsmWriter:
    """GSM 06.10 frames, through libsndfile."""

    def __init__(self, path: Path, *, append: bool) -> None:
        try:
            soundfile: Any = importlib.import_module("soundfile")
        except ImportError as error:
            message = f"cannot write {path}: gsm needs `pip install switchroom[sounds]`"
            raise MediaError(message) from error
        # gsm has no header, and what libsndfile appends to it begins with a whole frame
        self._raw = _KeptError(path, "ab" if append else "wb")
        self._file = soundfile.SoundFile(
            self._raw, "w", samplerate=SAMPLE_RATE, channels=1, format="RAW", subtype="GSM610"
        )

    def write(self, samples: bytes) -> None:
        try:
            self._file.buffer_write(samples, dtype="int16")
        except RuntimeError as error:  # libsndfile's
            raise OSError(str(error)) from error
        self._raw.complain()

    def close(self) -> None:
        with self._raw:
            try:
                self._file.close()
            except RuntimeError as error:
                raise OSError(str(error)) from error
            self._raw.complain()


class _OpenWriter(Protocol):
    def __call__(self, path: Path, *, append: bool) -> SoundWriter: ...


_WRITERS: dict[str, _OpenWriter] = {
    ".wav": _WavWriter,
    ".ulaw": partial(_RawWriter, codec="PCMU"),
    ".ul": partial(_RawWriter, codec="PCMU"),
    ".pcm": partial(_RawWriter, codec="PCMU"),
    ".alaw": partial(_RawWriter, codec="PCMA"),
    ".al": partial(_RawWriter, codec="PCMA"),
    ".sln": partial(_RawWriter, codec=None),
    ".raw": partial(_RawWriter, codec=None),
    ".gsm": _GsmWriter,
}


def open_writer(path: Path, *, append: bool = False) -> SoundWriter:
    """Make a new sound file, or go on behind what one has.

    Raises:
        MediaError: The suffix is unknown, or nothing can be appended to this file.
        OSError: The file cannot be made.
    """
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        known = ", ".join(sorted(_WRITERS))
        raise MediaError(f"cannot write {path}: unknown suffix {path.suffix!r}; known are {known}")
    return writer(path, append=append)


def can_write(suffix: str) -> bool:
    """Whether there is a writer for files that end so: ``.wav``."""
    return suffix.lower() in _WRITERS
