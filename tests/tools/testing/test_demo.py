"""The tests that the demo brings as examples pass, and leave no priority out."""

import shutil
from pathlib import Path

import pytest

import switchroom

DEMO = Path(switchroom.__file__).parent / "demo"


def test_the_demo_passes_its_own_tests(runner: pytest.Pytester) -> None:
    shutil.copy(DEMO / "extensions.conf", runner.path)
    shutil.copytree(DEMO / "tests", runner.path / "tests", ignore=shutil.ignore_patterns("__py*"))
    result = runner.runpytest(
        "--dialplan", ".", "--dialplan-cov", "--dialplan-cov-fail-under=100", "tests"
    )
    outcomes = result.parseoutcomes()
    outcomes.pop("warnings", None)  # the plugin may be loaded in this process already
    assert set(outcomes) == {"passed"}
    assert outcomes["passed"] > 10
    assert result.ret == 0
