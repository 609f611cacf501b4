"""What a channel's party hears while nobody speaks to it: signal tones or music, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from switchroom.media.api import Stream


class BackgroundKind(Enum):
    """What is heard."""

    TONES = auto()
    MUSIC = auto()


class Background:
    """Of one channel, by ``channel.datastore(Background)``.

    What connects two streams ends it too: nobody who is connected hears a ringing tone.
    """

    def __init__(self) -> None:
        self.kind: BackgroundKind | None = None  #: what is heard
        self._on_end: Callable[[], object] | None = None

    def begin(
        self, stream: Stream, kind: BackgroundKind, on_end: Callable[[], object] | None = None
    ) -> None:
        """Something new is to be heard: what was heard ends.

        Args:
            stream: The channel's.
            kind: What begins.
            on_end: Called when something else takes its place, or it is stopped.
        """
        self._forget()
        stream.stop_background()
        self.kind, self._on_end = kind, on_end

    def stop(self, stream: Stream, kind: BackgroundKind) -> None:
        """End it, if it is of that kind."""
        if self.kind is kind:
            self._forget()
            stream.stop_background()

    def _forget(self) -> None:
        on_end, self._on_end, self.kind = self._on_end, None, None
        if on_end is not None:
            on_end()
