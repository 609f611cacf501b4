"""The tests that the demo brings as examples pass, and leave no priority out."""

import pytest

from switchroom.node.demo import write_demo


def test_the_demo_passes_its_own_tests(runner: pytest.Pytester) -> None:
    etc = write_demo(runner.path)
    result = runner.runpytest(
        "--dialplan", etc, "--dialplan-cov", "--dialplan-cov-fail-under=100", etc / "tests"
    )
    outcomes = result.parseoutcomes()
    outcomes.pop("warnings", None)  # the plugin may be loaded in this process already
    assert set(outcomes) == {"passed"}
    assert outcomes["passed"] > 10
    assert result.ret == 0
