"""Two offers that met: when ours is made again (RFC 3261 §14.1)."""

from __future__ import annotations

import zlib

MAX_RETRIES = 3


class GlareRetry:
    """When to offer again after a 491; by chance, so that the two do not meet again."""

    __slots__ = ("_count", "at")

    def __init__(self) -> None:
        self.at: float | None = None  #: when; None: nothing is to be offered again
        self._count = 0

    def again(self, token: str, *, is_caller: bool, now: float) -> bool:
        """Plan another attempt; returns whether there is one.

        Args:
            token: A random one.
            is_caller: Whether the dialog's Call-ID is ours: then we wait longer.
            now: Seconds.
        """
        if self._count >= MAX_RETRIES:
            self._count = 0
            return False
        self._count += 1
        chance = zlib.crc32(token.encode()) % 191 / 100  # steps of 10 ms, 0 up to 1.9
        self.at = now + (2.1 + chance if is_caller else chance)
        return True

    def is_due(self, *, now: float) -> bool:
        """Whether it is time; told once."""
        if self.at is None or now < self.at:
            return False
        self.at = None
        return True

    def postpone(self, *, now: float) -> None:
        """Another offer is open: look again a little later."""
        self.at = now + 0.5

    def done(self) -> None:
        """The offer was answered."""
        self._count = 0
