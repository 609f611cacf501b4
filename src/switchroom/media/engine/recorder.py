"""Writes recordings to disk in a thread of its own, so that no disk keeps audio waiting."""

from __future__ import annotations

import asyncio
import itertools
import logging
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

from switchroom.base.errors import MediaError
from switchroom.base.futures import settle
from switchroom.media.api import MonitorPlan
from switchroom.media.codecs.samples import amplify, interleave, mix
from switchroom.media.engine import _engine
from switchroom.media.files.writing import SoundWriter, open_writer

logger = logging.getLogger(__name__)

#: Seconds between two looks at what was recorded; the engine holds eight seconds, and a process
#: that is killed loses what was not written yet.
INTERVAL = 0.25

SAMPLE_RATE = 8000

#: Which recording: the stream's slot, and the number of its tap; 0: of what the party says alone.
Key = tuple[int, int]


class _File:
    """One file being written."""

    def __init__(self, path: Path, *, append: bool = False) -> None:
        self.path = path
        self._failed = False
        self._samples = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer: SoundWriter = open_writer(path, append=append)
        except OSError as error:
            raise MediaError(f"cannot record into {path}: {error.strerror}") from error

    @property
    def duration(self) -> float:
        """Seconds that were written."""
        return self._samples / SAMPLE_RATE

    def write(self, samples: bytes) -> None:
        """Append; a disk that refuses ends it, not the thread."""
        if not samples or self._failed:
            return
        try:
            self._writer.write(samples)
            self._samples += len(samples) // 2
        except OSError as error:
            self._failed = True
            self._complain(error)

    def close(self) -> None:
        try:
            self._writer.close()
        except OSError as error:
            self._complain(error)

    def _complain(self, error: OSError) -> None:
        logger.error("recording %s: %s", self.path, error)


class _Recording(Protocol):
    """Audio on its way into files; drained under the recorder's lock, written without."""

    path: Path

    def drain(self) -> tuple[bytes, bytes]:
        """Take what was recorded since the last call: what was said, what was heard."""

    def write(self, said: bytes, heard: bytes) -> None:
        """Append it."""

    def stop(self) -> None:
        """No more comes; what came before can still be drained."""

    def forget(self) -> None:
        """It was drained for the last time."""

    def close(self) -> float:
        """Make the files whole; returns their length in seconds."""
        ...


class _PartyRecording:
    """What a party says, into one file."""

    def __init__(self, pump: _engine.Pump, slot: int, path: Path) -> None:
        self._pump = pump
        self._slot = slot
        self._file = _File(path)
        self.path = path

    def drain(self) -> tuple[bytes, bytes]:
        return self._pump.recording.drain(self._slot), b""

    def write(self, said: bytes, heard: bytes) -> None:
        self._file.write(said)

    def stop(self) -> None:
        self._pump.recording.stop(self._slot)

    def forget(self) -> None:
        self._pump.recording.forget(self._slot)

    def close(self) -> float:
        self._file.close()
        return self._file.duration


class _CallRecording:
    """Both directions of a stream, mixed or each for itself."""

    def __init__(self, pump: _engine.Pump, key: Key, plan: MonitorPlan) -> None:
        self._pump = pump
        self._key = key
        self._plan = plan
        self._files: list[_File] = []
        try:
            self._mixed, self._said, self._heard = (
                self._open(path) for path in (plan.mixed, plan.said, plan.heard)
            )
        except MediaError:
            self.close()
            raise
        if not self._files:
            raise MediaError("cannot record: there is no file to record into")
        self.path = self._files[0].path
        pump.listening.add_tap(*key, plan.only_connected)

    def _open(self, path: Path | None) -> _File | None:
        if path is None:
            return None
        file = _File(path, append=self._plan.append)
        self._files.append(file)
        return file

    def drain(self) -> tuple[bytes, bytes]:
        said, heard, lost = self._pump.listening.drain_tap(*self._key)
        if lost:
            logger.warning(
                "recording %s: %.1f s are missing, the disk is too slow",
                self.path, lost / SAMPLE_RATE,
            )  # fmt: skip
        return said, heard

    def write(self, said: bytes, heard: bytes) -> None:
        said = amplify(said, self._plan.said_gain)
        heard = amplify(heard, self._plan.heard_gain)
        if self._mixed is not None:
            both = interleave if self._plan.interleaved else mix
            self._mixed.write(both(said, heard))
        if self._said is not None:
            self._said.write(said)
        if self._heard is not None:
            self._heard.write(heard)

    def stop(self) -> None:
        self._pump.listening.pause_tap(*self._key, paused=True)

    def forget(self) -> None:
        self._pump.listening.remove_tap(*self._key)

    def close(self) -> float:
        for file in self._files:
            file.close()
        return self._files[0].duration if self._files else 0.0


