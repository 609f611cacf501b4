"""Prompts by name, for every stream: files first, then tones and speech."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple

from switchroom.base.errors import MediaError, SoundNotFoundError
from switchroom.media.api import Sound
from switchroom.media.cache import SoundCache
from switchroom.media.codecs.samples import resample
from switchroom.media.files.finding import FoundFile, find_files, find_in_folder, is_safe_name
from switchroom.media.files.reading import read_sound
from switchroom.media.prompts import find_text, text_of_name
from switchroom.media.speech import EspeakSpeaker, Speaker
from switchroom.media.spoken_cache import SpokenCache
from switchroom.media.tones import make_silence, make_tones

logger = logging.getLogger(__name__)

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

SAMPLE_RATE = 8000

#: Where packages of Asterisk sounds put them, looked through behind the user's own folder.
SOUND_SETS = (Path("/usr/share/asterisk/sounds"), Path("/var/lib/asterisk/sounds"))

MEMORY = 64 * 1024 * 1024  #: octets of decoded sounds, about 70 minutes

#: Seconds in which a name's file is not looked for again: the many plays of one prompt in a busy
#: hour cost no disk access. Absolute paths are always looked at: somebody may just have recorded.
TRUSTED_FOR = 1.0

MOST_NAMES = 4096  #: whose file is remembered for that time

SPEECH_LANGUAGE = "en"  #: the one that every prompt has a text in


@dataclass(frozen=True, slots=True)
class _Speech:
    """What is to be spoken."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class _Found:
    """A sound, and the key that it is kept under: it names what the sound was made from."""

    key: Hashable
    sound: Sound


class FileSoundLibrary:
    """Fulfils :class:`~switchroom.media.api.SoundLibrary`.

    Args:
        folder: The user's sounds, as ``<astdatadir>/sounds``.
        cache: Where spoken prompts are kept; None: in memory only.
        sound_sets: Folders of installed sets, looked through behind ``folder``.
        speaker: Speaks what no file has; None: espeak-ng, where it is installed.
        memory_bytes: Of decoded sounds.
    """

    def __init__(
        self,
        folder: Path,
        *,
        cache: Path | None = None,
        sound_sets: Sequence[Path] = SOUND_SETS,
        speaker: Speaker | None = None,
        memory_bytes: int = MEMORY,
    ) -> None:
        self._folders = tuple(dict.fromkeys((folder, *sound_sets)))
        speaker = speaker or EspeakSpeaker()
        self._speaker = speaker if cache is None else SpokenCache(speaker, cache)
        self._sounds = SoundCache(memory_bytes)
        self._trusted: OrderedDict[tuple[str, str], tuple[Hashable, float]] = OrderedDict()
        self._at_work: dict[Hashable, asyncio.Future[Any]] = {}
        self._complained: set[FoundFile] = set()
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="sounds")
        self._speakers = ThreadPoolExecutor(1, thread_name_prefix="speech")

    async def find(self, name: str, *, language: str = "en") -> Sound:
        """Decode, or take from the cache; who asks for the same meanwhile shares the work.

        Raises:
            SoundNotFoundError: Nobody has it; the message says where it was looked for.
        """
        now = asyncio.get_running_loop().time()
        key, until = self._trusted.get((name, language), (None, 0.0))
        if now < until and (sound := self._sounds.get(key)) is not None:
            return sound
        found = await self._share((name, language), self._readers, self._look, name, language)
        if isinstance(found, _Speech):
            found = await self._share(found, self._speakers, self._speak, name, found)
        if not name.startswith("/"):
            self._trust((name, language), found.key, now + TRUSTED_FOR)
        return found.sound if found.sound.name == name else replace(found.sound, name=name)

    def _trust(self, wanted: tuple[str, str], key: Hashable, until: float) -> None:
        self._trusted[wanted] = (key, until)
        self._trusted.move_to_end(wanted)
        if len(self._trusted) > MOST_NAMES:
            self._trusted.popitem(last=False)

    async def _share(
        self, key: Hashable, executor: Executor, work: Callable[[*Ts], T], *args: *Ts
    ) -> T:
        """Run ``work`` in a thread, once for all who want it now; cancelling stops nobody else."""
        running = self._at_work.get(key)
        if running is None:
            running = asyncio.get_running_loop().run_in_executor(executor, work, *args)
            self._at_work[key] = running

            def forget(done: asyncio.Future[T]) -> None:
                del self._at_work[key]
                if not done.cancelled():
                    done.exception()  # everybody who wanted it may be gone

            running.add_done_callback(forget)
        found: T = await asyncio.shield(running)
        return found

    # in a worker thread

    def _look(self, name: str, language: str) -> _Found | _Speech:
        if not is_safe_name(name):
            raise SoundNotFoundError(f"no sound {name!r}: empty, too long, or '..' in the name")
        if (samples := make_silence(name)) is not None:
            return self._keep(("silence", name), name, samples)
        problems: list[str] = []
        if found := self._read(name, language, problems):
            return found
        if name.startswith("/"):
            why = "; ".join(problems) or "no such file with a known suffix"
            raise SoundNotFoundError(f"no sound {name!r}: {why}")
        if (samples := make_tones(name)) is not None:
            return self._keep(("tones", name), name, samples)
        return self._look_further(name, language, problems)

    def _look_further(self, name: str, language: str, problems: list[str]) -> _Found | _Speech:
        """A text in the language, a file in English, a text in English, the name spelled out."""
        if (text := find_text(name, language)) is not None:
            return _Speech(text, language)
        if found := self._read(name, SPEECH_LANGUAGE, problems):
            return found
        if (text := find_text(name, SPEECH_LANGUAGE)) is not None:
            return _Speech(text, SPEECH_LANGUAGE)
        if text := text_of_name(name):
            return _Speech(text, language)
        raise SoundNotFoundError(f"no sound {name!r}: no file, and nothing in it can be spoken")

    def _read(self, name: str, language: str, problems: list[str]) -> _Found | None:
        """The first file of that name that can be read."""
        for file in self._files(name, language):
            if (kept := self._sounds.get(file)) is not None:
                return _Found(file, kept)
            try:
                samples, rate = read_sound(file.path)
                return self._keep(file, name, resample(samples, rate, SAMPLE_RATE))
            except (MediaError, ValueError) as error:
                problems.append(str(error))
                if file not in self._complained:
                    self._complained.add(file)
                    logger.warning("sound %s is passed over: %s", name, error)
        return None

    def _files(self, name: str, language: str) -> Iterator[FoundFile]:
        if name.startswith("/"):
            return find_files(name)
        return chain.from_iterable(
            find_in_folder(folder, name, language) for folder in self._folders
        )

    def _keep(self, key: Hashable, name: str, samples: bytes) -> _Found:
        sound = Sound(name, samples, SAMPLE_RATE)
        self._sounds.put(key, sound)
        return _Found(key, sound)

    def _speak(self, name: str, speech: _Speech) -> _Found:
        if (kept := self._sounds.get(speech)) is not None:
            return _Found(speech, kept)
        try:
            return self._keep(speech, name, self._speaker.speak(speech.text, speech.language))
        except MediaError as error:
            folders = ", ".join(map(str, self._folders))
            raise SoundNotFoundError(
                f"no sound {name!r} in language {speech.language!r}: no file in {folders}, and "
                f"{error}; or install a sound set (Debian: asterisk-core-sounds-en)"
            ) from error
