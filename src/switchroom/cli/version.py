"""What we say we are: our own version, and the original's that we behave as."""

from __future__ import annotations

import datetime
import platform
from pathlib import Path

import switchroom
from switchroom import __version__
from switchroom.base.version import COMPATIBLE_VERSION


def version_text() -> str:
    """``Asterisk 22.11.0-switchroom-0.1.0``, as ``-V`` prints it."""
    return f"Asterisk {COMPATIBLE_VERSION}-switchroom-{__version__}"


def build_text() -> str:
    """The line of ``core show version``; the build is when these files were installed."""
    installed = Path(switchroom.__file__).stat().st_mtime
    date = datetime.datetime.fromtimestamp(installed, datetime.UTC)
    system = platform.uname()
    return (
        f"{version_text()} built by switchroom @ {system.node} on a {system.machine}"
        f" running {system.system} on {date:%Y-%m-%d %H:%M:%S} UTC"
    )
