"""Telling from a thread what became of something, to who may wait for it no longer."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def settle(done: Future[T], result: T) -> None:
    """Set a result, unless whoever waited was cancelled: that must not end the thread.

    Args:
        done: Nobody else settles it. A caller that waits with :func:`asyncio.wrap_future` and is
            cancelled has it cancelled too, between any two lines of the thread.
        result: What it comes to.
    """
    if done.set_running_or_notify_cancel():  # from here on it cannot be cancelled
        done.set_result(result)
