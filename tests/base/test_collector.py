import gc

import pytest

from switchroom.base.collector import collector_away


def test_what_is_built_asks_for_no_full_collection() -> None:
    full: list[str] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start" and info["generation"] == 2:
            full.append(phase)

    gc.collect()
    gc.callbacks.append(note)
    try:
        with collector_away():
            assert not gc.isenabled()
            built = [[n] for n in range(200_000)]
        later = [[n] for n in range(20_000)]
    finally:
        gc.callbacks.remove(note)
    assert gc.isenabled()
    assert full == []
    assert len(built) + len(later) == 220_000


def test_it_comes_back_after_an_error() -> None:
    with pytest.raises(ValueError, match="wrong"), collector_away():
        raise ValueError("wrong")
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with collector_away():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
