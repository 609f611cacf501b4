"""The phone as a program of its own, on real sockets and the real media engine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

from tests.peers.program import WITHIN


class PhoneProgram:
    """One running phone that prints JSON; leaving it kills what still runs."""

    def __init__(self, folder: Path, *options: str, **environment: str) -> None:
        self._output = folder / "phone.txt"
        self._errors = folder / "phone-errors.txt"
        self._command = [sys.executable, "-m", "switchroom", "phone", "--json", *options]
        self._environment = {**os.environ, **environment}
        self._process: subprocess.Popen[bytes] | None = None
        self.into: int | None = None  #: a descriptor that takes its output instead of our file

    def __enter__(self) -> Self:
        with self._output.open("wb") as output, self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stderr=errors, env=self._environment,
                stdout=output if self.into is None else self.into,
            )  # fmt: skip
        return self

    def __exit__(self, *exception: object) -> None:
        assert self._process is not None
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def finish(self, within: float = 2 * WITHIN) -> int:
        """Wait for its end; returns its exit code."""
        assert self._process is not None
        try:
            return self._process.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the phone does not end:\n{self.text()}") from None

    def interrupt(self, number: int = signal.SIGINT) -> None:
        """Ctrl-C."""
        assert self._process is not None
        self._process.send_signal(number)

    def wait_for(self, event: str, within: float = WITHIN) -> dict[str, Any]:
        """Wait until it tells of an event."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            for line in self.lines():
                if line["event"] == event:
                    return line
            time.sleep(0.02)  # another process tells in real time
        raise AssertionError(f"the phone tells of no {event}:\n{self.text()}")

    def lines(self) -> list[dict[str, Any]]:
        """What it told."""
        whole = self._output.read_text().rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def told(self) -> list[str]:
        """The names of the events."""
        return [line["event"] for line in self.lines()]

    def text(self) -> str:
        """All that it printed."""
        return self._output.read_text() + self._errors.read_text()
