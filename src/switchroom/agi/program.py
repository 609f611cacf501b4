"""A script that is a program of this machine: three pipes and a process group."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Sequence
from pathlib import Path

from switchroom.agi.session import ScriptError
from switchroom.agi.wire import MAX_LINE
from switchroom.config.asterisk_conf import Directories

logger = logging.getLogger(__name__)

STOP_TIMEOUT = 2.0  #: seconds between SIGTERM and SIGKILL
MAX_COMPLAINTS = 100  #: lines of its standard error that are logged
VOICE = 3  #: the descriptor that a program of EAGI() reads the caller's voice from


class Program:
    """Fulfils :class:`~switchroom.agi.session.Script`. Made by :meth:`start`."""

    def __init__(self, process: asyncio.subprocess.Process, name: str) -> None:
        self._process = process
        self._name = name
        self._complaining = asyncio.get_running_loop().create_task(self._log_complaints())

    @classmethod
    async def start(
        cls,
        path: Path,
        arguments: Sequence[str],
        directories: Directories,
        *,
        voice: int | None = None,
    ) -> Program:
        """Start it.

        Args:
            path: The program.
            arguments: What it gets.
            directories: What its environment tells it.
            voice: A descriptor that becomes its third; it stays the caller's.

        Raises:
            ScriptError: It cannot be run.
        """
        command = [str(path), *arguments]
        if voice is not None:
            if not os.access(path, os.X_OK):
                raise ScriptError(f"cannot run {path}: it is not executable")
            # Nothing but a shell gives a child a descriptor by another number.
            move = f'exec "$0" "$@" {VOICE}</proc/self/fd/{voice}'
            command = ["/bin/sh", "-c", move, *command]
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                pass_fds=() if voice is None else (voice,),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env={**os.environ, **_environment(directories)},
                start_new_session=True,
                limit=MAX_LINE,
            )
        except (OSError, ValueError) as error:  # not executable; a null in an argument
            raise ScriptError(f"cannot run {path}: {error}") from error
        return cls(process, path.name)

    async def read_line(self) -> str | None:
        """See :class:`~switchroom.agi.session.Script`."""
        return await read_line(self._process.stdout, self._name)

    async def write(self, text: str) -> None:
        """See :class:`~switchroom.agi.session.Script`."""
        assert self._process.stdin is not None
        await write(self._process.stdin, text)

    async def tell_hangup(self) -> None:
        """See :class:`~switchroom.agi.session.Script`."""
        self._signal(signal.SIGHUP)

    def kill(self) -> None:
        """See :class:`~switchroom.agi.session.Script`."""
        self._signal(signal.SIGTERM)

    async def end(self) -> int:
        """Close its pipes, see that it ends; returns its status, negative for a signal."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(STOP_TIMEOUT):
                await self._process.wait()
        except TimeoutError:
            self._signal(signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_TIMEOUT):
                    await self._process.wait()
        self._signal(signal.SIGKILL)  # and what it has left behind
        await self._process.wait()
        self._complaining.cancel()
        return self._process.returncode or 0

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    async def _log_complaints(self) -> None:
        """Log what it writes to its standard error, up to a limit; the rest is read and dropped."""
        stream = self._process.stderr
        assert stream is not None
        count = 0
        while data := await stream.read(MAX_LINE):
            for line in data.decode("utf-8", "replace").splitlines()[: MAX_COMPLAINTS - count]:
                logger.warning("%s: %s", self._name, line)
                count += 1


def _environment(directories: Directories) -> dict[str, str]:
    """Where things are, as the original tells its scripts."""
    return {
        "AST_CONFIG_DIR": str(directories.astetcdir),
        "AST_CONFIG_FILE": str(directories.astetcdir / "asterisk.conf"),
        "AST_MODULE_DIR": str(directories.astmoddir),
        "AST_SPOOL_DIR": str(directories.astspooldir),
        "AST_MONITOR_DIR": str(directories.astspooldir / "monitor"),
        "AST_VAR_DIR": str(directories.astvarlibdir),
        "AST_DATA_DIR": str(directories.astdatadir),
        "AST_LOG_DIR": str(directories.astlogdir),
        "AST_AGI_DIR": str(directories.astagidir),
        "AST_KEY_DIR": str(directories.astkeydir),
        "AST_RUN_DIR": str(directories.astrundir),
    }


async def read_line(stream: asyncio.StreamReader | None, name: str) -> str | None:
    """A line without its end; None at the end of the stream.

    Raises:
        ScriptError: A line has no end.
    """
    assert stream is not None
    try:
        line = await stream.readline()
    except ValueError as error:
        raise ScriptError(f"{name} sent {MAX_LINE} octets without a line's end") from error
    except OSError:
        return None
    return line.decode("utf-8", "surrogateescape").rstrip("\r\n") if line else None


async def write(stream: asyncio.StreamWriter, text: str) -> None:
    """Write and wait until it is taken; one that is gone hears nothing."""
    if stream.is_closing():  # to uvloop, writing to it is an error of the program's own
        return
    with contextlib.suppress(OSError):
        stream.write(text.encode("utf-8", "surrogateescape"))
        await stream.drain()
