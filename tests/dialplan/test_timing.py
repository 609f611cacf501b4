from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchroom.dialplan.timing import TimingError, parse_timing

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str, zone: ZoneInfo = BERLIN) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


# 2026-11-25 is a Wednesday.
@pytest.mark.parametrize(
    ("timing", "when", "holds"),
    [
        ("9:00-17:00,mon-fri,*,*", "2026-11-25 09:00", True),
        ("9:00-17:00,mon-fri,*,*", "2026-11-25 17:00:59", True),
        ("9:00-17:00,mon-fri,*,*", "2026-11-25 17:01", False),
        ("9:00-17:00,mon-fri,*,*", "2026-11-25 08:59:59", False),
        ("9:00-17:00,mon-fri,*,*", "2026-11-28 12:00", False),
        ("09:00-17:00|MON-FRI|*|*", "2026-11-25 12:00", True),
        ("22:00-6:00,*,*,*", "2026-11-25 23:00", True),
        ("22:00-6:00,*,*,*", "2026-11-25 06:00", True),
        ("22:00-6:00,*,*,*", "2026-11-25 12:00", False),
        ("0:00-24:00,*,*,*", "2026-11-25 23:59:59", True),
        ("12:00,*,*,*", "2026-11-25 12:00:30", True),
        ("12:00,*,*,*", "2026-11-25 12:01", False),
        ("9:00-12:00&13:00-17:00,*,*,*", "2026-11-25 12:30", False),
        ("9:00-12:00&13:00-17:00,*,*,*", "2026-11-25 13:30", True),
        ("*,sat-mon,*,*", "2026-11-29 12:00", True),
        ("*,sat-mon,*,*", "2026-11-25 12:00", False),
        ("*,Wednesday,*,*", "2026-11-25 12:00", True),
        ("*,mon&wed,*,*", "2026-11-25 12:00", True),
        ("*,4,*,*", "2026-11-25 12:00", True),
        ("*,2-6,*,*", "2026-11-29 12:00", False),
        ("*,7-1,*,*", "2026-11-29 12:00", True),
        ("*,*,25-5,*", "2026-11-25 12:00", True),
        ("*,*,25-5,*", "2026-12-31 12:00", True),
        ("*,*,25-5,*", "2026-12-05 12:00", True),
        ("*,*,25-5,*", "2026-12-06 12:00", False),
        ("*,*,*,nov-feb", "2026-11-25 12:00", True),
        ("*,*,*,nov-feb", "2027-02-25 12:00", True),
        ("*,*,*,nov-feb", "2027-03-25 12:00", False),
        ("*,*,*,11", "2026-11-25 12:00", True),
        ("00:00-00:00,*,30,feb", "2026-02-28 00:00", False),
        ("*", "2026-11-25 12:00", True),
        ("", "2026-11-25 12:00", True),
        ("*,*,24,dec", "2026-12-24 12:00", True),
    ],
)
def test_a_timing_holds(timing: str, when: str, *, holds: bool) -> None:
    fields = timing.replace("|", ",").split(",")
    berlin = ",".join([*fields, *["*"] * (4 - len(fields)), "Europe/Berlin"])
    assert parse_timing(berlin).holds(at(when)) is holds
    if "|" in timing:
        assert parse_timing(timing) == parse_timing(",".join(fields))


@pytest.mark.parametrize(
    ("timing", "when", "holds"),
    [
        # Spring forward: 2:00 to 2:59 of 2026-03-29 is not there.
        ("1:59,*,*,*", "2026-03-29T00:59:59+00:00", True),
        ("2:00-2:59,*,*,*", "2026-03-29T00:59:59+00:00", False),
        ("2:00-2:59,*,*,*", "2026-03-29T01:00:00+00:00", False),
        ("3:00,*,*,*", "2026-03-29T01:00:00+00:00", True),
        # Fall back: 2:00 to 2:59 of 2026-10-25 is there twice.
        ("2:30,*,*,*", "2026-10-25T00:30:00+00:00", True),
        ("2:30,*,*,*", "2026-10-25T01:30:00+00:00", True),
        ("3:00,*,*,*", "2026-10-25T02:00:00+00:00", True),
        # The turn of the year.
        ("22:00-6:00,*,31-1,dec-jan", "2026-12-31T22:59:59+00:00", True),
        ("22:00-6:00,*,31-1,dec-jan", "2026-12-31T23:00:00+00:00", True),
        ("*,*,31,dec", "2026-12-31T22:59:59+00:00", True),
        ("*,*,31,dec", "2026-12-31T23:00:00+00:00", False),
        ("*,thu,*,*", "2026-12-31T22:59:59+00:00", True),
        ("*,fri,*,*", "2026-12-31T23:00:00+00:00", True),
        ("*,*,29,feb", "2028-02-28T23:00:00+00:00", True),
        ("*,*,29,feb", "2028-02-29T23:00:00+00:00", False),
    ],
)
def test_where_clocks_jump(timing: str, when: str, *, holds: bool) -> None:
    moment = datetime.fromisoformat(when).timestamp()
    assert parse_timing(f"{timing},Europe/Berlin").holds(moment) is holds


@given(
    st.integers(0, 1439),
    st.integers(0, 1439),
    st.integers(int(at("2025-12-28 00:00")), int(at("2027-01-04 00:00"))),
)
def test_a_range_of_minutes_agrees_with_a_comparison(first: int, last: int, when: int) -> None:
    text = f"{first // 60}:{first % 60:02}-{last // 60:02}:{last % 60:02},*,*,*,Europe/Berlin"
    clock = datetime.fromtimestamp(when, BERLIN).strftime("%H:%M")
    begin, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in (first, last))
    inside = begin <= clock <= end if begin <= end else not end < clock < begin
    assert parse_timing(text).holds(when) is inside


def test_the_time_zone_counts() -> None:
    new_york = parse_timing("9:00-17:00,mon-fri,*,*,America/New_York")
    assert new_york.holds(at("2026-11-25 22:30"))  # 16:30 there
    assert not new_york.holds(at("2026-11-25 12:00"))  # 6:00 there
    saturday_in_tokyo = parse_timing("*,sat,*,*,Asia/Tokyo")
    assert saturday_in_tokyo.holds(at("2026-11-27 20:00"))


@pytest.mark.parametrize(
    ("timing", "fragment"),
    [
        ("9-17,*,*,*", "9"),
        ("9:00-25:00,*,*,*", "25:00"),
        ("9:00-17:60,*,*,*", "17:60"),
        ("*,mon-fry,*,*", "fry"),
        ("*,0-5,*,*", "0"),
        ("*,8,*,*", "8"),
        ("*,*,0,*", "0"),
        ("*,*,1-32,*", "32"),
        ("*,*,*,monkey", "monkey"),
        ("*,*,*,13", "13"),
        ("*,*,*,*,Mars/Olympus", "Mars/Olympus"),
        ("*,*,*,*,UTC,more", "more"),
    ],
)
def test_what_is_no_time_is_named(timing: str, fragment: str) -> None:
    with pytest.raises(TimingError) as caught:
        parse_timing(timing)
    assert caught.value.fragment == fragment


@given(st.text(alphabet="0123456789:-,|&*abcdefjmnoprstuw/ \0", max_size=40))
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        timing = parse_timing(text)
    except TimingError:
        return
    assert timing.holds(0.0) in {True, False}
