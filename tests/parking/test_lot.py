import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.config.parking import LotSettings, read_parking
from switchroom.parking.lot import Lot, Parked


def park(lot: Lot[str], call: str, wanted: int | None = None, at: float = 0.0) -> int | None:
    space = lot.find_space(wanted)
    if space is not None:
        lot.park(Parked(call, space, at, None))
    return space


def take(lot: Lot[str], space: int | None = None) -> Parked[str]:
    parked = lot.find_call(space)
    assert parked is not None
    assert lot.leave(parked)
    return parked


def test_the_first_free_space_is_taken() -> None:
    lot: Lot[str] = Lot(LotSettings(first=1, last=3))
    assert [park(lot, call) for call in "abc"] == [1, 2, 3]
    assert park(lot, "d") is None
    take(lot, 2)
    assert park(lot, "d") == 2


def test_the_next_space_is_taken() -> None:
    lot: Lot[str] = Lot(LotSettings(first=1, last=3, takes_next=True))
    assert [park(lot, call) for call in "ab"] == [1, 2]
    take(lot, 1)
    assert [park(lot, call) for call in "cde"] == [3, 1, None]


def test_a_wanted_space_is_given_if_it_is_free() -> None:
    lot: Lot[str] = Lot(LotSettings(first=1, last=3))
    assert [park(lot, call, 3) for call in "ab"] == [3, 1]
    assert park(lot, "c", 77) == 2


def test_without_a_space_the_oldest_call_is_taken() -> None:
    lot: Lot[str] = Lot(LotSettings(first=1, last=3))
    park(lot, "young", at=5.0)
    park(lot, "old", at=3.0)
    old = take(lot)
    assert old.call == "old"
    assert not lot.leave(old)
    assert lot.find_call(9) is None
    assert list(lot.calls) == [1]


@pytest.mark.parametrize("text", ["701", "750-701", "a-b", "1-9999999"])
def test_a_range_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read_parking(parse_config(f"[default]\nparkpos = {text}\n"))
    assert raised.value.line == 2