class EngineMonitor:
    """Fulfils :class:`~switchroom.media.api.Monitor`."""

    def __init__(self, recorder: Recorder, pump: _engine.Pump, key: Key) -> None:
        self._recorder = recorder
        self._pump = pump
        self._key = key

    def pause(self, *, paused: bool) -> None:
        """Leave out what is said from now on, or go on."""
        if self._recorder.path_of(*self._key) is not None:
            self._pump.listening.pause_tap(*self._key, paused=paused)

    def mute(self, *, said: bool, heard: bool) -> None:
        """Have silence in the files instead of what the party says, or hears."""
        if self._recorder.path_of(*self._key) is not None:
            self._pump.listening.mute_tap(*self._key, said=said, heard=heard)

    async def stop(self) -> float:
        """End it, and wait until its files are whole; returns the seconds that it wrote."""
        ending = self._recorder.ending(*self._key)
        if ending is not None:  # with its stream
            await asyncio.wrap_future(ending)
            return 0.0
        return await asyncio.wrap_future(self._recorder.finish(*self._key))


class Recorder:
    """All recordings of an engine.

    Args:
        pump: Where the samples come from.
    """

    def __init__(self, pump: _engine.Pump) -> None:
        self._pump = pump
        self._lock = threading.Lock()
        self._recordings: dict[Key, _Recording] = {}
        self._finishing: list[tuple[_Recording, tuple[bytes, bytes], Future[float]]] = []
        self._ending: dict[Key, Future[float]] = {}  # those of self._finishing
        self._numbers = itertools.count(1)
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self, slot: int, path: Path) -> None:
        """Open the file; what the party of ``slot`` says goes into it from now on.

        Raises:
            MediaError: The file cannot be written, or the suffix is unknown.
        """
        recording = _PartyRecording(self._pump, slot, path)
        self.finish(slot)
        self._add((slot, 0), recording)

    def monitor(self, slot: int, plan: MonitorPlan) -> EngineMonitor:
        """Open the files; both directions of ``slot`` go into them from now on.

        Raises:
            MediaError: A file cannot be written, or its suffix is unknown.
        """
        key = (slot, next(self._numbers))
        self._add(key, _CallRecording(self._pump, key, plan))
        return EngineMonitor(self, self._pump, key)

    def _add(self, key: Key, recording: _Recording) -> None:
        with self._lock:
            self._recordings[key] = recording
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
            self._thread.start()
        self._wake.set()

    def path_of(self, slot: int, number: int = 0) -> Path | None:
        """The file that is recorded into; None where that has ended."""
        recording = self._recordings.get((slot, number))
        return recording.path if recording is not None else None

    def finish(self, slot: int, number: int = 0) -> Future[float]:
        """Write the rest and close the file; the result is its length in seconds."""
        done: Future[float] = Future()
        with self._lock:
            recording = self._recordings.pop((slot, number), None)
            if recording is None:
                done.set_result(0.0)
                return done
            recording.stop()
            self._finishing.append((recording, recording.drain(), done))
            recording.forget()
            self._ending[slot, number] = done
        done.add_done_callback(lambda done: self._forget((slot, number), done))
        self._wake.set()
        return done

    def _forget(self, key: Key, done: Future[float]) -> None:
        with self._lock:
            if self._ending.get(key) is done:
                del self._ending[key]

    def ending(self, slot: int, number: int) -> Future[float] | None:
        """Done when the files of a recording that was ended are whole; None where they are."""
        return self._ending.get((slot, number))

    def finish_all(self, slot: int) -> None:
        """A stream is about to be closed."""
        for key in [key for key in self._recordings if key[0] == slot]:
            self.finish(*key)

    async def close(self) -> None:
        """Finish every recording and end the thread."""
        for key in list(self._recordings):
            self.finish(*key)
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
                recordings = list(self._recordings.items())
            for key, recording in recordings:
                self._write(key, recording)
            for ended, samples, done in finishing:
                ended.write(*samples)
                settle(done, ended.close())
            if self._stopping and not self._finishing:
                return

    def _write(self, key: Key, recording: _Recording) -> None:
        with self._lock:
            if key not in self._recordings:
                return  # it ended meanwhile: who ended it has drained it
            samples = recording.drain()
        recording.write(*samples)
