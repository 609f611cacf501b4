"""Recordings on disk: which there are, which have gone off-box, which may be deleted.

What was uploaded, and what failed, stands in a journal beside them, a line each, on disk before it
counts: a file goes off-box once, whoever is killed meanwhile. A file that has grown since then is
another one.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shlex
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

JOURNAL = ".uploads.jsonl"
FIRST_RETRY = 60.0  #: seconds; each further one waits twice as long
LONGEST_RETRY = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class RecordingFile:
    """One file.

    Attributes:
        name: Below the folder of recordings, with ``/``.
        size: Octets.
        changed_at: When it was written last.
    """

    name: str
    size: int
    changed_at: float


@dataclass(frozen=True, slots=True)
class Transfer:
    """A line of the journal: what came of one attempt."""

    name: str
    size: int
    changed_at: float
    at: float
    failures: int = 0  #: in a row; 0: it is off-box
    why: str = ""  #: of the last one


class Recordings:
    """The recordings of one folder.

    Args:
        folder: The spool's ``monitor``; need not be there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._journal = folder / JOURNAL

    def files(self) -> list[RecordingFile]:
        """All there are, the oldest first; hidden ones are none."""
        found = []
        for root, folders, names in os.walk(self.folder):
            folders[:] = [each for each in folders if not each.startswith(".")]
            for name in names:
                if name.startswith("."):
                    continue
                path = Path(root, name)
                with suppress(OSError):  # it went meanwhile
                    about = path.stat()
                    relative = path.relative_to(self.folder).as_posix()
                    found.append(RecordingFile(relative, about.st_size, about.st_mtime))
        return sorted(found, key=lambda each: (each.changed_at, each.name))

    def path(self, file: RecordingFile) -> Path:
        """Where it is."""
        return self.folder / file.name

    # what went off-box

    def transfers(self) -> dict[RecordingFile, Transfer]:
        """The last attempt of each file; a line that is half written counts for nothing."""
        found: dict[RecordingFile, Transfer] = {}
        with suppress(FileNotFoundError), self._journal.open(encoding="utf-8") as lines:
            for line in lines:
                with suppress(ValueError, TypeError):
                    each = Transfer(**json.loads(line))
                    found[RecordingFile(each.name, each.size, each.changed_at)] = each
        return found

    def note(self, file: RecordingFile, *, at: float, failures: int = 0, why: str = "") -> None:
        """Keep what came of an attempt; on disk when this returns."""
        line = json.dumps(
            asdict(Transfer(file.name, file.size, file.changed_at, at, failures, why))
        )
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        try:
            os.write(descriptor, f"{line}\n".encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def to_upload(
        self, now: float, *, busy: Collection[Path], settles: float
    ) -> list[RecordingFile]:
        """Those whose turn it is: whole, not off-box yet, and no failure too short ago.

        Args:
            now: By the wall clock.
            busy: Files that are being written.
            settles: Seconds without a change after which the others are whole.
        """
        done = self.transfers()
        found = []
        for file in self.files():
            last = done.get(file)
            if last is not None and (not last.failures or now < retry_at(last)):
                continue
            if self.path(file) not in busy and now - file.changed_at >= settles:
                found.append(file)
        return found

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Hold off other processes that upload; what is yielded tells whether it was free."""
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder / ".uploading", os.O_WRONLY | os.O_CREAT, 0o640)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
            else:
                yield True
        finally:
            os.close(descriptor)

    # what may go

    def to_prune(
        self,
        now: float,
        *,
        keep_for: float,
        keep_bytes: int,
        only_uploaded: bool,
        busy: Collection[Path],
        settles: float,
    ) -> list[RecordingFile]:
        """Those that are too old, and the oldest of what is too much.

        Args:
            now: By the wall clock.
            keep_for: Seconds; 0: for ever.
            keep_bytes: Of all together; 0: any.
            only_uploaded: What is not off-box stays, whatever its age.
            busy: Files that are being written.
            settles: Seconds without a change after which the others are whole.
        """
        files = self.files()
        done = self.transfers() if only_uploaded else {}
        too_much = sum(file.size for file in files) - keep_bytes if keep_bytes else 0
        found = []
        for file in files:
            last = done.get(file)
            is_safe = not only_uploaded or (last is not None and not last.failures)
            is_whole = self.path(file) not in busy and now - file.changed_at >= settles
            is_old = bool(keep_for) and now - file.changed_at > keep_for
            if is_safe and is_whole and (is_old or too_much > 0):
                found.append(file)
                too_much -= file.size
        return found

    def remove(self, file: RecordingFile) -> bool:
        """Delete a file, and its folders where nothing else is in them; whether it was there.

        One that has changed meanwhile is another one, and stays.
        """
        path = self.path(file)
        try:
            about = path.stat()
            if (about.st_size, about.st_mtime) != (file.size, file.changed_at):
                return False
            path.unlink()
        except OSError:
            return False
        for parent in path.parents:
            if parent == self.folder:
                break
            try:
                parent.rmdir()
            except OSError:
                break  # something else is in it
        return True

    def forget_removed(self) -> None:
        """Leave out of the journal what is no file any more; call :meth:`alone` before."""
        there = set(self.files())
        kept = [each for file, each in self.transfers().items() if file in there]
        if not self._journal.exists():
            return
        fresh = self._journal.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(asdict(each))}\n" for each in kept)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._journal)


def retry_at(last: Transfer) -> float:
    """When a file that failed is tried again."""
    wait = min(FIRST_RETRY * 2.0 ** min(last.failures - 1, 16), LONGEST_RETRY)
    return last.at + wait


def upload_command(template: str, path: Path, name: str) -> str:
    """The shell command for one file; a template that names neither gets its path."""
    if "{file}" not in template and "{name}" not in template:
        template += " {file}"
    texts = {"{file}": shlex.quote(str(path)), "{name}": shlex.quote(name)}
    # In one go: what a name says is not looked at again.
    return re.sub(r"\{(?:file|name)\}", lambda found: texts[found[0]], template)
