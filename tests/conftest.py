"""What all tests share."""

from __future__ import annotations

import gc
import signal
import sys
import warnings
from collections.abc import Iterator

import pytest


def pytest_configure() -> None:
    """Let programs that tests start hear Ctrl-C, also when a shell runs us in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Real programs run in real time: one more try, which the summary names, on a busy machine."""
    for item in items:
        if item.get_closest_marker("peer") is not None:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Give a second try programs of its own, and bury what the first left open.

    A program that several tests share may be what failed; and what is collected while another
    test runs would be that one's fault.
    """
    if getattr(item, "execution_count", 1) > 1:
        item.session._setupstate.teardown_exact(None)
        for name in ("last_type", "last_value", "last_traceback"):
            sys.__dict__.pop(name, None)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Say again, last and a line each, what failed: a program's output may fill the summary."""
    yield
    for kind in ("rerun", "error", "failed"):
        for report in terminalreporter.getreports(kind):
            terminalreporter.write_line(f"{kind}: {report.nodeid}")
