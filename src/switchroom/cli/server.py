"""The control socket: runs commands for whoever may open a file of the server's user."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import stat
from pathlib import Path
from struct import Struct

from switchroom.base.errors import SwitchroomError
from switchroom.cli.context import CliContext
from switchroom.cli.permissions import CliPermissions, CommandRights
from switchroom.cli.registry import CommandTable
from switchroom.cli.version import version_text
from switchroom.cli.wire import (
    MAX_REQUEST_BYTES,
    Banner,
    Frame,
    FrameDecoder,
    FrameKind,
    WireError,
    encode_frame,
    encode_output,
)

logger = logging.getLogger(__name__)

MAX_CLIENTS = 64
MAX_WAITING = 16  #: requests of one client that wait for their turn
MAX_PATH_BYTES = 107  #: what the kernel has room for
_READ_BYTES = 64 * 1024
_CLOSE_TIMEOUT = 1.0  #: seconds
_ACCEPT_TURNS = 5
_CREDENTIALS = Struct("3i")  #: process, user and group at the other end of a socket


class ControlSocketError(SwitchroomError):
    """The control socket cannot be opened."""


class ControlServer:
    """Listens on the control socket while entered.

    Args:
        path: Where; its folder is made when absent. A socket that a dead server left is replaced.
        commands: What may be run.
        context: What they work on.
        mode: The socket file's permissions: they are all that protects it.
    """

    def __init__(
        self, path: Path, commands: CommandTable, context: CliContext, *, mode: int = 0o600
    ) -> None:
        self._path = path
        self._commands = commands
        self._context = context
        self._mode = mode
        self._listening: tuple[asyncio.Server, socket.socket] | None = None
        self._clients: set[asyncio.Task[None]] = set()
        self._inode = (0, 0)

    async def start(self) -> None:
        """Open the socket.

        Raises:
            ControlSocketError: Another server answers there, or the place is impossible.
        """
        try:
            listener = _listen(self._path, self._mode)
        except OSError as error:
            message = f"cannot open the control socket {self._path}: {error.strerror or error}"
            raise ControlSocketError(message) from error
        found = self._path.stat()
        self._inode = (found.st_dev, found.st_ino)
        server = await asyncio.start_unix_server(self._serve, sock=listener)
        self._listening = (server, listener)

    async def close(self) -> None:
        """Stop listening, end all clients, remove the socket if it is still ours."""
        if self._listening is None:
            return
        server, listener = self._listening
        self._listening = None
        # A connection that was accepted a moment ago becomes a task within a few turns of the loop;
        # closing the server in between would leave its socket open (CPython 3.11).
        asyncio.get_running_loop().remove_reader(listener)
        for _ in range(_ACCEPT_TURNS):
            await asyncio.sleep(0)
        server.close()
        clients = list(self._clients)
        for client in clients:
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)
        with contextlib.suppress(OSError):
            found = self._path.stat()
            if (found.st_dev, found.st_ino) == self._inode:
                self._path.unlink()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        try:
            if len(self._clients) > MAX_CLIENTS:
                logger.warning("more than %d CLI clients; one was turned away", MAX_CLIENTS)
                return
            banner = Banner(version_text(), socket.gethostname(), os.getpid())
            writer.write(banner.encode())
            await self._converse(reader, writer, self._rights(writer))
        except asyncio.CancelledError:
            # close() ended it; what was written still goes out. Asyncio would log the cancel.
            pass
        except Exception:  # the supervisor of clients: one that fails harms no other
            logger.exception("a CLI client's connection failed")
        finally:
            await _close(writer)
            self._clients.discard(task)

    def _rights(self, writer: asyncio.StreamWriter) -> CommandRights:
        """What whoever connected may do; the kernel says who that is."""
        size = _CREDENTIALS.size
        connected = writer.get_extra_info("socket")
        raw = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
        _, uid, gid = _CREDENTIALS.unpack(raw)
        return self._context.pbx.datastore(CliPermissions).rights_of(uid, gid)

    async def _converse(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rights: CommandRights
    ) -> None:
        """Answer one request after the other; stop a running one when the client goes."""
        waiting: asyncio.Queue[Frame] = asyncio.Queue(MAX_WAITING)
        async with asyncio.TaskGroup() as group:
            answering = group.create_task(self._answer_all(waiting, writer, rights))
            try:
                await _read_requests(reader, waiting)
            except (OSError, WireError) as error:
                logger.debug("a CLI client left: %s", error)
            finally:
                answering.cancel()

    async def _answer_all(
        self, waiting: asyncio.Queue[Frame], writer: asyncio.StreamWriter, rights: CommandRights
    ) -> None:
        while True:
            frame = await waiting.get()
            try:
                await self._answer(frame, writer, rights)
            except OSError:
                return  # it hung up; the reading side ends the conversation

    async def _answer(
        self, frame: Frame, writer: asyncio.StreamWriter, rights: CommandRights
    ) -> None:
        if frame.kind is FrameKind.COMMAND:
            text = await self._commands.execute(frame.text, self._context, rights)
            for chunk in encode_output(text):
                writer.write(chunk)
                await writer.drain()
            writer.write(encode_frame(FrameKind.END, "0"))
        elif frame.kind is FrameKind.COMPLETE:
            words = self._commands.complete(frame.text, self._context)
            writer.write(encode_frame(FrameKind.COMPLETIONS, "\n".join(words)))
        await writer.drain()


async def _close(writer: asyncio.StreamWriter) -> None:
    """Let what was written go out, but do not wait long for a client that reads no further."""
    writer.close()
    try:
        async with asyncio.timeout(_CLOSE_TIMEOUT):
            await writer.wait_closed()
    except (TimeoutError, asyncio.CancelledError):
        # Cancelled or not, this is the task's last step: the transport must be gone with it.
        writer.transport.abort()
        await asyncio.sleep(0)
    except OSError:
        pass  # it was gone before


async def _read_requests(reader: asyncio.StreamReader, waiting: asyncio.Queue[Frame]) -> None:
    decoder = FrameDecoder(MAX_REQUEST_BYTES)
    while data := await reader.read(_READ_BYTES):
        for frame in decoder.feed(data):
            try:
                waiting.put_nowait(frame)
            except asyncio.QueueFull as error:
                raise WireError(f"more than {MAX_WAITING} requests at once") from error


def _listen(path: Path, mode: int) -> socket.socket:
    """Bind with the right permissions from the first moment on."""
    if len(os.fsencode(path)) > MAX_PATH_BYTES:
        message = f"its path is longer than {MAX_PATH_BYTES} bytes; set a shorter astrundir"
        raise OSError(message)
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_stale(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        # Linux gives the file the mode of the unbound socket: there is no moment at which others
        # could connect.
        os.fchmod(listener.fileno(), mode)
        listener.bind(os.fsencode(path))
        path.chmod(mode)
        listener.setblocking(False)  # noqa: FBT003  # the socket module's own signature
    except OSError:
        listener.close()
        raise
    return listener


def _remove_stale(path: Path) -> None:
    """Remove what a dead server left; an answering one, or no socket at all, is left alone."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise OSError("there is a file of that name that is no socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(os.fsencode(path))
        except (ConnectionRefusedError, FileNotFoundError):
            path.unlink(missing_ok=True)
        else:
            raise OSError("another server answers there; stop it first")
