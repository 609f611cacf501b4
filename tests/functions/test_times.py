import time

import pytest

from switchroom.dialplan.calendar import format_time, parse_time, zone_of
from tests.support.dialplan import value_of


@pytest.fixture
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ("1700000000.789,UTC,%S.%3q %1q %6q %q", "20.789 7 789000 789"), ("-1,UTC,%F %T", "1969-12-31 23:59:59"),
        ("0,UTC", "Thu Jan  1 00:00:00 1970"), ("0,Mars/Base,%T %z", "00:00:00 +0000"),
        ("0,UTC,%d,%m", "01,01"), ("0,UTC,100%% %-d%", "100% 1%"), ("0,UTC,%9999Y", ""),
        ("1e30,UTC,%Y", ""), ("inf,UTC,%Y", ""), ("0,../etc,%H", "00"), ("0,UTC,é%H", "é00"),
        ("1318615200,Europe/London,%P %l %k %G-W%V", "pm  7 19 2011-W41"),
    ],
)  # fmt: skip
def test_strftime(arguments: str, value: str) -> None:
    assert value_of(f"Set(R=${{STRFTIME({arguments})}})") == value


def test_the_machines_own_zone(in_berlin: object) -> None:
    assert format_time(1318615200, None, "%H %Z %z %s") == "20 CEST +0200 1318615200"
    assert format_time(1318615200, zone_of("Asia/Tokyo"), "%H %Z %z") == "03 CET +0900"
    assert parse_time("2011-10-14 20:00:00", None, "%Y-%m-%d %H:%M:%S") == 1318615200


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ("2011-10-14 14:00:00,America/Toronto,%F %T", "1318615200"),
        ("14 October 2011 6 pm,UTC,%d %B %Y %I %p", "1318615200"),
        ("Fri Oct 14 18:00:00 2011,UTC,%c", "1318615200"), ("10/14/11 18:00,UTC,%D %R", "1318615200"),
        ("  2011-10-14  18,UTC,%Y-%m-%d %H", "1318615200"), ("20111014180000 and more,UTC,%Y%m%d%H%M%S", "1318615200"),
        ("11 287 18,UTC,%y %j %H", "1318615200"), ("12:00 AM,UTC,%I:%M %p", "-2209075200"),
        ("70-01-01,UTC,%y-%m-%d", "0"), ("68-01-01,UTC,%y-%m-%d", "3092601600"), ("1970-01-01 x,UTC,%Y-%m-%d%nx%%", ""),
        ("1970-01-01 UTC %,UTC,%F %Z %%", "0"), ("1970-13-01,UTC,%F", ""), ("1970-01-32,UTC,%F", ""),
        ("then,UTC,%F", ""), ("1970-02-31,UTC,%F", "5270400"), ("x,UTC,%J", ""), (",UTC,%Y", ""), ("x,UTC", ""),
    ],
)  # fmt: skip
def test_strptime(arguments: str, value: str) -> None:
    assert value_of(f"Set(R=${{STRPTIME({arguments})}})") == value


@pytest.mark.parametrize(
    ("moment", "choice", "value"),
    [
        ("2026-12-25 12:00:00", "9:00-17:00,mon-fri,*,*?open:closed", "open"),
        ("2026-12-25 17:01:00", "9:00-17:00,mon-fri,*,*?open:closed", "closed"),
        ("2026-12-26 12:00:00", "9:00-17:00,mon-fri,*,*?open:closed", "closed"),
        ("2026-12-25 12:00:00", "*,*,25,dec?xmas", "xmas"), ("2026-12-24 12:00:00", "*,*,25,dec?xmas", ""),
        ("2026-12-25 12:00:00", '*,*,*,*?"a:b":c', "a:b"), ("2026-12-25 12:00:00", "*,*,*,*", ""),
        ("2026-12-25 12:00:00", "never,*,*,*?a:b", "b"),
        ("2026-07-01 12:00:00 UTC", "21:00-21:00,*,*,*,Asia/Tokyo?yes:no", "yes"),
    ],
)  # fmt: skip
def test_iftime(moment: str, choice: str, value: str) -> None:
    assert value_of(f"Set(TESTTIME()={moment})", f"Set(R=${{IFTIME({choice})}})") == value


def test_testtime_is_for_all_conditions_until_it_is_taken_away() -> None:
    lines = [
        "Set(TESTTIME()=2001-01-01 00:00:00)", "GotoIfTime(*,*,1,jan?4)", "Set(R=no)",
        "ExecIfTime(*,*,2,jan?Set(R=no))", "ExecIfTime(*,*,1,jan?Set(R=yes))", "Set(TESTTIME()=)",
        "Set(TESTTIME()=yesterday)", "Set(R=${R}[${TESTTIME}])",
    ]  # fmt: skip
    assert value_of(*lines) == "yes[]"


@pytest.mark.parametrize("moment", ["1e308", "nan", "-inf", "1e15", "-1e11", "soon", "9" * 5000])
def test_a_moment_that_no_calendar_has_is_now(moment: str) -> None:
    assert value_of(f"Set(TESTTIME={moment})", "Set(R=${IFTIME(*,*,*,*?then:never)})") == "then"


def test_moments_before_1970_are_some_too() -> None:
    lines = ("Set(TESTTIME()=1969-07-20 20:17:40 UTC)", "Set(R=${IFTIME(*,*,20,jul,UTC?moon:no)})")
    assert value_of(*lines) == "moon"
