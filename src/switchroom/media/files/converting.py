"""One recording in several formats. Takes as long as the file is: call it in a worker thread."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from switchroom.base.errors import MediaError
from switchroom.media.codecs.samples import amplify, resample
from switchroom.media.files.reading import read_sound
from switchroom.media.files.writing import SAMPLE_RATE, open_writer

WAV49 = ".WAV"  #: GSM in RIFF

#: What formats are called, where that is not their suffix.
_SUFFIXES = {"wav49": WAV49, "slin": ".sln", "mulaw": ".ulaw"}


def suffix_of(format_name: str) -> str:
    """The suffix of files in a format: ``wav49`` is ``.WAV``."""
    word = format_name.strip().lower()
    return _SUFFIXES.get(word, f".{word}")


def convert_sound(source: Path, target: Path, *, gain_db: float = 0.0) -> None:
    """Write a sound file anew; the suffixes name the formats.

    Raises:
        MediaError: It cannot be read or written.
    """
    samples = resample(*read_sound(source), SAMPLE_RATE)
    if gain_db:
        samples = amplify(samples, 10 ** (gain_db / 20))
    try:
        if target.suffix == WAV49:
            _write_wav49(target, samples)
            return
        writer = open_writer(target)
        writer.write(samples)
        writer.close()
    except OSError as error:
        raise MediaError(f"cannot write {target}: {error.strerror}") from error


def _write_wav49(target: Path, samples: bytes) -> None:
    try:
        soundfile: Any = importlib.import_module("soundfile")
    except ImportError as error:
        message = f"cannot write {target}: wav49 needs `pip install switchroom[sounds]`"
        raise MediaError(message) from error
    try:
        with soundfile.SoundFile(
            str(target), "w", samplerate=SAMPLE_RATE, channels=1, format="WAV", subtype="GSM610"
        ) as file:
            file.buffer_write(samples, dtype="int16")
    except RuntimeError as error:  # libsndfile's
        raise MediaError(f"cannot write {target}: {error}") from error
