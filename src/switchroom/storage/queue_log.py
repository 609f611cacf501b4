"""The file ``queue_log``: a line for everything that happens in a queue.

``time|call|queue|agent|event|data…``, as the original writes it and every report reads it.
"""

from __future__ import annotations

import logging
import queue
import threading
from pathlib import Path

logger = logging.getLogger(__name__)

FILE = "queue_log"
MAX_WAITING = 100_000  #: lines that wait for a disk; beyond that the newest are lost, and counted
SEPARATOR = "|"


def log_line(moment: float, call_id: str, name: str, agent: str, event: str, *data: str) -> str:
    """One line, its end included."""
    cells = (str(int(moment)), call_id, name, agent, event, *(data or ("",)))
    return SEPARATOR.join(_plain(cell) for cell in cells) + "\n"


def _plain(text: str) -> str:
    # A line is an event: what would break it becomes a blank. A | in the data is left, as it was.
    return text.replace("\r", " ").replace("\n", " ")


class QueueLogFile:
    """Appends lines in a thread of its own; what is closed is written.

    Args:
        path: The file, made where there is none.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._lines: queue.Queue[str | None] = queue.Queue(MAX_WAITING)
        self._lost = 0
        self._thread = threading.Thread(target=self._run, name="queue log", daemon=True)
        self._thread.start()

    def write(self, line: str) -> None:
        """Take a line; never waits."""
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self._lost += 1

    def close(self) -> None:
        """Write what there is and end the thread."""
        self._lines.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (line := self._lines.get()) is not None:
            lines = [line]
            is_closing = False
            while not self._lines.empty():
                more = self._lines.get()
                if more is None:
                    is_closing = True
                    break
                lines.append(more)
            self._append("".join(lines))
            if is_closing:
                return

    def _append(self, text: str) -> None:
        """Opened for each write, so that who rotates it need not tell us."""
        try:
            with self._path.open("ab", buffering=0) as file:
                file.write(text.encode("utf-8", "surrogateescape"))
        except OSError as error:
            logger.error("%s: %s: %s lines are lost", self._path, error, text.count("\n"))  # noqa: TRY400  # known
        if self._lost:
            logger.error("%s: %s lines are lost: the disk is too slow", self._path, self._lost)
            self._lost = 0
