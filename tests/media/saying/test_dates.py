"""The format language of dates and times."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchroom.media.saying.date_format import DEFAULT_FORMAT, say_moment
from switchroom.media.saying.registry import all_languages, language_for

TODAY = date(2024, 3, 20)  # a Wednesday


def said(code: str, layout: str, when: datetime) -> str:
    names = say_moment(language_for(code), when, layout, today=TODAY)
    return " ".join(name.removeprefix("digits/") for name in names)


AFTERNOON = datetime(1984, 4, 21, 14, 5, 9)  # noqa: DTZ001  # its zone does not matter here
FULL_HOUR = datetime(2009, 1, 1, 9, 0, 0)  # noqa: DTZ001  # its zone does not matter here
MIDNIGHT = datetime(1905, 12, 31, 0, 30, 0)  # noqa: DTZ001  # its zone does not matter here

CASES = [
    ("en", DEFAULT_FORMAT, AFTERNOON, "day-6 mon-3 20 h-1 19 80 4 at 2 oh 5 p-m"),
    ("en", "abhdelp", AFTERNOON, "day-6 mon-3 mon-3 20 h-1 20 h-1 2 p-m"),
    ("en", "m S k N", AFTERNOON, "h-4 9 14 oh 5"),
    ("en", "Y I M p", FULL_HOUR, "2 thousand 9 9 oclock a-m"),
    ("en", "H N", FULL_HOUR, "oh 9 hundred"),
    ("en", "R", FULL_HOUR, "oh 9 oclock"),
    ("en", "T", AFTERNOON, "14 oh 5 9"),
    ("en", "F", AFTERNOON, "day-6 mon-3 20 h-1 19 80 4"),
    ("en", "Y d I p", MIDNIGHT, "19 oh 5 30 h-1 12 a-m"),
    ("en", "Y", datetime(1900, 1, 1), "19 hundred"),  # noqa: DTZ001  # as above
    ("en", "'hello' \"you\" 'open", AFTERNOON, "hello you open"),
    ("en", "''", AFTERNOON, ""),
    ("de", "AdBY k M", AFTERNOON, "day-6 1-and h-20 mon-3 19 hundred 4-and 80 14 oclock 5"),
    ("de", "R", datetime(2024, 1, 1, 1, 0), "1N oclock"),  # noqa: DTZ001  # as above
    ("nl", "dBY R", AFTERNOON, "1 nl-en 20 mon-3 19 hundred 4 nl-en 80 14 nl-uur 5"),
    ("fr", "dB R", FULL_HOUR, "h-1 mon-0 9 oclock"),
    ("fr", "d R", AFTERNOON, "20 et 1 14 oclock 5"),
    ("es", "F R", AFTERNOON, "day-6 es-el 21 es-de mon-3 es-de thousand 900 80 and 4 14 and 5"),
    ("it", "dBY R", FULL_HOUR, "h-1 mon-0 ore-2000 9 9"),
    ("it", "BY R", MIDNIGHT, "mon-11 ore-1900 5 ore-mezzanotte e 30"),
    ("pt", "F", AFTERNOON, "day-6 20 pt-e 1 pt-de mon-3 pt-de thousand 900 pt-e 80 pt-e 4"),
    ("pt", "R", AFTERNOON, "14 pt-hora pt-sss pt-e 5"),
    ("pt", "R", MIDNIGHT, "pt-meianoite pt-e 30"),
    ("ru", "dBY R", AFTERNOON, "20 h-1 mon-3 thousand 900 80 h-4 14 5"),
    ("pl", "R", MIDNIGHT, "t-24 30"),
    ("gr", "R", AFTERNOON, "14 kai 5"),
    ("he", "R", AFTERNOON, "14 ve 5"),
    ("ka", "R", AFTERNOON, "14 saati_da 5 tsuti"),
    ("ja", "YBd pIMS", AFTERNOON, "1000 900 80 4 nen mon-3 20 1 nichi p-m 2 ji 5 fun 9 byou"),
    ("zh", "YBd pIM", AFTERNOON, "1 9 8 4 year mon-3 20 1 day afternoon 2 hour 5 minute"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "layout", "when", "expected"), CASES)
def test_format(code: str, layout: str, when: datetime, expected: str) -> None:
    assert said(code, layout, when) == expected


@pytest.mark.parametrize(
    ("days", "full", "brief"),
    [
        (0, "today", ""),
        (1, "tomorrow", "tomorrow"),
        (-1, "yesterday", "yesterday"),
        (-2, "day-1 mon-2 h-18 2 thousand 20 4", "day-1"),
        (-6, "day-4 mon-2 h-14 2 thousand 20 4", "day-4"),
        (-7, "day-3 mon-2 h-13 2 thousand 20 4", "day-3 mon-2 h-13 2 thousand 20 4"),
        (2, "day-5 mon-2 20 h-2 2 thousand 20 4", "day-5 mon-2 20 h-2 2 thousand 20 4"),
    ],
)
def test_days_near_today(days: int, full: str, brief: str) -> None:
    when = datetime(2024, 3, 20, 23, 59) + timedelta(days=days)  # noqa: DTZ001  # as above
    assert said("en", "Q", when) == full
    assert said("en", "q", when) == brief


def test_an_unknown_letter_is_told_and_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert said("en", "Ax7B", AFTERNOON) == "day-6 mon-3"
    assert [record.getMessage() for record in caplog.records] == [
        "date format: 'x' stands for nothing", "date format: '7' stands for nothing",
    ]  # fmt: skip


@given(st.sampled_from(sorted(all_languages())), st.datetimes())
def test_every_language_says_every_moment(code: str, when: datetime) -> None:
    language = language_for(code)
    for layout in (language.date_format, language.time_format, language.date_time_format):
        names = say_moment(language, when, layout, today=TODAY)
        assert names
        others = {name for name in names if not name.startswith("digits/")}
        assert others <= {"minute", "vm-and"}


@given(st.sampled_from(sorted(all_languages())), st.datetimes(), st.text("ABhdeFIHkNlmMpPqQRSTYb"))
def test_every_letter_works_in_every_language(code: str, when: datetime, layout: str) -> None:
    say_moment(language_for(code), when, layout, today=TODAY)
