"""The load: a real sipp on another core than the server's."""

from __future__ import annotations

import csv
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.server import free_port, start_on_core

SCENARIOS = Path(__file__).parent / "scenarios"
PROGRAM = shutil.which("sipp")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a load went."""

    calls: int  #: that went as the scenario says
    failed: int
    retransmissions: int
    refused: int = 0  #: of the calls, where the scenario takes a 503 as well

    @property
    def is_clean(self) -> bool:
        """No call failed, nothing had to be sent twice."""
        return not self.failed and not self.retransmissions


@dataclass(frozen=True, slots=True)
class Load:
    """What is put onto a server."""

    scenario: str  #: the name of a file in ``scenarios``
    extension: str  #: what is dialled
    rate: float  #: calls a second
    calls: int  #: how many in all
    host: str = "127.0.0.1"  #: where it comes from
    users: Path | None = None  #: who they are, in turn, where the scenario asks for it


def start(what: Load, port: int, folder: Path) -> subprocess.Popen[bytes]:
    """Start a load against 127.0.0.1:``port``; :func:`finish` waits for it.

    Args:
        what: The load.
        port: The server's.
        folder: Where sipp may write.
    """
    command = [
        *_sipp(what.scenario, what.host, free_port()), f"127.0.0.1:{port}", "-s", what.extension,
        "-r", f"{what.rate:.0f}", "-m", str(what.calls), "-l", str(what.calls),
        "-trace_stat", "-stf", "stat.csv", "-fd", "5",
        *(["-inf", str(what.users)] if what.users is not None else []),
    ]  # fmt: skip
    return start_on_core(1, command, folder, "sipp.txt")


def answering(port: int, folder: Path) -> subprocess.Popen[bytes]:
    """Start somebody who answers every call on a port of his; end him by killing him."""
    return start_on_core(1, _sipp("callee", "127.0.0.1", port), folder, "callee.txt")


def _sipp(scenario: str, host: str, port: int) -> list[str]:
    assert PROGRAM is not None, "sipp is not installed (Debian: sip-tester)"
    return [
        PROGRAM, "-sf", str(SCENARIOS / f"{scenario}.xml"), "-i", host, "-p", str(port),
        "-nostdin", "-timeout", "600" if scenario == "callee" else "120", "-buff_size", "8388608",
    ]  # fmt: skip


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
        int(value.get("GenericCounter1(C)", 0)),
    )
