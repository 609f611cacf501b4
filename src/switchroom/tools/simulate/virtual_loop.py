"""An asyncio loop whose clock jumps to the next timer whenever nothing else can run."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

#: Turns of the loop in one instant after which somebody runs for ever; the interpreter makes one
#: turn in 128 priorities.
MAX_TURNS = 2_000


class StandstillError(RuntimeError):
    """Everybody waits, and nothing is armed that would ever wake anyone."""


class _JumpingSelector(selectors.DefaultSelector):  # type: ignore[misc,valid-type,unused-ignore]
    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> list[Any]:
        if self.loop.threads:
            # A thread takes no virtual time: whatever the timers say, it is waited for.
            return super().select(timeout if timeout == 0 else None)
        ready = super().select(0)
        if ready or timeout == 0:
            self.loop.turn()
            return ready
        if timeout is None:
            raise StandstillError("deadlock: nothing ready and no timer armed")
        self.loop.advance(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop for code without sockets: an hour of waiting costs milliseconds.

    Args:
        on_endless: Called when :data:`MAX_TURNS` turns have not moved the clock; what it raises
            ends the loop.
    """

    def __init__(self, on_endless: Callable[[], None] | None = None) -> None:
        self.on_endless = on_endless
        self.threads = 0
        self._now = 0.0
        self._turns = 0
        selector = _JumpingSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock; the loop does so itself whenever all that is left to do is wait."""
        self._now += seconds
        self._turns = 0

    def turn(self) -> None:
        """The selector tells: there was something to do at this very instant."""
        self._turns += 1
        if self._turns > MAX_TURNS and self.on_endless is not None:
            self._turns = 0
            self.on_endless()

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Run ``func`` in a thread; the clock stands still until it is done."""
        future: asyncio.Future[T] = super().run_in_executor(executor, func, *args)
        self.threads += 1
        future.add_done_callback(self._leave_thread)
        return future

    def _leave_thread(self, _: asyncio.Future[Any]) -> None:
        self.threads -= 1

    async def shutdown_default_executor(self, *args: Any, **options: Any) -> None:
        """Wait for the threads; a thread of its own does that, so the clock stands still here."""
        self.threads += 1
        try:
            await super().shutdown_default_executor(*args, **options)
        finally:
            self.threads -= 1


def run_virtual(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a loop whose clock jumps."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
