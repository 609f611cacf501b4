"""Decoded audio, ready to play."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Sound:
    """Decoded audio, ready to play on any stream: mono, signed 16 bit, native byte order."""

    name: str
    samples: bytes
    sample_rate: int = 8000

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / 2 / self.sample_rate

    def after(self, seconds: float) -> Sound:
        """What is left of it behind its first ``seconds``."""
        return replace(self, samples=self.samples[2 * round(seconds * self.sample_rate) :])


class PlaybackEnd(StrEnum):
    """Why a playback ended."""

    FINISHED = "finished"
    STOPPED = "stopped"  #: by :meth:`Stream.stop_playback`, or another sound took its place
    CLOSED = "closed"  #: the stream was closed
