"""What is in a calendar within some time, clocks that change included."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchroom.calendars.content import escaped, folded, parse_calendars, plain
from switchroom.calendars.event import BusyState, CalendarError, Event
from switchroom.calendars.reading import MAX_EVENTS, parse_duration, read_events
from switchroom.calendars.sifting import sifted
from switchroom.calendars.writing import written

BERLIN = ZoneInfo("Europe/Berlin")
DAY = 86400.0

#: As Outlook writes it, under a name that nobody else knows.
OUTLOOK = """BEGIN:VTIMEZONE
TZID:Somewhere in Europe
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


def at(text: str, zone: ZoneInfo | None = BERLIN) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone or UTC).timestamp()


def event(*lines: str) -> str:
    return "\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])


def read(*parts: str, since: str = "2026-03-20", days: float = 30) -> list[Event]:
    text = "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *parts, "END:VCALENDAR"])
    start = at(since)
    return read_events([text.replace("\n", "\r\n")], start, start + days * DAY)


def starts(events: list[Event]) -> list[str]:
    return [f"{datetime.fromtimestamp(each.start, BERLIN):%m-%d %H:%M}" for each in events]


def test_all_of_an_event() -> None:
    (found,) = read(
        event(
            "UID:1@x", "DTSTART:20260321T090000Z", "DTEND:20260321T093000Z", r"SUMMARY:Cake\, coffee\; tea",
            "DESCRIPTION:first\\nsec", " ond", 'ORGANIZER;CN="Doe; Anna":mailto:anna@example.com', "LOCATION:Room 1",
            "CATEGORIES:a,b", "CATEGORIES:c", "PRIORITY:3", "STATUS:TENTATIVE",
            "BEGIN:VALARM", "TRIGGER:-PT10M", "END:VALARM", "BEGIN:VALARM", "TRIGGER;RELATED=END:PT1M", "END:VALARM",
            "BEGIN:VALARM", "TRIGGER;VALUE=DATE-TIME:20260321T080000Z", "END:VALARM",
        )
    )  # fmt: skip
    start = at("2026-03-21T09:00", None)
    assert found == Event(
        uid="1@x", start=start, end=start + 1800, summary="Cake, coffee; tea", description="first\nsecond",
        organizer="mailto:anna@example.com", location="Room 1", categories="a,b,c", priority=3,
        busy=BusyState.TENTATIVE, alarms=(start - 3600, start - 600, start + 1860),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "busy"),
    [
        ("STATUS:CONFIRMED", BusyState.BUSY), ("TRANSP:OPAQUE", BusyState.BUSY), ("X-A:b", BusyState.BUSY),
        ("TRANSP:TRANSPARENT", BusyState.FREE), ("STATUS:TENTATIVE", BusyState.TENTATIVE),
        ("X-MICROSOFT-CDO-BUSYSTATUS:OOF", BusyState.BUSY), ("X-MICROSOFT-CDO-BUSYSTATUS:FREE", BusyState.FREE),
    ],
)  # fmt: skip
def test_who_is_busy(line: str, busy: BusyState) -> None:
    assert [each.busy for each in read(event("DTSTART:20260321T090000Z", line))] == [busy]


def test_cancelled() -> None:
    assert read(event("UID:1", "DTSTART:20260321T090000Z", "STATUS:CANCELLED")) == []


@pytest.mark.parametrize("zone", ["Europe/Berlin", "/mozilla.org/20050126_1/Europe/Berlin", "Somewhere in Europe"])  # fmt: skip
def test_a_series_keeps_its_hour_when_clocks_change(zone: str) -> None:
    found = read(
        OUTLOOK, event("UID:1", f"DTSTART;TZID={zone}:20260102T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"),
        since="2026-03-20", days=15,
    )  # fmt: skip
    assert starts(found) == ["03-20 09:00", "03-27 09:00", "04-03 09:00"]
    assert found[2].start - found[1].start == 7 * DAY - 3600
    later = read(
        OUTLOOK, event("UID:1", f"DTSTART;TZID={zone}:20260102T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"),
        since="2026-10-20", days=15,
    )  # fmt: skip
    assert starts(later) == ["10-23 09:00", "10-30 09:00"]
    assert later[1].start - later[0].start == 7 * DAY + 3600


