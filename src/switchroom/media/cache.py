"""Decoded sounds in memory, bounded by their octets; the longest unused goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

from switchroom.media.api import Sound


class SoundCache:
    """May be used from any thread.

    Args:
        limit_bytes: Of all sounds together; a longer one is never kept.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._lock = threading.Lock()
        self._sounds: OrderedDict[Hashable, Sound] = OrderedDict()
        self._used = 0

    @property
    def used_bytes(self) -> int:
        """Octets of the sounds that are kept."""
        return self._used

    def get(self, key: Hashable) -> Sound | None:
        """The sound kept under ``key``."""
        with self._lock:
            sound = self._sounds.get(key)
            if sound is not None:
                self._sounds.move_to_end(key)
            return sound

    def put(self, key: Hashable, sound: Sound) -> None:
        """Keep a sound; others make room."""
        with self._lock:
            if (old := self._sounds.pop(key, None)) is not None:
                self._used -= len(old.samples)
            if len(sound.samples) > self._limit:
                return
            self._sounds[key] = sound
            self._used += len(sound.samples)
            while self._used > self._limit:
                _, gone = self._sounds.popitem(last=False)
                self._used -= len(gone.samples)
