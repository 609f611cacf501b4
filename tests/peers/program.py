"""A program in a process of its own, which has started or has said why it has not."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

WITHIN = 30.0  #: seconds that a program may take for what it does at once, on a busy machine
START = 60.0  #: seconds for a start
LOOK = 0.02  #: seconds from one look at another process to the next
PORT_IS_TAKEN = re.compile("address already in use", re.IGNORECASE)


class PortTakenError(AssertionError):
    """A program found that another one has its port."""


def on_free_ports(start: Callable[[], None]) -> None:
    """Start on ports that were free when they were chosen, again where one was lost meanwhile.

    Args:
        start: Chooses ports, and starts.
    """
    for _ in range(2):
        try:
            return start()
        except PortTakenError:
            continue
    return start()


def wait_until(
    is_so: Callable[[], bool], otherwise: Callable[[], str], *, within: float = WITHIN
) -> None:
    """Look at what another process does in real time until something is so.

    Raises:
        AssertionError: It is not, with what ``otherwise`` says of it.
    """
    deadline = time.monotonic() + within
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError(f"{otherwise()}\n(within {within} s)")
        time.sleep(LOOK)


def wait_for_match(
    pattern: str, said: Callable[[], str], *, within: float = WITHIN
) -> re.Match[str]:
    """Wait until what another process says matches."""
    found: list[re.Match[str]] = []

    def matches() -> bool:
        found.extend(filter(None, [re.search(pattern, said())]))
        return bool(found)

    wait_until(matches, lambda: f"no {pattern!r}:\n{said()}", within=within)
    return found[0]


class Program:
    """One program, of which there is one process at a time.

    Args:
        name: As failures call it.
        output: The file that gets all that it prints.
        ending: The signal that asks it to end.
    """

    def __init__(self, name: str, output: Path, *, ending: signal.Signals = signal.SIGTERM) -> None:
        self._name = name
        self._output = output
        self._ending = ending
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The one that runs, or ran last."""
        assert self._process is not None, f"{self._name} was not started"
        return self._process

    @property
    def is_running(self) -> bool:
        """Whether there is a process."""
        return self._process is not None and self._process.poll() is None

    def start(
        self,
        command: Sequence[str],
        is_up: Callable[[], bool] = lambda: True,
        *,
        has_input: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start it and wait until it is up; what it printed before is kept.

        Args:
            command: Its words.
            is_up: Whether it does what it is there for.
            has_input: We write into its standard input.
            environment: Its variables, where they are not ours.

        Raises:
            PortTakenError: It says that another one has its port.
            AssertionError: It ended, or did not come up, with what it said; it is gone then.
        """
        before = len(self.said())
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE if has_input else subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
                bufsize=0,
            )
        try:
            wait_until(
                lambda: not self.is_running or is_up(),
                lambda: f"{self._name} does not start:\n{self.said()}",
                within=START,
            )
            self._check(self.said()[before:])
        except BaseException:
            self.kill()
            raise

    def _check(self, said: str) -> None:
        if PORT_IS_TAKEN.search(said):
            raise PortTakenError(f"{self._name} lost its port:\n{said}")
        assert self.is_running, f"{self._name} ended with {self.process.returncode}:\n{said}"

    def type(self, text: str) -> None:
        """Write into its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(text.encode())

    def stop(self, *, within: float = WITHIN) -> bool:
        """Ask it to end, and kill it if it does not; returns whether it ended by itself."""
        if self._process is None:
            return True
        self._process.send_signal(self._ending)
        has_ended = self.has_ended(within=within)
        self.kill()
        return has_ended

    def has_ended(self, *, within: float = WITHIN) -> bool:
        """Whether it ends by itself."""
        try:
            self.process.wait(within)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """End it as it is, if it runs, and all that it started."""
        if self._process is not None:
            if self.is_running:
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            if self._process.stdin is not None:
                self._process.stdin.close()

    def said(self) -> str:
        """What it printed."""
        return self._output.read_text(errors="replace") if self._output.exists() else ""

    def wait_for(self, pattern: str, *, within: float = WITHIN) -> re.Match[str]:
        """Wait until it prints something that matches."""
        return wait_for_match(pattern, self.said, within=within)
