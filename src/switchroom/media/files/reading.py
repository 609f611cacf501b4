"""Readers of sound files: a file in, samples at its own rate out."""

from __future__ import annotations

import importlib
import wave
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

from switchroom.base.errors import MediaError
from switchroom.media.codecs.samples import decode

#: What a reader returns: signed 16 bit mono samples, and their rate in hertz.
Samples = tuple[bytes, int]

_BLOCK = 16000  # frames

LONGEST = 64 * 1024 * 1024  #: octets of a file; more is no prompt

#: Octets of samples: a small file of silence may say that it holds days of it.
LONGEST_DECODED = 1024 * 1024 * 1024

#: Hertz. Beyond is no sound but a header that lies, and would be brought to our rate in vain.
SLOWEST, FASTEST = 1000, 400_000


def _read_g711(codec: str) -> Callable[[Path], Samples]:
    return lambda path: (decode(codec, path.read_bytes()), 8000)


def _read_linear(rate: int) -> Callable[[Path], Samples]:
    return lambda path: (path.read_bytes(), rate)


def _read_wav(path: Path) -> Samples:
    try:
        with wave.open(str(path), "rb") as file:
            rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError):
        return _read_by_library(path)  # not PCM
    if width != 2:  # octets of 16 bit
        return _read_by_library(path)
    if channels > 1:
        frames = array("h", frames)[::channels].tobytes()
    return frames, rate


def _read_by_library(path: Path, **raw: Any) -> Samples:
    try:
        soundfile: Any = importlib.import_module("soundfile")
    except ImportError as error:
        message = f"cannot read {path}: this format needs `pip install switchroom[sounds]`"
        raise MediaError(message) from error
    try:
        with soundfile.SoundFile(str(path), **raw) as file:
            return _read_blocks(file)[:: file.channels].tobytes(), int(file.samplerate)
    except RuntimeError as error:
        raise MediaError(f"cannot read {path}: {error}") from error


def _read_blocks(file: Any) -> array[int]:
    """All samples: of gsm, which has no header, libsndfile does not know how many there are."""
    samples = array("h")
    block = array("h", bytes(2 * _BLOCK * file.channels))
    while count := file.buffer_read_into(block, dtype="int16"):
        samples += block[: count * file.channels]
        if 2 * len(samples) > LONGEST_DECODED:
            raise MediaError(
                f"cannot read {file.name}: it holds more than {LONGEST_DECODED} octets"
            )
    return samples


def _read_gsm(path: Path) -> Samples:
    return _read_by_library(path, samplerate=8000, channels=1, format="RAW", subtype="GSM610")


#: By suffix, the best source of a prompt first: what keeps most of the sound.
READERS: dict[str, Callable[[Path], Samples]] = {
    ".sln16": _read_linear(16000),
    ".sln": _read_linear(8000),
    ".raw": _read_linear(8000),
    ".wav": _read_wav,
    ".ulaw": _read_g711("PCMU"),
    ".ul": _read_g711("PCMU"),
    ".pcm": _read_g711("PCMU"),
    ".alaw": _read_g711("PCMA"),
    ".al": _read_g711("PCMA"),
    ".gsm": _read_gsm,
    ".wav49": _read_by_library,
    ".flac": _read_by_library,
    ".ogg": _read_by_library,
    ".mp3": _read_by_library,
}


def read_sound(path: Path) -> Samples:
    """Read a sound file; the suffix names the format.

    Raises:
        MediaError: It cannot be read, or the format is unknown.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise MediaError(f"cannot read {path}: unknown suffix {path.suffix!r}")
    try:
        if path.stat().st_size > LONGEST:
            raise MediaError(f"cannot read {path}: it is longer than {LONGEST} octets")
        samples, rate = reader(path)
    except OSError as error:
        raise MediaError(f"cannot read {path}: {error.strerror}") from error
    if not SLOWEST <= rate <= FASTEST:
        raise MediaError(f"cannot read {path}: {rate} Hz is no sample rate")
    return samples[: len(samples) & ~1], rate
