"""The load: a real sipp on another core than the server's."""

from __future__ import annotations

import csv
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.server import start_on_core

SCENARIOS = Path(__file__).parent / "scenarios"
PROGRAM = shutil.which("sipp")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a load went."""

    calls: int  #: that went as the scenario says
    failed: int
    retransmissions: int

    @property
    def is_clean(self) -> bool:
        """No call failed, nothing had to be sent twice."""
        return not self.failed and not self.retransmissions


def start(
    scenario: str, port: int, folder: Path, *, extension: str, rate: float, calls: int
) -> subprocess.Popen[bytes]:
    """Start a load against 127.0.0.1:``port``; :func:`finish` waits for it.

    Args:
        scenario: ``called_hangs_up`` or ``held``.
        port: The server's.
        folder: Where sipp may write.
        extension: What is dialled.
        rate: Calls a second.
        calls: How many in all.
    """
    assert PROGRAM is not None, "sipp is not installed (Debian: sip-tester)"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        own = str(probe.getsockname()[1])
    command = [
        PROGRAM, f"127.0.0.1:{port}", "-sf", str(SCENARIOS / f"{scenario}.xml"),
        "-s", extension, "-i", "127.0.0.1", "-p", own, "-r", f"{rate:.0f}",
        "-m", str(calls), "-l", str(calls), "-nostdin", "-timeout", "120",
        "-buff_size", "8388608", "-trace_stat", "-stf", "stat.csv", "-fd", "5",
    ]  # fmt: skip
    return start_on_core(1, command, folder, "sipp.txt")


def finish(process: subprocess.Popen[bytes], folder: Path) -> Outcome:
    """Wait for the end of a load."""
    process.wait(150)
    with (folder / "stat.csv").open() as file:
        names, *_, last = csv.reader(file, delimiter=";")
    value = dict(zip(names, last, strict=False))
    return Outcome(
        int(value["SuccessfulCall(C)"]),
        int(value["FailedCall(C)"]),
        int(value["Retransmissions(C)"]),
    )
