"""What becomes of recordings once they are made: off-box by a command, deleted when it is time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from pathlib import Path

from switchroom.config.recordings import RecordingsConfig
from switchroom.ops.commands import run_command
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.recordings.calls import CallRecordings
from switchroom.storage.recordings import RecordingFile, Recordings, upload_command

logger = logging.getLogger(__name__)

SETTLES = 60.0  #: seconds without a change after which a file that nobody records into is whole
KEPT_OUTPUT = 300  #: octets of what a command says


class Upkeep:
    """Of one folder.

    Args:
        recordings: The folder.
        config: What is to become of them.
        now: The wall clock.
    """

    def __init__(
        self, recordings: Recordings, config: RecordingsConfig, now: Callable[[], float]
    ) -> None:
        self.recordings = recordings
        self.config = config
        self._now = now

    async def upload(
        self, *, busy: Callable[[], Collection[Path]] = tuple, settles: float = SETTLES
    ) -> tuple[list[RecordingFile], list[RecordingFile]] | None:
        """Let the command have each file that is due; what went, and what did not.

        Args:
            busy: Tells what is being recorded into just now.
            settles: Seconds without a change after which the other files are whole.

        Returns:
            None where another process is at it.
        """
        with self.recordings.alone() as is_alone:
            if not is_alone:
                return None
            due = await asyncio.to_thread(
                self.recordings.to_upload, self._now(), busy=busy(), settles=settles
            )
            done: list[RecordingFile] = []
            failed: list[RecordingFile] = []
            for file in due:
                (done if await self._upload(file, busy) else failed).append(file)
            await asyncio.to_thread(self.recordings.forget_removed)
            return done, failed

    async def _upload(self, file: RecordingFile, busy: Callable[[], Collection[Path]]) -> bool:
        recordings, path = self.recordings, self.recordings.path(file)
        command = upload_command(self.config.upload, path, file.name)
        try:
            ended = await run_command(f"({command}) 2>&1", keep=KEPT_OUTPUT)
            why = "" if ended.code == 0 else f"exit code {ended.code}: {_said(ended.output)}"
        except OSError as error:
            why = str(error)
        if why:
            failures = await asyncio.to_thread(self._note_failure, file, why)
            logger.warning("%s is not uploaded (attempt %d): %s", path, failures, why)
            return False
        await asyncio.to_thread(recordings.note, file, at=self._now())
        logger.info("%s is uploaded", path)
        if self.config.removes_uploaded and path not in busy():
            await asyncio.to_thread(recordings.remove, file)
        return True

    def _note_failure(self, file: RecordingFile, why: str) -> int:
        """Keep that an attempt failed; returns how many those are in a row."""
        last = self.recordings.transfers().get(file)
        failures = 1 + (last.failures if last is not None else 0)
        self.recordings.note(file, at=self._now(), failures=failures, why=why)
        return failures

    def to_prune(
        self, *, busy: Collection[Path] = (), settles: float = SETTLES, forces: bool = False
    ) -> list[RecordingFile]:
        """What may be deleted; with ``forces`` also what is not off-box."""
        return self.recordings.to_prune(
            self._now(),
            keep_for=self.config.keep_for,
            keep_bytes=self.config.keep_bytes,
            only_uploaded=bool(self.config.upload) and not forces,
            busy=busy,
            settles=settles,
        )

    def prune(
        self, *, busy: Collection[Path] = (), settles: float = SETTLES, forces: bool = False
    ) -> list[RecordingFile]:
        """Delete it; returns what was deleted."""
        due = self.to_prune(busy=busy, settles=settles, forces=forces)
        gone = [file for file in due if self.recordings.remove(file)]
        for file in gone:
            logger.info("%s is deleted", self.recordings.path(file))
        return gone

    async def tend(self, pbx: Pbx) -> None:
        """Upload and prune, without what is being recorded."""
        if self.config.upload:
            await self.upload(busy=lambda: files_in_use(pbx))
        busy = files_in_use(pbx)
        await asyncio.to_thread(lambda: self.prune(busy=busy))


def files_in_use(pbx: Pbx) -> set[Path]:
    """What the calls of a node record into."""
    return {
        path
        for channel in pbx.channels.values()
        for recording in channel.datastore(CallRecordings).running.values()
        for path in recording.order.files
    }


def _said(output: bytes) -> str:
    text = output.decode("utf-8", "replace").strip()
    return text.splitlines()[-1] if text else "it said nothing"
