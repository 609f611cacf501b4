"""Commands of the operating system, for as long as they need and no longer than they may."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from dataclasses import dataclass

LONGEST = 3600.0  #: seconds; what runs longer than a call ever waits for it is killed
CHUNK = 16_384

NOT_FOUND = 127  #: what a shell exits with when there is no such command


@dataclass(frozen=True, slots=True)
class CommandEnd:
    """How a command ended."""

    code: int  #: its exit code; negative: the signal that killed it
    output: bytes = b""


async def run_command(command: str, *, keep: int = 0, within: float = LONGEST) -> CommandEnd:
    """Run a shell command to its end.

    It gets a process group of its own, all of which is killed when it takes too long or this is
    cancelled.

    Args:
        command: What the shell gets.
        keep: How many octets of its output are wanted; the rest is dropped.
        within: Seconds it may take.

    Raises:
        OSError: It cannot be run.
    """
    process = await asyncio.create_subprocess_shell(
        command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE if keep else None,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(within):
            output = await _read(process.stdout, keep) if process.stdout is not None else b""
            return CommandEnd(await process.wait(), output)
    except TimeoutError:
        return CommandEnd(-signal.SIGKILL)
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def _read(stream: asyncio.StreamReader, keep: int) -> bytes:
    kept = bytearray()
    while chunk := await stream.read(CHUNK):
        kept += chunk[: keep - len(kept)]
    return bytes(kept)
