"""The processes that PocketSphinx works in, and who may use which.

A worker (:mod:`switchroom.recognition.sphinx_worker`) serves one party from a start to its results,
then the next.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import socket
import sys
from collections.abc import Callable, Mapping
from typing import Any

from switchroom.recognition.engine import RecognitionError

logger = logging.getLogger(__name__)

MODULE = "pocketsphinx"
WORKER = "switchroom.recognition.sphinx_worker"
MOST_IDLE = 2  #: workers that wait for work: each has the models in memory
MOST_WORKERS = max(4, 2 * (os.cpu_count() or 1))
START_TIMEOUT = 20.0  #: seconds until a worker has to be there
FREE_TIMEOUT = 5.0  #: seconds that a party waits for one
STOP_TIMEOUT = 10.0  #: seconds that a worker may take to leave a job that is over
MOST_ANSWER = 200_000

_OnAnswer = Callable[[Mapping[str, Any]], None]


class SphinxWorker:
    """The process, seen from here. Made by :meth:`start`."""

    def __init__(self, process: asyncio.subprocess.Process, control: socket.socket) -> None:
        self._process = process
        self._control = control
        self._ready = asyncio.Event()
        self.on_answer: _OnAnswer | None = None  #: of who has it now
        self.on_idle: Callable[[], None] | None = None
        self.is_gone = False
        self._stopping: asyncio.TimerHandle | None = None
        asyncio.get_running_loop().add_reader(control, self._read)

    @classmethod
    async def start(cls) -> SphinxWorker:
        """Start one, and wait until it is there.

        Raises:
            RecognitionError: It does not start.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)  # noqa: FBT003  # as the library has it
        with theirs:
            try:
                process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "switchroom.recognition.sphinx_worker",
                    stdin=theirs.fileno(),
                )
            except OSError as error:
                ours.close()
                raise RecognitionError(f"{MODULE} does not start: {error}") from error
        worker = cls(process, ours)
        try:
            async with asyncio.timeout(START_TIMEOUT):
                await worker._ready.wait()
        except TimeoutError as error:
            worker.end()
            raise RecognitionError(f"{MODULE} does not start in time") from error
        except BaseException:
            worker.end()
            raise
        if worker.is_gone:
            raise RecognitionError(f"{MODULE} does not start")
        return worker

    def give(self, job: Mapping[str, Any], voice: int) -> None:
        """Let it work; the pipe stays the caller's.

        Raises:
            RecognitionError: It is gone, or the grammars are too long.
        """
        try:
            socket.send_fds(self._control, [json.dumps(job).encode()], [voice])
        except OSError as error:
            raise RecognitionError(f"{MODULE} takes no work: {error}") from error

    def ask_partial(self) -> None:
        """Let it tell what was understood by now."""
        with contextlib.suppress(OSError):
            self._control.send(b"{}")

    def leave(self) -> None:
        """Its job is over: it ends, unless it is soon ready for the next one."""
        self.on_answer = None
        if not self.is_gone and self.on_idle is not None:
            self._stopping = asyncio.get_running_loop().call_later(STOP_TIMEOUT, self.end)

    def end(self) -> None:
        """End the process."""
        self._is_over()
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def wait(self) -> None:
        """Until the process has ended."""
        await self._process.wait()

    def _read(self) -> None:
        while not self.is_gone:
            try:
                data = self._control.recv(MOST_ANSWER)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self._is_over()
                return
            self._take(json.loads(data))

    def _take(self, answer: Mapping[str, Any]) -> None:
        if answer["event"] == "ready":
            self._ready.set()
        elif answer["event"] == "idle":
            self.on_answer = None
            self._expect_nothing()
            if self.on_idle is not None:
                self.on_idle()
        elif self.on_answer is not None:
            self.on_answer(answer)

    def _expect_nothing(self) -> None:
        if self._stopping is not None:
            self._stopping.cancel()
            self._stopping = None

    def _is_over(self) -> None:
        if self.is_gone:
            return
        self.is_gone = True
        self._expect_nothing()
        asyncio.get_running_loop().remove_reader(self._control)
        self._control.close()
        self._ready.set()
        if self.on_answer is not None:
            self.on_answer({"event": "failed", "why": "its process has ended"})
        if self.on_idle is not None:
            self.on_idle()


class SphinxWorkers:
    """All of a node; they are started when they are needed."""

    def __init__(self) -> None:
        self._workers: set[SphinxWorker] = set()
        self._idle: list[SphinxWorker] = []
        self._room = asyncio.Semaphore(MOST_WORKERS)

    async def warm(self) -> None:
        """See that there is one, so that the first party does not wait for it.

        Raises:
            RecognitionError: None starts.
        """
        if not self._workers:
            self._put_back(await self._start())

    async def lease(self) -> SphinxWorker:
        """A worker; it comes back by itself when its job is over.

        Raises:
            RecognitionError: All are at work.
        """
        try:
            async with asyncio.timeout(FREE_TIMEOUT):
                await self._room.acquire()
        except TimeoutError as error:
            raise RecognitionError(f"all {MOST_WORKERS} workers of {MODULE} are busy") from error
        try:
            worker = self._idle.pop() if self._idle else await self._start()
        except BaseException:
            self._room.release()
            raise
        worker.on_idle = lambda: self._return(worker)
        return worker

    async def close(self) -> None:
        """End all workers."""
        workers = tuple(self._workers)
        for worker in workers:
            worker.end()
        for worker in workers:
            await worker.wait()

    async def _start(self) -> SphinxWorker:
        worker = await SphinxWorker.start()
        self._workers.add(worker)
        return worker

    def _return(self, worker: SphinxWorker) -> None:
        worker.on_idle = None
        self._room.release()
        self._put_back(worker)

    def _put_back(self, worker: SphinxWorker) -> None:
        if not worker.is_gone and len(self._idle) < MOST_IDLE:
            self._idle.append(worker)
            return
        worker.end()
        self._workers.discard(worker)
