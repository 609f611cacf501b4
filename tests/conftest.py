"""What all tests share."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Real programs run in real time: one more try, which the summary names, on a busy machine."""
    for item in items:
        if item.get_closest_marker("peer") is not None:
            item.add_marker(pytest.mark.flaky(reruns=1))
