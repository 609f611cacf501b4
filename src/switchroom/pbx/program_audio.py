"""What a program writes to its standard output, read no faster than it is heard."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from types import TracebackType
from typing import Self

CHUNK = 0.1  #: seconds that are handed on at once
LEAD = 0.3  #: seconds that who listens has in hand, so that a pause of the program is not heard


class ProgramAudio:
    """The samples of one program, killed with its whole group at the end of the ``with``.

    Args:
        process: Leads a process group of its own, and writes to a pipe.
        octets_per_second: Of what it writes.
    """

    def __init__(self, process: asyncio.subprocess.Process, octets_per_second: int) -> None:
        self._process = process
        self._octets = round(CHUNK * octets_per_second)
        self._loop = asyncio.get_running_loop()
        self._due_at = self._loop.time() - LEAD

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
        # What was written and not read would keep wait() waiting, and asyncio has no other way to
        # drop it.
        self._process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001  # see above
        await self._process.wait()

    def kill(self) -> None:
        """End it; what it has written can still be read."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    async def next_chunk(self) -> bytes:
        """The next :data:`CHUNK` seconds, once they are due; less or nothing at the end."""
        await asyncio.sleep(max(0.0, self._due_at - self._loop.time()))
        assert self._process.stdout is not None
        try:
            chunk = await self._process.stdout.readexactly(self._octets)
        except asyncio.IncompleteReadError as error:
            chunk = error.partial
        self._due_at = max(self._due_at + CHUNK, self._loop.time() - LEAD)
        return chunk
