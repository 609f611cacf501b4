"""Python's garbage collector, kept away from what is large and meant to stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
