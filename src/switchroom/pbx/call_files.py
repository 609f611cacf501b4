"""The spool of call files: looks into a folder, makes the calls, and files away what is over.

A file counts from its time of change on: one that lies ahead is a call for later. Each attempt is
noted in the file, so that a restart goes on counting.
"""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path

from switchroom.pbx.call_file import MAX_BYTES, CallFile, CallFileError, parse_call_file
from switchroom.pbx.channel import Channel
from switchroom.pbx.dialing import DialStatus
from switchroom.pbx.originate import originate
from switchroom.pbx.outsider import NoWire
from switchroom.pbx.pbx import Pbx

logger = logging.getLogger(__name__)

INTERVAL = 1.0  #: seconds between two looks into the folder
MAX_AT_ONCE = 200  #: calls of files that are being made
DONE = "outgoing_done"
FAILED = "failed"  #: the extension that runs where nobody answered in the end
_FAILED_CHANNEL = "OutgoingSpoolFailed"

#: Why, as the original numbers it.
_REASONS = {DialStatus.BUSY: 5, DialStatus.CONGESTION: 8, DialStatus.NOANSWER: 3}

#: What became of a call, as a reason in the archived file.
_STATUS = {True: "Completed", False: "Expired"}


class CallFiles:
    """The spool of one node.

    Args:
        pbx: Makes the calls.
        folder: Where files are put; made when absent.
    """

    def __init__(self, pbx: Pbx, folder: Path) -> None:
        self._pbx = pbx
        self._folder = folder
        self._done = folder.parent / DONE
        self._running: set[Path] = set()
        self._due: dict[Path, float] = {}  # by the wall clock; of those that wait for another try

    async def run(self) -> None:
        """Look for files for ever; ends when it is cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(INTERVAL)

    async def look(self) -> None:
        """Begin the calls of the files that are due."""
        now = self._pbx.now()
        for path in await asyncio.to_thread(self._files, now):
            if path in self._running or self._due.get(path, 0.0) > now:
                continue
            if len(self._running) >= MAX_AT_ONCE or not self._pbx.takes_calls:
                return
            self._running.add(path)
            self._pbx.spawn(self._serve(path), name=f"call file {path.name}")

    def _files(self, now: float) -> list[Path]:
        """Those whose time has come, the oldest first."""
        found = []
        try:
            with os.scandir(self._folder) as entries:
                for each in entries:
                    if each.name.startswith(".") or not each.is_file(follow_symlinks=False):
                        continue
                    changed = each.stat(follow_symlinks=False).st_mtime
                    if changed <= now:
                        found.append((changed, Path(each.path)))
        except OSError as error:
            logger.debug("cannot look into %s: %s", self._folder, error)
        for gone in self._due.keys() - {path for _, path in found}:
            self._due.pop(gone, None)
        return [path for _, path in sorted(found)]

    async def _serve(self, path: Path) -> None:
        try:
            file = await asyncio.to_thread(_read, path)
            if file is not None:
                await self._attempt(path, file)
        except CallFileError as error:
            logger.warning("call file %s: %s", path.name, error)
            await asyncio.to_thread(self._finish, path, CallFile(), "Failed")
        finally:
            self._running.discard(path)

    async def _attempt(self, path: Path, file: CallFile) -> None:
        attempt = file.attempts + 1
        if attempt > file.maximum_retries + 1:
            await asyncio.to_thread(self._finish, path, file, _STATUS[False])
            return
        begun = self._pbx.now()
        await asyncio.to_thread(_note, path, f"StartRetry: {os.getpid()} {attempt} ({int(begun)})")
        outcome = await originate(self._pbx, file.order())
        if outcome.status is DialStatus.ANSWER:
            await asyncio.to_thread(self._finish, path, file, _STATUS[True])
            return
        logger.info("call file %s: %s (attempt %s)", path.name, outcome.status, attempt)
        if attempt > file.maximum_retries:
            self._run_failed(file, outcome.status)
            await asyncio.to_thread(self._finish, path, file, _STATUS[False])
            return
        self._due[path] = begun + file.retry_time
        await asyncio.to_thread(
            _note, path, f"EndRetry: {os.getpid()} {attempt} ({int(self._pbx.now())})"
        )

    def _run_failed(self, file: CallFile, status: DialStatus) -> None:
        """Run the extension ``failed`` of the context, where there is one, with ``REASON``."""
        if not file.extension or not self._pbx.dialplan.has_extension(file.context, FAILED):
            return
        number = self._pbx.next_sequence(_FAILED_CHANNEL)
        channel = Channel(
            self._pbx,
            name=f"{_FAILED_CHANNEL}/{number:08x}",
            driver=NoWire(),
            context=file.context,
            extension=FAILED,
        )
        channel.account_code = file.account
        for name, value in (*file.variables, ("REASON", str(_REASONS.get(status, 0)))):
            channel.set_variable(name, value)
        self._pbx.start(channel)

    def _finish(self, path: Path, file: CallFile, status: str) -> None:
        """File away, or remove."""
        self._due.pop(path, None)
        try:
            if not file.archives:
                path.unlink(missing_ok=True)
                return
            _note(path, f"Status: {status}")
            self._done.mkdir(exist_ok=True)
            path.replace(self._done / path.name)
        except OSError as error:
            logger.warning("call file %s cannot be filed away: %s", path.name, error)


def _read(path: Path) -> CallFile | None:
    """A file's content; None where it is gone."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CallFileError(f"it has more than {MAX_BYTES} octets")
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CallFileError(f"cannot be read: {error.strerror}") from error
    file, unknown = parse_call_file(text)
    for line in unknown:
        logger.warning("call file %s: %r means nothing", path.name, line)
    return file


def _note(path: Path, line: str) -> None:
    """Add a line; the time of change stays, so that the file stays due."""
    try:
        before = path.stat()
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
        os.utime(path, (before.st_atime, before.st_mtime))
    except OSError as error:
        logger.debug("call file %s: %s", path.name, error)
