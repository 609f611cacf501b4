"""What a process and its children use, and whether it is still the one that was started."""

from __future__ import annotations

import contextlib
import os
import signal


def resident_memory(pid: int) -> int:
    """Octets of memory of a process and all its children; 0 when it is gone. Blocks some ms."""
    import psutil  # only nodes that have helper programs pay for it

    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return 0
    total = 0
    for each in family:
        with contextlib.suppress(psutil.Error):
            total += each.memory_info().rss
    return total


def birth_of(pid: int) -> float:
    """When a process began, which with its number names it for good; 0 when it is gone."""
    import psutil

    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return 0.0


def signal_group(pid: int, number: signal.Signals) -> None:
    """Send a signal to the process group that a process leads; nothing when it is gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