def test_an_hour_that_a_clock_skips_and_one_that_it_has_twice() -> None:
    line = "DTSTART;TZID=Europe/Berlin:2026"
    (skipped,) = read(event(f"{line}0329T023000"))
    assert skipped.start == at("2026-03-29T01:30", None)  # by the offset before: 03:30 on the clock
    (twice,) = read(event(f"{line}1025T023000"), since="2026-10-20")
    assert twice.start == at("2026-10-25T00:30", None)  # the first of both


def test_the_length_of_a_series_is_kept_to_the_second() -> None:
    found = read(
        event("UID:1", "DTSTART;TZID=Europe/Berlin:20260327T220000", "DTEND;TZID=Europe/Berlin:20260328T060000", "RRULE:FREQ=DAILY"),
        days=10,
    )  # fmt: skip
    assert {each.end - each.start for each in found} == {8 * 3600.0}


def test_days() -> None:
    zone = "X-WR-TIMEZONE:Europe/Berlin"
    first, holiday, last = read(
        zone,
        event("UID:1", "DTSTART;VALUE=DATE:20260329"),
        event("UID:2", "DTSTART;VALUE=DATE:20260401", "DTEND;VALUE=DATE:20260404"),
        event("UID:3", "DTSTART;VALUE=DATE:20260327", "RRULE:FREQ=WEEKLY;UNTIL=20260327"),
    )
    assert (first.uid, first.start, first.end - first.start) == ("3", at("2026-03-27"), DAY)
    # The day on which the clock is changed has 23 hours.
    assert (holiday.start, holiday.end) == (at("2026-03-29"), at("2026-03-30"))
    assert holiday.end - holiday.start == 23 * 3600
    assert (last.start, last.end) == (at("2026-04-01"), at("2026-04-04"))


def test_what_is_changed_in_a_series() -> None:
    zone = "TZID=Europe/Berlin"
    found = read(
        event("UID:1", f"DTSTART;{zone}:20260320T090000", "RRULE:FREQ=DAILY;COUNT=6",
              f"EXDATE;{zone}:20260321T090000", "SUMMARY:old", f"RDATE;{zone}:20260410T120000"),
        event("UID:1", f"RECURRENCE-ID;{zone}:20260322T090000", f"DTSTART;{zone}:20260322T150000", "SUMMARY:new"),
        event("UID:1", "RECURRENCE-ID:20260323T080000Z", f"DTSTART;{zone}:20260323T090000", "STATUS:CANCELLED"),
        event("UID:1", "SEQUENCE:1", f"RECURRENCE-ID;{zone}:20260324T090000", f"DTSTART;{zone}:20260501T090000"),
        event("UID:1", f"RECURRENCE-ID;{zone}:20260324T090000", f"DTSTART;{zone}:20260324T110000", "SUMMARY:older"),
    )  # fmt: skip
    assert [(start, each.summary) for start, each in zip(starts(found), found, strict=True)] == [
        ("03-20 09:00", "old"), ("03-22 15:00", "new"), ("03-25 09:00", "old"), ("04-10 12:00", "old"),
    ]  # fmt: skip


def test_the_end_of_a_series_in_utc() -> None:
    line = "DTSTART;TZID=America/New_York:20260320T200000"
    assert len(read(event(line, "RRULE:FREQ=DAILY;UNTIL=20260323T000000Z"))) == 3
    assert len(read(event(line, "RRULE:FREQ=DAILY;UNTIL=20260322T235959Z"))) == 2


