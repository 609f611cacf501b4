"""Changes sound files that are whole: cuts their end off, appends one to another.

Takes as long as the file is: call it in a worker thread.
"""

from __future__ import annotations

from pathlib import Path

from switchroom.base.errors import MediaError
from switchroom.media.codecs.samples import resample
from switchroom.media.files.reading import read_sound
from switchroom.media.files.writing import SAMPLE_RATE, open_writer


def cut_end(path: Path, seconds: float) -> None:
    """Take so many seconds off the end.

    Raises:
        MediaError: It cannot be read or written.
    """
    samples, rate = read_sound(path)
    kept = max(0, len(samples) // 2 - round(seconds * rate))
    _write(path, resample(samples[: 2 * kept], rate, SAMPLE_RATE))


def append_file(path: Path, addition: Path) -> None:
    """Put ``addition`` behind what ``path`` has, and remove it; both have one format.

    Raises:
        MediaError: One of them cannot be read or written; both are as they were then.
    """
    parts = [resample(*read_sound(each), SAMPLE_RATE) for each in (path, addition)]
    _write(path, b"".join(parts))
    addition.unlink()


def _write(path: Path, samples: bytes) -> None:
    """Replace the file at once, so that nobody reads a part of it."""
    fresh = path.with_name(f".{path.stem}.new{path.suffix}")
    try:
        writer = open_writer(fresh)
        writer.write(samples)
        writer.close()
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise MediaError(f"cannot write {path}: {error.strerror}") from error
