"""Series, held against the RFC's own examples and against python-dateutil."""

from datetime import date, datetime, timedelta
from itertools import takewhile

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from switchroom.calendars.event import CalendarError
from switchroom.calendars.recurrence import WEEKDAYS, Work, occurrences, parse_rule

START = datetime.fromisoformat("2026-01-28T09:30")


def days_of(rule: str, start: datetime, first: date, last: date) -> list[datetime]:
    return list(occurrences(parse_rule(rule), start, first, last, Work()))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY;COUNT=3", ["01-28", "01-29", "01-30"]),
        ("FREQ=DAILY;UNTIL=20260129", ["01-28", "01-29"]),
        ("FREQ=DAILY;UNTIL=20260129T093000", ["01-28", "01-29"]),
        ("FREQ=DAILY;UNTIL=20260129T092959", ["01-28"]),
        ("FREQ=WEEKLY;BYDAY=MO,FR;COUNT=3", ["01-30", "02-02", "02-06"]),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,WE;COUNT=4", ["01-28", "02-08", "02-11", "02-22"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", ["01-31", "02-28", "03-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", ["01-31", "03-31", "05-31"]),
        ("FREQ=MONTHLY;BYDAY=2TU;COUNT=2", ["02-10", "03-10"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3", ["01-30", "02-27", "03-31"]),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;COUNT=1", ["03-29"]),
        ("FREQ=YEARLY;BYWEEKNO=20;COUNT=1", ["05-13"]),
        ("FREQ=YEARLY;BYYEARDAY=100,-1;COUNT=2", ["04-10", "12-31"]),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=2", ["02-13", "03-13"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", []),
    ],
)  # fmt: skip
def test_days(rule: str, expected: list[str]) -> None:
    found = days_of(rule, START, START.date(), date(2026, 12, 31))
    assert [f"{each:%m-%d}" for each in found] == expected
    assert {f"{each:%H:%M}" for each in found} <= {"09:30"}


def test_times_of_a_day() -> None:
    found = days_of("FREQ=HOURLY;INTERVAL=5", START, date(2026, 1, 28), date(2026, 1, 29))
    assert [f"{each:%d %H:%M}" for each in found] == [
        "28 09:30", "28 14:30", "28 19:30", "29 00:30", "29 05:30", "29 10:30", "29 15:30", "29 20:30",
    ]  # fmt: skip
    found = days_of("FREQ=MINUTELY;INTERVAL=600", START, date(2026, 1, 28), date(2026, 1, 28))
    assert [f"{each:%H:%M}" for each in found] == ["09:30", "19:30"]
    found = days_of(
        "FREQ=DAILY;BYHOUR=8,17;BYMINUTE=0", START, date(2026, 1, 28), date(2026, 1, 29)
    )
    assert [f"{each:%d %H:%M}" for each in found] == ["28 17:00", "29 08:00", "29 17:00"]


@pytest.mark.parametrize(
    "rule",
    [
        "", "FREQ=SECONDLY", "FREQ=DAILY;BYMONTH=13", "FREQ=DAILY;INTERVAL=x", "BYDAY=MO", "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY;UNTIL=soon", "FREQ=HOURLY;BYSETPOS=1", "FREQ=DAILY;WKST=XX", "FREQ=DAILY;COUNT=" + "9" * 5000,
    ],
)  # fmt: skip
def test_no_rule(rule: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_rule(rule)


def test_a_strangers_rule_takes_no_longer_than_the_days_that_matter() -> None:
    today = date(2026, 11, 26)
    near = today + timedelta(days=2)
    start = datetime.fromisoformat("1900-01-01")
    for rule in (
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MINUTELY", "FREQ=YEARLY;INTERVAL=99999",
        "FREQ=MONTHLY;INTERVAL=99999999999999999999999", "FREQ=DAILY;UNTIL=99991231T235959Z",
    ):  # fmt: skip
        list(occurrences(parse_rule(rule), start, today, near, Work(most=10_000)))
    with pytest.raises(CalendarError, match="too long"):
        list(occurrences(parse_rule("FREQ=MINUTELY;COUNT=999999999"), start, today, near, Work()))


def draw_weekdays(draw: st.DrawFn, parts: dict[str, str]) -> None:
    ordinal = st.just("")
    is_long = parts["FREQ"] in {"YEARLY", "MONTHLY"}
    # With and without a number in one rule, dateutil wants both of a day.
    if is_long and draw(st.booleans()):
        ordinal = st.sampled_from(["1", "2", "-1", "5"])
    elif parts["FREQ"] == "YEARLY" and draw(st.integers(0, 3)) == 0:
        parts["BYWEEKNO"] = str(draw(st.sampled_from([1, 10, 52, -2])))
        parts.pop("BYYEARDAY", None)
    words = st.tuples(ordinal, st.sampled_from(WEEKDAYS)).map("".join)
    parts["BYDAY"] = ",".join(draw(st.lists(words, min_size=1, max_size=3)))


@st.composite
def rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY"]))
    parts = {"FREQ": frequency, "INTERVAL": str(draw(st.integers(1, 4)))}

    def numbers(name: str, least: int, most: int) -> None:
        values = st.integers(least, most).filter(bool)
        parts[name] = ",".join(map(str, draw(st.lists(values, min_size=1, max_size=3))))

    if draw(st.booleans()):
        numbers("BYMONTH", 1, 12)
    if frequency != "WEEKLY" and draw(st.booleans()):
        numbers("BYMONTHDAY", -31, 31)
    if frequency == "YEARLY" and draw(st.integers(0, 3)) == 0:
        numbers("BYYEARDAY", -366, 366)
    if draw(st.booleans()):
        draw_weekdays(draw, parts)
    if len(parts) > 2 and draw(st.booleans()):
        numbers("BYSETPOS", -3, 3)
    if draw(st.booleans()):
        parts["WKST"] = draw(st.sampled_from(WEEKDAYS))
    if draw(st.booleans()):
        parts["COUNT"] = str(draw(st.integers(1, 40)))
    return ";".join(f"{name}={value}" for name, value in parts.items())


EARLY, LATE = datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2027-01-01")


@settings(max_examples=30, deadline=None, derandomize=True, phases=[Phase.generate])
@given(
    rule=rules(),
    start=st.datetimes(EARLY, LATE).map(lambda each: each.replace(microsecond=0)),
    offset=st.integers(0, 700),
)
def test_the_same_as_dateutil(rule: str, start: datetime, offset: int) -> None:
    first = start.date() + timedelta(days=offset)
    last = first + timedelta(days=500)
    # Where a rule has no day any more, dateutil looks for one until the year 9999.
    endless = ";".join(part for part in rule.split(";") if not part.startswith("COUNT"))
    assume(days_of(endless, start, last + timedelta(days=1), last + timedelta(days=3000)))
    rrule = pytest.importorskip("dateutil.rrule", reason="python-dateutil is not installed")
    until_last = takewhile(lambda each: each.date() <= last, rrule.rrulestr(rule, dtstart=start))
    expected = [each for each in until_last if each.date() >= first]
    assert days_of(rule, start, first, last) == expected
