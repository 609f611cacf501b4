"""Spoken prompts on disk, so that a restarted node need not speak them again."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from pathlib import Path

from switchroom.base.errors import MediaError
from switchroom.media.files.reading import read_sound
from switchroom.media.files.writing import open_writer
from switchroom.media.speech import Speaker

logger = logging.getLogger(__name__)

#: Changes when the same text sounds otherwise than before: what was kept is spoken again.
VERSION = 1

MOST_FILES = 4096  #: kept; a name may come from a caller, so that texts have no end


class SpokenCache:
    """A :class:`~switchroom.media.speech.Speaker` that keeps what another one said.

    Args:
        speaker: Speaks what was not kept.
        folder: Made when first needed; a folder that cannot be written costs time and no more.
    """

    def __init__(self, speaker: Speaker, folder: Path) -> None:
        self._speaker = speaker
        self._folder = folder
        self._told = False

    def speak(self, text: str, language: str) -> bytes:
        """From the folder, or by the speaker.

        Raises:
            SpeechUnavailableError: Not kept, and there is no speech on this machine.
        """
        key = hashlib.sha256(f"{VERSION}\n{language}\n{text}".encode()).hexdigest()[:32]
        path = self._folder / f"{key}.wav"
        try:
            if path.exists():
                return read_sound(path)[0]
        except (OSError, MediaError) as error:
            logger.debug("spoken prompt %s is spoken again: %s", path, error)
        samples = self._speaker.speak(text, language)
        try:
            self._keep(path, samples)
        except OSError as error:
            if not self._told:
                logger.warning("spoken prompts are not kept in %s: %s", self._folder, error)
            self._told = True
        return samples

    def _keep(self, path: Path, samples: bytes) -> None:
        """Write under another name first: who reads sees all of it or nothing."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._make_room()
        number, name = tempfile.mkstemp(prefix=".", suffix=".wav", dir=self._folder)
        os.close(number)
        unfinished = Path(name)
        try:
            writer = open_writer(unfinished)
            try:
                writer.write(samples)
            finally:
                writer.close()
            unfinished.replace(path)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise

    def _make_room(self) -> None:
        kept = list(self._folder.glob("*.wav"))
        if len(kept) < MOST_FILES:
            return
        kept.sort(key=lambda path: path.stat().st_mtime)
        for path in kept[: MOST_FILES // 4]:
            path.unlink(missing_ok=True)
