"""What supervised programs print, kept in files that are rotated."""

from __future__ import annotations

import asyncio
import datetime
import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

MAX_BYTES = 10 * 2**20  #: of a file before it is rotated
KEPT = 3  #: files behind the current one
CHUNK = 65_536  #: octets that are read at once


class OutputLog:
    """One program's output.

    Args:
        path: The current file.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._handler = RotatingFileHandler(
            path, maxBytes=MAX_BYTES, backupCount=KEPT, encoding="utf-8", errors="replace"
        )

    async def keep(self, stream: asyncio.StreamReader) -> None:
        """Keep all that comes; who floods waits for the disk, on its own side of the pipe."""
        rest = b""
        while data := await stream.read(CHUNK):
            *lines, rest = (rest + data).split(b"\n")
            if len(rest) > CHUNK:
                lines, rest = [*lines, rest], b""
            await asyncio.to_thread(self._write, lines)
        if rest:
            await asyncio.to_thread(self._write, [rest])

    def _write(self, lines: list[bytes]) -> None:
        now = datetime.datetime.now().astimezone()
        for line in lines:
            text = f"[{now:%Y-%m-%d %H:%M:%S}] {line.decode('utf-8', 'replace')}"
            self._handler.emit(
                logging.LogRecord("", logging.INFO, "", 0, text, args=None, exc_info=None)
            )

    def close(self) -> None:
        """Close the file."""
        self._handler.close()
