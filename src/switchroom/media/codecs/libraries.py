"""Shared libraries that codecs need: the system's, or those that wheels bring along."""

from __future__ import annotations

import ctypes
import site
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path


def _candidates(name: str) -> Iterator[str]:
    yield name
    stem = name.partition(".so")[0]
    for folder in (*site.getsitepackages(), site.getusersitepackages(), *sys.path):
        # av.libs and the like: auditwheel puts a hash into the name
        if Path(folder).is_dir():
            yield from sorted(str(path) for path in Path(folder).glob(f"*.libs/{stem}[-.]*so*"))


@cache
def find_library(name: str) -> str | None:
    """What to open for ``libopus.so.0``; None: it is not installed."""
    for path in _candidates(name):
        try:
            ctypes.CDLL(path)
        except OSError:
            continue
        return path
    return None
