"""A real sipp, run on one of the scenarios in this folder."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.ports import free_port

PROGRAM = shutil.which("sipp")
needs_sipp = pytest.mark.skipif(PROGRAM is None, reason="sipp is not installed")

SCENARIOS = Path(__file__).parent / "sipp"
_TRANSPORTS = {"udp": "u1", "tcp": "t1"}


def run_sipp(
    scenario: str, port: int, folder: Path, *, transport: str = "udp", **values: str
) -> subprocess.CompletedProcess[str]:
    """Run one call of a scenario against 127.0.0.1:``port``; the exit code tells how it went.

    Args:
        scenario: Its name in ``sipp/``, without suffix.
        port: The server's.
        folder: For its files.
        transport: ``udp`` or ``tcp``.
        values: What the scenario's ``[$name]`` stand for.
    """
    assert PROGRAM is not None
    text = (SCENARIOS / f"{scenario}.xml").read_text()
    for name, value in values.items():
        text = text.replace(f"[${name}]", value)
    file = folder / f"{scenario}.xml"
    file.write_text(text)
    return subprocess.run(
        [
            PROGRAM, f"127.0.0.1:{port}", "-sf", str(file), "-m", "1", "-i", "127.0.0.1",
            "-p", str(free_port()), "-mp", str(free_port(run=4)), "-t", _TRANSPORTS[transport],
            "-timeout", "40", "-timeout_error", "-nostdin", "-trace_err", "-trace_msg",
        ],
        cwd=folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
