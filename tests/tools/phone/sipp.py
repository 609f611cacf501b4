"""A real sipp that waits for the phone, or calls it: one scenario for one call."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path
from typing import Self

import pytest

from tests.peers.program import WITHIN
from tests.support.ports import free_port

PROGRAM = shutil.which("sipp")
needs_sipp = pytest.mark.skipif(PROGRAM is None, reason="sipp is not installed")

SCENARIOS = Path(__file__).parents[2] / "peers" / "sipp"


class Sipp:
    """One running sipp; leaving it kills what still runs.

    Args:
        folder: Where it writes its traces.
        scenario: A file of ``tests/peers/sipp`` without suffix, another file, or one of sipp's
            own: ``-uas``.
        arguments: Further ones of its command line.
    """

    def __init__(self, folder: Path, scenario: str | Path, *arguments: str) -> None:
        self.port = free_port()
        name = scenario.stem if isinstance(scenario, Path) else scenario.strip("-")
        self._trace = folder / f"{name}-messages.txt"
        self._output = folder / f"{name}-output.txt"
        if isinstance(scenario, Path):
            chosen = ["-sf", str(scenario)]
        elif scenario.startswith("-"):
            chosen = ["-sn", scenario[1:]]
        else:
            chosen = ["-sf", str(SCENARIOS / f"{scenario}.xml")]
        self._command = [
            str(PROGRAM), *chosen, "-i", "127.0.0.1", "-p", str(self.port), "-m", "1",
            "-mp", str(free_port(run=4)), "-nostdin", "-timeout", "60s",
            "-timeout_error", "-trace_msg", "-message_file", str(self._trace), *arguments,
        ]  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
        self._wait_until_bound()
        return self

    def __exit__(self, *exception: object) -> None:
        assert self._process is not None
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def _wait_until_bound(self) -> None:
        """A peer in another process starts in real time."""
        wanted = f":{self.port:04X} "
        deadline = time.monotonic() + WITHIN
        while time.monotonic() < deadline:
            for table in ("/proc/net/udp", "/proc/net/tcp"):
                if wanted in Path(table).read_text():
                    return
            time.sleep(0.02)
        raise AssertionError(f"sipp did not start:\n{self.output()}")

    @property
    def address(self) -> str:
        """``127.0.0.1:PORT``."""
        return f"127.0.0.1:{self.port}"

    def finish(self, within: float = 2 * WITHIN) -> int:
        """Wait until the scenario is at its end; returns sipp's exit code, 0 where it went well."""
        assert self._process is not None
        try:
            return self._process.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"sipp does not end:\n{self.messages()}") from None

    def messages(self) -> str:
        """All messages sent and received."""
        return self._trace.read_text(errors="replace") if self._trace.exists() else ""

    def output(self) -> str:
        """What it printed."""
        return self._output.read_text(errors="replace")
