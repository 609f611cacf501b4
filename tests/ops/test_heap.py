"""Memory is given back when there are fewer calls than there were."""

import sys

import pytest

from switchroom.ops.heap import SMALLEST_TIDE, Tide, give_back


@pytest.mark.parametrize(
    ("channels", "said"),
    [
        ([0, 0, 0], [False, False, False]),
        ([SMALLEST_TIDE - 1, 0], [False, False]),
        ([SMALLEST_TIDE, 0, 0], [False, True, False]),
        ([1000, 700, 501, 500, 499, 250], [False, False, False, True, False, True]),
        ([200, 0, 200, 0], [False, True, False, True]),
    ],
)
def test_the_tide_is_told_once(channels: list[int], said: list[bool]) -> None:
    tide = Tide()
    assert [tide.has_ebbed(count) for count in channels] == said


@pytest.mark.skipif(sys.platform != "linux", reason="of GNU's C library")
def test_giving_back_is_harmless() -> None:
    assert give_back() in {True, False}
    assert give_back() in {True, False}


def test_elsewhere_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert give_back() is False
