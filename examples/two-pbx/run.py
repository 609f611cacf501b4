"""Two systems by one command, each on a loopback address of its own; ends with Ctrl-C."""

from __future__ import annotations

import argparse
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

HERE = Path(__file__).parent
SYSTEMS = ("first", "second")


def write_system(name: str, folder: Path, marks: dict[str, str]) -> Path:
    """Write a system's configuration, its marks filled in; returns its folder."""
    etc = folder / name
    etc.mkdir(parents=True, exist_ok=True)
    for source in sorted((HERE / name).glob("*.conf")):
        text = source.read_text()
        for mark, value in {**marks, "@DIR@": str(etc)}.items():
            text = text.replace(mark, value)
        (etc / source.name).write_text(text)
    return etc


def write_systems(
    folder: Path, *, first: str = "127.0.0.11:5060", second: str = "127.0.0.12:5060",
    secret: str = "",
) -> dict[str, Path]:  # fmt: skip
    """Write both; returns their configuration folders.

    Args:
        folder: Gets a folder for each.
        first: Address of the first system.
        second: Address of the second.
        secret: Of the phones; empty: a new one.
    """
    marks = {
        "@FIRST@": first,
        "@SECOND@": second,
        "@SECRET@": secret or secrets.token_urlsafe(12),
    }
    return {name: write_system(name, folder, marks) for name in SYSTEMS}


def start(etc: Path) -> subprocess.Popen[bytes]:
    """Start one system."""
    return subprocess.Popen([sys.executable, "-m", "switchroom", "run", "-C", str(etc)])


def main() -> int:
    """Run both until Ctrl-C, or until one of them ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="where they keep their files")
    folder = parser.parse_args().folder or Path(tempfile.mkdtemp(prefix="two-pbx-"))
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    systems = [start(etc) for etc in write_systems(folder).values()]
    print(
        f"Both systems run in {folder}; passwords stand in their sip.conf.\n"
        "alice and carol belong to 127.0.0.11, bob to 127.0.0.12: all of them call 12345."
    )
    while not over.wait(0.5) and all(system.poll() is None for system in systems):
        pass
    for system in systems:
        system.terminate()
    return max(abs(system.wait()) for system in systems)


if __name__ == "__main__":
    sys.exit(main())
