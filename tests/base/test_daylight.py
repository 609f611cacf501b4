"""When clocks change."""

from zoneinfo import ZoneInfo

import pytest

from switchroom.base.daylight import ClockChange, Daylight, daylight_of


@pytest.mark.parametrize(
    ("zone", "daylight"),
    [
        ("Europe/Berlin", Daylight(3600, ClockChange(3, 29, 2), ClockChange(10, 25, 3))),
        ("America/Denver", Daylight(-25200, ClockChange(3, 8, 2), ClockChange(11, 1, 2))),
        ("Australia/Sydney", Daylight(36000, ClockChange(10, 4, 2), ClockChange(4, 5, 3))),
        ("Europe/Dublin", Daylight(0, ClockChange(3, 29, 1), ClockChange(10, 25, 2))),
        ("Asia/Kolkata", Daylight(19800)),
        ("UTC", Daylight(0)),
    ],
)
def test_a_year(zone: str, daylight: Daylight) -> None:
    assert daylight_of(ZoneInfo(zone), 2026) == daylight
