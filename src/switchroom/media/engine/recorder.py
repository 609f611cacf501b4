"""Writes recordings to disk in a thread of its own, so that no disk keeps audio waiting."""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import Future
from pathlib import Path

from switchroom.base.errors import MediaError
from switchroom.media.engine import _engine
from switchroom.media.files.writing import SoundWriter, open_writer

logger = logging.getLogger(__name__)

#: Seconds between two looks at what was recorded; the engine holds eight seconds.
INTERVAL = 0.1

SAMPLE_RATE = 8000


class _Recording:
    """One file being written; the lock is held by whoever drains it."""

    def __init__(self, path: Path, writer: SoundWriter) -> None:
        self.path = path
        self.writer = writer
        self.samples = 0
        self.failed = False

    def write(self, samples: bytes) -> None:
        """Append; a disk that refuses ends it, not the thread."""
        if not samples or self.failed:
            return
        try:
            self.writer.write(samples)
            self.samples += len(samples) // 2
        except OSError as error:
            self.failed = True
            logger.error("recording %s: %s", self.path, error)  # noqa: TRY400  # known, no trace

    def close(self) -> float:
        try:
            self.writer.close()
        except OSError as error:
            logger.error("recording %s: %s", self.path, error)  # noqa: TRY400  # known, no trace
        return self.samples / SAMPLE_RATE


class Recorder:
    """All recordings of an engine.

    Args:
        pump: Where the samples come from.
    """

    def __init__(self, pump: _engine.Pump) -> None:
        self._pump = pump
        self._lock = threading.Lock()
        self._recordings: dict[int, _Recording] = {}
        self._finishing: list[tuple[_Recording, bytes, Future[float]]] = []
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self, slot: int, path: Path) -> None:
        """Open the file; samples of ``slot`` go into it from now on.

        Raises:
            MediaError: The file cannot be written, or the suffix is unknown.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            writer = open_writer(path)
        except OSError as error:
            raise MediaError(f"cannot record into {path}: {error.strerror}") from error
        if self.path_of(slot) is not None:
            self.finish(slot)
        with self._lock:
            self._recordings[slot] = _Recording(path, writer)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
            self._thread.start()
        self._wake.set()

    def path_of(self, slot: int) -> Path | None:
        """The file that ``slot`` is recorded into."""
        recording = self._recordings.get(slot)
        return recording.path if recording is not None else None

    def finish(self, slot: int) -> Future[float]:
        """Write the rest and close the file; the result is its length in seconds."""
        done: Future[float] = Future()
        with self._lock:
            recording = self._recordings.pop(slot, None)
            if recording is None:
                done.set_result(0.0)
                return done
            self._pump.stop_recording(slot)
            self._finishing.append((recording, self._pump.drain(slot), done))
            self._pump.forget_recording(slot)
        self._wake.set()
        return done

    async def close(self) -> None:
        """Finish every recording and end the thread."""
        for slot in list(self._recordings):
            self.finish(slot)
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        while True:
            self._wake.wait(INTERVAL if self._recordings else None)
            self._wake.clear()
            with self._lock:
                finishing, self._finishing = self._finishing, []
                drained = [
                    (recording, self._pump.drain(slot))
                    for slot, recording in self._recordings.items()
                ]
            for recording, samples in drained:
                recording.write(samples)
            for recording, samples, done in finishing:
                recording.write(samples)
                done.set_result(recording.close())
            if self._stopping and not self._finishing:
                return
