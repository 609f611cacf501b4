"""Sounds that last as long as they would: measured where there is a file, else guessed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from switchroom.base.errors import MediaError, SoundNotFoundError
from switchroom.media.api import Sound
from switchroom.media.files.finding import FoundFile, find_files, find_in_folder, is_safe_name
from switchroom.media.files.reading import read_sound
from switchroom.media.library import SOUND_SETS, SPEECH_LANGUAGE
from switchroom.media.prompts import find_text, text_of_name
from switchroom.media.tones import SAMPLE_RATE, make_silence, make_tones
from switchroom.tools.simulate.recordings import Recordings

WORD_DURATION = 0.35  #: seconds that a spoken word takes, pauses included
LEAD = 0.2  #: seconds of silence around a prompt

_RATE = 1000  #: samples a second of a sound that nobody hears: milliseconds
_GSM_FRAME_BYTES = 33  #: 20 ms
_GSM_FRAME_DURATION = 0.02


def silent_sound(name: str, seconds: float) -> Sound:
    """A sound that only takes time."""
    return Sound(name, bytes(2 * round(_RATE * seconds)), sample_rate=_RATE)


def spoken_duration(text: str) -> float:
    """How long it takes to say a text."""
    return LEAD + WORD_DURATION * max(1, len(text.split()))


def prompt_text(name: str, language: str) -> str:
    """What a prompt says, in the language or in English; empty where nobody wrote it down."""
    return find_text(name, language) or find_text(name, SPEECH_LANGUAGE) or ""


class SimulatedSounds:
    """Fulfils :class:`~switchroom.media.api.SoundLibrary`; has every sound but the missing ones.

    Args:
        recordings: What the simulation itself recorded.
        folders: Of sound files, each with a folder a language; installed sets come behind them.
    """

    def __init__(self, recordings: Recordings, folders: Iterable[Path] = ()) -> None:
        self.durations: dict[str, float] = {}  #: those that were told, by name
        self.missing: set[str] = set()  #: those that are not to be found
        self.guessed: set[str] = set()  #: those that were asked for and have neither file nor text
        self._recordings = recordings
        self._folders = tuple(folder for folder in (*folders, *SOUND_SETS) if folder.is_dir())

    async def find(self, name: str, *, language: str = "en") -> Sound:
        """A sound of the right length.

        Raises:
            SoundNotFoundError: It was declared missing, or its name leads out of the folders.
        """
        if name in self.missing or not is_safe_name(name):
            raise SoundNotFoundError(f"no sound {name!r} for language {language!r}")
        if name in self.durations:
            return silent_sound(name, self.durations[name])
        return silent_sound(name, self._duration(name, language))

    def _duration(self, name: str, language: str) -> float:
        if (samples := make_silence(name)) is not None:
            return len(samples) / 2 / SAMPLE_RATE
        if (seconds := _measured(self._files(name, language))) is not None:
            return seconds
        if (samples := make_tones(name)) is not None:
            return len(samples) / 2 / SAMPLE_RATE
        if not (text := prompt_text(name, language)):
            self.guessed.add(name)
        return spoken_duration(text or text_of_name(name))

    def _files(self, name: str, language: str) -> Iterator[FoundFile]:
        """The files of that name, what was recorded in this call before what was there."""
        own = self._recordings.directories.sounds
        if name.startswith("/"):
            return chain(find_files(str(self._recordings.redirected(Path(name)))), find_files(name))
        folders = (own, *self._folders)
        return chain.from_iterable(find_in_folder(each, name, language) for each in folders)


def _measured(files: Iterable[FoundFile]) -> float | None:
    """How long the first of them that can be read is."""
    for file in files:
        if file.path.suffix == ".gsm":  # its frames are all of one size: nothing to decode
            return file.size / _GSM_FRAME_BYTES * _GSM_FRAME_DURATION
        try:
            samples, rate = read_sound(file.path)
        except MediaError:
            continue
        return len(samples) / 2 / rate
    return None
