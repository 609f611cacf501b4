"""The file ``queue_log``: a line for everything that happens in a queue.

``time|call|queue|agent|event|data…``, as the original writes it and every report reads it.
"""

from __future__ import annotations

FILE = "queue_log"
SEPARATOR = "|"


def log_line(moment: float, call_id: str, name: str, agent: str, event: str, *data: str) -> str:
    """One line, its end included."""
    cells = (str(int(moment)), call_id, name, agent, event, *(data or ("",)))
    return SEPARATOR.join(_plain(cell) for cell in cells) + "\n"


def _plain(text: str) -> str:
    # A line is an event: what would break it becomes a blank. A | in the data is left, as it was.
    return text.replace("\r", " ").replace("\n", " ")