def test_only_what_lies_within() -> None:
    found = read(
        event("UID:before", "DTSTART:20260319T100000Z", "DTEND:20260319T230000Z"),
        event("UID:into", "DTSTART:20260319T100000Z", "DTEND:20260320T100000Z"),
        event("UID:within", "DTSTART:20260320T110000Z"),
        event("UID:after", "DTSTART:20260420T000000Z"),
        event("UID:long", "DTSTART:20200101T000000Z", "DTEND:20300101T000000Z", "RRULE:FREQ=YEARLY;COUNT=1"),
    )  # fmt: skip
    assert [each.uid for each in found] == ["long", "into", "within"]


def test_what_is_no_event_spoils_no_other() -> None:
    good = event("UID:good", "DTSTART:20260321T090000Z", "BEGIN:VALARM", "TRIGGER:soon", "END:VALARM", "PRIORITY:x", ";;:", "\x00")  # fmt: skip
    bad = [
        event("UID:1"), event("DTSTART:tomorrow"), event("DTSTART:20260231T000000"), event("DTSTART:20260321T256199"),
        event("DTSTART:20260321T090000Z", "RRULE:FREQ=SECONDLY"), event("DTSTART:00010101T000000Z", "RRULE:FREQ=DAILY"),
        event("DTSTART:20260321T090000Z", "DURATION:PX"), event("DTSTART:20260321T090000Z", "EXDATE:never"),
    ]  # fmt: skip
    (found,) = read(*bad, good, "BEGIN:VEVENT", "DTSTART:")
    assert (found.uid, found.alarms, found.priority) == ("good", (), 0)


@pytest.mark.parametrize(
    "text", ["", "<html>log in</html>", "BEGIN:VCARD\nEND:VCARD", "BEGIN:VCALENDAR\n" + "BEGIN:X\n" * 20]
)  # fmt: skip
def test_no_calendar(text: str) -> None:
    with pytest.raises(CalendarError):
        read_events([text], 0, DAY)


