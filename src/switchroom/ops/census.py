"""What a process has of the system: the first thing to look at when it seems to leak."""

from __future__ import annotations

import asyncio
from pathlib import Path

_PROC = Path("/proc/self")


def process_census() -> dict[str, int]:
    """Tasks of the running loop, and what /proc tells where there is one."""
    counts = {"Tasks": len(asyncio.all_tasks())}
    try:
        counts["File descriptors"] = sum(1 for _ in (_PROC / "fd").iterdir())
        status = (_PROC / "status").read_text()
    except OSError:
        return counts
    for name, label in (("Threads", "Threads"), ("VmRSS", "Resident memory (KiB)")):
        value = status.partition(f"\n{name}:")[2].split(maxsplit=1)[:1]
        if value:
            counts[label] = int(value[0])
    return counts
