"""Giving back to the system what many calls have left of the heap.

What is freed stays with the process: good for the next calls, bad for whoever shares the machine
with a node that had its one busy hour.
"""

from __future__ import annotations

import ctypes
import sys

SMALLEST_TIDE = 100  #: channels at a time; what fewer have used is not worth looking for


class Tide:
    """Tells when fewer channels are up than were, by half or more.

    It is asked now and then; what it says holds for the most since it last said yes.
    """

    def __init__(self) -> None:
        self._highest = 0

    def has_ebbed(self, channels: int) -> bool:
        """Whether it is time to give memory back."""
        self._highest = max(self._highest, channels)
        if self._highest < SMALLEST_TIDE or channels > self._highest // 2:
            return False
        self._highest = channels
        return True


def give_back() -> bool:
    """Give free pages of the C library's heap back; returns whether the system knows how.

    It takes some milliseconds; call it from a thread.
    """
    if sys.platform != "linux":
        return False
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):  # a C library other than GNU's
        return False
    return bool(trim(0))
