"""Where configuration text comes from: files and, if allowed, commands; kept to be read again.

A reader asks a :class:`Sources` for all it reads. :class:`Record` keeps what was answered, so that
exactly the same configuration can be read later from the record alone, whatever became of the
files.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

from switchroom.base.errors import ConfigError

MAX_FILE_BYTES = 64 * 1024 * 1024  #: a list of a million numbers still fits
EXEC_TIMEOUT = 10.0  #: seconds that a command of ``#exec`` may take
MAX_EXEC_BYTES = 16 * 1024 * 1024  #: that a command of ``#exec`` may write
_CHUNK = 65_536


class Sources(Protocol):
    """Answers a reader."""

    def read(self, path: Path) -> str:
        """The text of a file.

        Raises:
            OSError: It cannot be read.
            ConfigError: It is too large.
        """
        ...

    def matching(self, folder: Path, pattern: str) -> list[Path]:
        """The files that a pattern names, in order; relative to ``folder``.

        Raises:
            OSError: A folder is closed to us.
            ValueError: The pattern is none.
        """
        ...

    def run(self, command: str) -> str:
        """What a command prints.

        Raises:
            CommandError: It failed, took too long or printed too much.
        """
        ...


class CommandError(Exception):
    """A command of ``#exec`` gave nothing that can be used."""


class Files:
    """The files and commands themselves."""

    def read(self, path: Path) -> str:
        """The text of a file; what is no UTF-8 is kept as it is."""
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ConfigError(f"{path} is larger than {MAX_FILE_BYTES} bytes", path=path)
        return path.read_text(encoding="utf-8-sig", errors="surrogateescape")

    def matching(self, folder: Path, pattern: str) -> list[Path]:
        """The files that a pattern names."""
        absolute = Path(pattern) if pattern.startswith("/") else folder / pattern
        if not any(letter in pattern for letter in "*?["):
            return [absolute] if absolute.is_file() else []
        anchor = Path(absolute.anchor or ".")
        relative = absolute.relative_to(anchor) if absolute.anchor else absolute
        return sorted(path for path in anchor.glob(str(relative)) if path.is_file())

    def run(self, command: str) -> str:
        """What a command prints."""
        try:
            process = subprocess.Popen(  # what #exec is for, and allowed explicitly
                command, shell=True, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        with process:
            try:
                output = _output(process)
                status = process.wait(EXEC_TIMEOUT)
            except (CommandError, subprocess.TimeoutExpired) as error:
                os.killpg(process.pid, signal.SIGKILL)  # whatever it started has to go with it
                raise CommandError(str(error)) from error
        if status:
            raise CommandError(f"it ended with status {status}")
        return output.decode("utf-8", "surrogateescape")


def _output(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    ends_at = time.monotonic() + EXEC_TIMEOUT
    output = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(max(0.0, ends_at - time.monotonic())):
                raise CommandError(f"it took longer than {EXEC_TIMEOUT:g} seconds")
            chunk = os.read(process.stdout.fileno(), _CHUNK)
            if not chunk:
                return bytes(output)
            output += chunk
            if len(output) > MAX_EXEC_BYTES:
                raise CommandError(f"it printed more than {MAX_EXEC_BYTES} bytes")


@dataclass(slots=True)
class Record:
    """What sources answered; itself a source of the same answers."""

    texts: dict[str, str] = field(default_factory=dict)
    matches: dict[str, list[str]] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    def read(self, path: Path) -> str:
        """The text as it was."""
        try:
            return self.texts[str(path)]
        except KeyError:
            raise FileNotFoundError(2, "not in the record", str(path)) from None

    def matching(self, folder: Path, pattern: str) -> list[Path]:
        """The files that were there."""
        return [Path(path) for path in self.matches.get(_key(folder, pattern), ())]

    def run(self, command: str) -> str:
        """What it printed then."""
        try:
            return self.outputs[command]
        except KeyError:
            raise CommandError("not in the record") from None

    def to_json(self) -> str:
        """The record as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Record:
        """Read what :meth:`to_json` wrote.

        Raises:
            ValueError: The text is something else.
        """
        try:
            found = json.loads(text)
            return cls(found["texts"], found["matches"], found["outputs"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"this is no record: {error}") from error


class Recording:
    """Sources that keep what they answer.

    Args:
        sources: Those that are asked.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self.record = Record()

    def read(self, path: Path) -> str:
        """The text of a file."""
        text = self._sources.read(path)
        self.record.texts[str(path)] = text
        return text

    def matching(self, folder: Path, pattern: str) -> list[Path]:
        """The files that a pattern names."""
        found = self._sources.matching(folder, pattern)
        self.record.matches[_key(folder, pattern)] = [str(path) for path in found]
        return found

    def run(self, command: str) -> str:
        """What a command prints."""
        output = self.record.outputs[command] = self._sources.run(command)
        return output


def _key(folder: Path, pattern: str) -> str:
    return pattern if pattern.startswith("/") else str(folder / pattern)
