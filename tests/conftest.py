"""What all tests share."""

from __future__ import annotations

import gc
import sys
import warnings

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Real programs run in real time: one more try, which the summary names, on a busy machine."""
    for item in items:
        if item.get_closest_marker("peer") is not None:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Bury what a failed first try left open: it is no fault of the test that runs when it goes."""
    if getattr(item, "execution_count", 1) > 1:
        for name in ("last_type", "last_value", "last_traceback"):
            sys.__dict__.pop(name, None)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
