"""Writers of sound files: samples in, a file in the format that its suffix names."""

from __future__ import annotations

import importlib
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from switchroom.base.errors import MediaError
from switchroom.media.codecs.samples import encode

SAMPLE_RATE = 8000


class SoundWriter(Protocol):
    """Takes signed 16 bit mono samples at 8,000 Hz."""

    def write(self, samples: bytes) -> None:
        """Append; OSError when the disk refuses."""

    def close(self) -> None:
        """Make the file whole."""


class _RawWriter:
    """A file without a header: ``ulaw``, ``alaw`` and ``sln``."""

    def __init__(self, path: Path, codec: str | None) -> None:
        self._file: BinaryIO = path.open("wb")
        self._codec = codec

    def write(self, samples: bytes) -> None:
        self._file.write(samples if self._codec is None else encode(self._codec, samples))

    def close(self) -> None:
        self._file.close()


class _WavWriter:
    """RIFF with 16 bit PCM."""

    def __init__(self, path: Path) -> None:
        # Not opened by wave: where it cannot open a path it prints an ignored exception besides.
        self._raw = path.open("wb")
        self._file = wave.open(self._raw, "wb")  # noqa: SIM115  # closed by close()
        self._file.setnchannels(1)
        self._file.setsampwidth(2)
        self._file.setframerate(SAMPLE_RATE)

    def write(self, samples: bytes) -> None:
        self._file.writeframesraw(samples)

    def close(self) -> None:
        with self._raw:
            self._file.close()


class _GsmWriter:
    """GSM 06.10 frames, through libsndfile."""

    def __init__(self, path: Path) -> None:
        try:
            soundfile: Any = importlib.import_module("soundfile")
        except ImportError as error:
            message = f"cannot write {path}: gsm needs `pip install switchroom[sounds]`"
            raise MediaError(message) from error
        self._file = soundfile.SoundFile(
            str(path), "w", samplerate=SAMPLE_RATE, channels=1, format="RAW", subtype="GSM610"
        )

    def write(self, samples: bytes) -> None:
        try:
            self._file.buffer_write(samples, dtype="int16")
        except RuntimeError as error:  # libsndfile's
            raise OSError(str(error)) from error

    def close(self) -> None:
        self._file.close()


_WRITERS: dict[str, Callable[[Path], SoundWriter]] = {
    ".wav": _WavWriter,
    ".ulaw": lambda path: _RawWriter(path, "PCMU"),
    ".ul": lambda path: _RawWriter(path, "PCMU"),
    ".pcm": lambda path: _RawWriter(path, "PCMU"),
    ".alaw": lambda path: _RawWriter(path, "PCMA"),
    ".al": lambda path: _RawWriter(path, "PCMA"),
    ".sln": lambda path: _RawWriter(path, None),
    ".raw": lambda path: _RawWriter(path, None),
    ".gsm": _GsmWriter,
}


def open_writer(path: Path) -> SoundWriter:
    """Make a new sound file.

    Raises:
        MediaError: The suffix is unknown.
        OSError: The file cannot be made.
    """
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        known = ", ".join(sorted(_WRITERS))
        raise MediaError(f"cannot write {path}: unknown suffix {path.suffix!r}; known are {known}")
    return writer(path)
