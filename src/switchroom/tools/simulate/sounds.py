"""Sounds that last as long as they would: measured where there is a file, else guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from switchroom.base.errors import MediaError, SoundNotFoundError
from switchroom.media.api import Sound
from switchroom.media.files.reading import READERS, read_sound

WORD_DURATION = 0.35  #: seconds that a spoken word takes, pauses included
LEAD = 0.2  #: seconds of silence around a prompt
LONGEST_SILENCE = 10  #: ``silence/10`` is the longest that sound sets have

_RATE = 1000  #: samples a second of a sound that nobody hears: milliseconds
_GSM_FRAME_BYTES = 33  #: 20 ms
_GSM_FRAME_DURATION = 0.02


def silent_sound(name: str, seconds: float) -> Sound:
    """A sound that only takes time."""
    return Sound(name, bytes(2 * round(_RATE * seconds)), sample_rate=_RATE)


def spoken_duration(text: str) -> float:
    """How long it takes to say a text."""
    return LEAD + WORD_DURATION * max(1, len(text.split()))


def readable(name: str) -> str:
    """What the name of a prompt says where its text is not known: ``vm-goodbye``: "vm goodbye"."""
    return " ".join(re.findall(r"[^\W_]+", name.rpartition("/")[2])) or name


class SimulatedSounds:
    """Fulfils :class:`~switchroom.media.api.SoundLibrary`; has every sound but the missing ones.

    Args:
        folders: Of sound files, each with a folder a language.
        text_of: What a prompt says, by name and language; empty where that is not known.
    """

    def __init__(
        self, folders: Iterable[Path] = (), text_of: Callable[[str, str], str] | None = None
    ) -> None:
        self.durations: dict[str, float] = {}  #: those that were told, by name
        self.missing: set[str] = set()  #: those that are not to be found
        self.guessed: set[str] = set()  #: those that were asked for and have no file
        self._folders = tuple(folder for folder in folders if folder.is_dir())
        self._text_of = text_of or (lambda name, language: "")
        self._found: dict[tuple[str, str], Sound] = {}

    async def find(self, name: str, *, language: str = "en") -> Sound:
        """A sound of the right length.

        Raises:
            SoundNotFoundError: It was declared missing.
        """
        if name in self.missing:
            raise SoundNotFoundError(f"no sound {name!r} for language {language!r}")
        if name in self.durations:
            return silent_sound(name, self.durations[name])
        if (name, language) not in self._found:
            self._found[name, language] = silent_sound(name, self._duration(name, language))
        return self._found[name, language]

    def _duration(self, name: str, language: str) -> float:
        for path in self._candidates(name, language):
            if path.is_file():
                return _measure(path)
        kind, _, rest = name.rpartition("/")
        if kind == "silence" and rest.isdecimal() and int(rest) <= LONGEST_SILENCE:
            return float(rest)
        if name.rpartition("/")[2] == "beep":
            return LEAD
        text = self._text_of(name, language)
        if not text:
            self.guessed.add(name)
        return spoken_duration(text or readable(name))

    def _candidates(self, name: str, language: str) -> Iterable[Path]:
        suffixes = tuple(READERS)
        if name.startswith("/"):
            yield from (Path(name + suffix) for suffix in suffixes)
            return
        languages = dict.fromkeys((language, re.split("[_-]", language)[0], ""))
        for folder in self._folders:
            for each in languages:
                yield from (folder / each / f"{name}{suffix}" for suffix in suffixes)


def _measure(path: Path) -> float:
    if path.suffix.lower() == ".gsm":  # its frames are all of one size: nothing to decode
        return path.stat().st_size / _GSM_FRAME_BYTES * _GSM_FRAME_DURATION
    try:
        samples, rate = read_sound(path)
    except MediaError:
        return spoken_duration(readable(path.stem))
    return len(samples) / 2 / rate
