"""Commands that calls started: they go on when the call ends, and end with the node."""

from __future__ import annotations

import asyncio

from switchroom.ops.commands import CommandEnd, run_command
from switchroom.pbx.pbx import Pbx


class RunningCommands:
    """Those of one node, by ``pbx.datastore(RunningCommands)``."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._ends_with_node = False

    async def run(self, pbx: Pbx, command: str, *, keep: int = 0) -> CommandEnd:
        """Run a shell command to its end.

        When who waits for it is cancelled it goes on: a call that is over must not leave a file
        half converted.

        Args:
            pbx: The node's core.
            command: What the shell gets.
            keep: How many octets of its output are wanted.

        Raises:
            OSError: It cannot be run.
        """
        if not self._ends_with_node:
            self._ends_with_node = True
            pbx.at_end(self.kill)
        end: asyncio.Future[CommandEnd] = asyncio.get_running_loop().create_future()
        task = pbx.spawn(_run(command, keep, end), name=f"command {command[:40]!r}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await end

    def kill(self) -> None:
        """End all that still run."""
        for task in tuple(self._tasks):
            task.cancel()


async def _run(command: str, keep: int, end: asyncio.Future[CommandEnd]) -> None:
    try:
        ended = await run_command(command, keep=keep)
    except OSError as error:
        if not end.done():
            end.set_exception(error)
    else:
        if not end.done():
            end.set_result(ended)
    finally:
        end.cancel()
