"""Python's garbage collector, kept away from what is large and meant to stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: Objects made between two collections of the youngest generation: calls make few cycles, and a
#: collection while packets wait costs more than the memory.
THRESHOLDS = (50_000, 20, 50)


def hold_collector() -> None:
    """Let a program that stays start without collections: what it makes now, it keeps."""
    gc.disable()


def settle_collector() -> None:
    """Look for cycles in what comes from now on; what was made until now lives as long as we do.

    It is not even looked through once: that takes a twentieth of a second, and finds nothing that
    would be seen in the memory.
    """
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    gc.enable()


@contextmanager
def collector_away() -> Iterator[None]:
    """Build something large, in any thread, without a full collection during or right after it.

    A full collection holds up all threads for as long as there are objects; making a hundred
    thousand of them asks for one. What was made counts as old at once.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        # To the oldest generation and past the count that asks for the next full collection.
        gc.freeze()
        gc.unfreeze()
        if was_enabled:
            gc.enable()