def test_more_than_a_calendar_may_have() -> None:
    many = event("DTSTART:19000101T000000Z", "RRULE:FREQ=DAILY;COUNT=999999999")
    with pytest.raises(CalendarError, match="too long"):
        read(*[many] * 40)
    assert len(read(event("DTSTART:20260320T000000Z", "RRULE:FREQ=MINUTELY"))) == MAX_EVENTS


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-6, 6), st.sampled_from(["", "DTEND:", "DTEND;TZID=Europe/Berlin:", "DTEND;TZID=a\n b:", "DURATION:P9D", "rrule:FREQ=DAILY"]),
            st.integers(0, 9), st.sampled_from(["DTSTART:", "DTSTART;TZID=Pacific/Apia:", "dtstart:"]),
        ),
        max_size=8,
    )
)  # fmt: skip
def test_what_is_sifted_out_would_not_be_found(events: list[tuple[int, str, int, str]]) -> None:
    def line(name: str, day: int) -> str:
        return f"{name}{datetime(2026, 3, 20, tzinfo=UTC) + timedelta(days=day):%Y%m%dT120000}"

    parts = [
        event(f"UID:{n}", line(start, day), line(end, day + length) if end.endswith(":") else end or "X-A:b")
        for n, (day, end, length, start) in enumerate(events)
    ]  # fmt: skip
    found = read(*parts, since="2026-03-20", days=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("switchroom.calendars.reading.sifted", lambda text, first, last: text)
        assert read(*parts, since="2026-03-20", days=1) == found


def test_old_events_are_sifted_out() -> None:
    old = event("UID:old", "DTSTART:20200101T000000Z", "DTEND:20200101T010000Z")
    near = event("UID:near", "DTSTART:20260320T000000Z")
    text = f"BEGIN:VCALENDAR\n{old}\n{near}\n{old}\nEND:VCALENDAR\n"
    days = datetime(2026, 3, 18, tzinfo=UTC).date(), datetime(2026, 3, 22, tzinfo=UTC).date()
    assert sifted(text, *days) == f"BEGIN:VCALENDAR\n{near}\nEND:VCALENDAR\n"


@pytest.mark.parametrize(
    "lines",
    [
        "BEGIN:VEVENT\n" * 100_000, "A:b\n" * 100_000, "END:VEVENT\n" * 100_000, "A" + ';"' * 200_000, "A;B=" + '"' * 200_001,
        "A" + ";B=c" * 100_000, ";" * 400_000, " " * 400_000, "\n " * 200_000, "BEGIN:VEVENT\nDTSTART:" + "1" * 400_000,
        event("UID:1", "DTSTART:20260320T000000Z", "RRULE:FREQ=DAILY;BYDAY=" + "MO," * 100_000),
        event("UID:1", "DTSTART:20260320T000000Z", "EXDATE:" + "20260320T000000Z," * 20_000),
        event("UID:1", "DTSTART;TZID=" + "/" * 400_000 + ":20260320T000000Z"), "DESCRIPTION:" + "\\\\n" * 100_000,
    ],
    ids=lambda lines: lines[:20],
)  # fmt: skip
@pytest.mark.timeout(
    20
)  # each takes far less than a second; what grows with the square takes minutes
def test_no_text_takes_long(lines: str) -> None:
    with suppress(CalendarError):
        read(lines)


def test_more_lines_than_a_calendar_may_have() -> None:
    with pytest.raises(CalendarError, match="lines"):
        read("A:b\n" * 200_001)


def test_durations() -> None:
    assert parse_duration("-PT15M") == (timedelta(), -900.0)
    assert parse_duration("P1DT2H") == (timedelta(days=1), 7200.0)
    assert parse_duration("P2W") == (timedelta(days=14), 0.0)
    with pytest.raises(ValueError, match="no duration"):
        parse_duration("1 hour")


@settings(deadline=None)
@given(st.text())
def test_texts(text: str) -> None:
    line = folded(f"SUMMARY:{escaped(text)}").encode(errors="surrogatepass")
    assert all(len(piece) <= 75 for piece in line.split(b"\r\n"))
    assert line.endswith(b"\r\n")


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=300))
def test_what_is_written_is_read(text: str) -> None:
    start = at("2026-03-21")
    wrote = Event("u;i,d", start, start + 60, text.strip(), "a\nb", priority=5, categories="x,y")
    (read_again,) = read_events([written(wrote, now=start)], start, start + DAY)
    assert read_again == wrote


def test_a_text_controls_no_terminal() -> None:
    assert plain("a\x1b[31mb\x00\x7f\\nc") == "a[31mb\nc"


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "TZID:x", "END:VTIMEZONE", "BEGIN:STANDARD", "END:STANDARD",
             "DTSTART:20260321T090000", "DTSTART;TZID=x:20260321T090000", "DTSTART;VALUE=DATE:20260321", "UID:1",
             "RRULE:FREQ=YEARLY", "RRULE:FREQ=DAILY;BYSETPOS=400", "TZOFFSETTO:+9999", "TZOFFSETTO:x", "DURATION:P99999D",
             "RECURRENCE-ID:20260321T090000", "RECURRENCE-ID:x", "EXDATE:20260321", "RDATE;VALUE=PERIOD:20260322T090000/PT1H",
             "DTEND:20260101", "DTEND:99991231", "BEGIN:VALARM", "TRIGGER:-P1D", "END:VALARM", "BEGIN:VCALENDAR", "END:VCALENDAR"]
        )
        | st.text(),
        max_size=30,
    )
)  # fmt: skip
def test_nothing_else_is_raised(lines: list[str]) -> None:
    try:
        read(*lines)
    except CalendarError:
        return
    assert parse_calendars("BEGIN:VCALENDAR\n" + "\n".join(lines))
