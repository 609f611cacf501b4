"""The thread in which everything happens that waits for a database."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextvars import Context
from typing import Any, TypeVar

T = TypeVar("T")

CLOSING_PATIENCE = 3.0  #: seconds that what still runs gets to end


class _Loop(asyncio.SelectorEventLoop):
    """A loop to which threads of drivers may report after its end: nobody listens then."""

    def call_soon_threadsafe(  # type: ignore[override]  # its arguments' types are variadic there
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        try:
            return super().call_soon_threadsafe(callback, *args, context=context)
        except RuntimeError:
            if not self.is_closed():
                raise
            return asyncio.Handle(callback, args, self, context)


class SqlThread:
    """One event loop in one thread; started when it is made."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop = _Loop()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="sql", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start something there; cancelling what is returned cancels it."""
        if self._is_closed:
            work.close()
            future: Future[T] = Future()
            future.cancel()
            return future
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def close(self) -> None:
        """Cancel what runs and end; may be repeated."""
        if self._is_closed:
            return
        self._is_closed = True
        asyncio.run_coroutine_threadsafe(self._end(), self.loop)
        self._thread.join()
        self.loop.close()

    async def _end(self) -> None:
        running = asyncio.all_tasks(self.loop) - {asyncio.current_task()}
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=CLOSING_PATIENCE)
        await self.loop.shutdown_asyncgens()
        self.loop.stop()
