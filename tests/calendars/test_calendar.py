"""Calendars that a node looks at: who is busy when, whom it calls before, and what the dialplan sees."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from switchroom.calendars.calendars import Calendars
from switchroom.calendars.event import BusyState
from switchroom.channels.local import LocalTechnology
from switchroom.cli.registry import collect_commands
from switchroom.dialplan.interpreter import Interpreter
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import DeviceState, DeviceStateChanged, device_state
from switchroom.pbx.states.device_watch import DeviceStates, ExtensionStateChanged
from tests.calendars.support import NOON, FakeSource, appointment, config_of, look_at, now
from tests.cli.fakes import make_cli
from tests.support.dialplan import lines_of, make_interpreter
from tests.support.fakes import make_channel, make_pbx, run_virtual

PHONES = """
[phones]
exten => anna,1,Answer()
 same => n,Wait(20)
exten => nobody,1,Wait(100)
[reminder]
exten => s,1,Set(GLOBAL(heard)=${heard}${EPOCH}:${CALENDAR_EVENT(summary)}/${CALENDAR_EVENT(calendar)} )
"""
CALLS = ("channel = Local/anna@phones/n", "context = reminder", "extension = s")
FOREVER = 10 * 3600.0

Story = Callable[[Pbx], Awaitable[None]]


def play(story: Story, plan: str = PHONES) -> None:
    async def main() -> None:
        interpreter = make_interpreter(plan)
        technologies = {"LOCAL": LocalTechnology()}
        async with make_pbx(interpreter, technologies=technologies, now=now) as pbx:
            await story(pbx)
            pbx.datastore(Calendars).stop()

    run_virtual(main())


def test_busy_while_an_appointment_takes_time() -> None:
    told: list[tuple[float, str, DeviceState]] = []

    async def story(pbx: Pbx) -> None:
        pbx.events.subscribe(
            DeviceStateChanged, lambda event: told.append((now() - NOON, event.device, event.state))
        )
        look_at(
            pbx,
            FakeSource(
                appointment(600), appointment(1800, 1800), appointment(5000, busy=BusyState.FREE),
                appointment(9000, busy=BusyState.TENTATIVE),
            ),
        )  # fmt: skip
        assert device_state(pbx, "Calendar:anna") is DeviceState.NOT_INUSE
        assert device_state(pbx, "calendar:nobody") is DeviceState.INVALID
        await asyncio.sleep(700)
        assert device_state(pbx, "Calendar:anna") is DeviceState.INUSE
        await asyncio.sleep(FOREVER)

    play(story)
    assert told == [
        (600, "Calendar:anna", DeviceState.INUSE), (3600, "Calendar:anna", DeviceState.NOT_INUSE),
        (9000, "Calendar:anna", DeviceState.INUSE), (10800, "Calendar:anna", DeviceState.NOT_INUSE),
    ]  # fmt: skip


def test_a_lamp_follows_an_appointment() -> None:
    told: list[tuple[float, str, DeviceState]] = []

    async def story(pbx: Pbx) -> None:
        pbx.events.subscribe(
            ExtensionStateChanged,
            lambda event: told.append((now() - NOON, event.extension, event.state)),
        )
        pbx.datastore(DeviceStates).watch(pbx)
        look_at(pbx, FakeSource(appointment(600)))
        await asyncio.sleep(FOREVER)

    play(story, "[phones]\nexten => 100,hint,Calendar:anna\n")
    assert told == [(600, "100", DeviceState.INUSE), (2400, "100", DeviceState.NOT_INUSE)]


def test_looked_at_again_and_soon_where_that_failed(caplog: pytest.LogCaptureFixture) -> None:
    source = FakeSource(appointment(0, FOREVER))

    async def story(pbx: Pbx) -> None:
        (anna,) = look_at(
            pbx, source, "refresh = 15", "timeframe = 60", "autoreminder = 50"
        ).values()
        await asyncio.sleep(1000)
        source.failure = "no\nway"
        await asyncio.sleep(3600)
        assert anna.is_busy  # as it was last seen
        assert anna.failure == "no\nway"
        source.failure = ""
        await asyncio.sleep(900)
        assert not anna.failure

    play(story)
    assert source.asked[:2] == [(0, 3900), (900, 4800)]
    assert [since for since, _ in source.asked[2:7]] == [1800, 1860, 1980, 2220, 2700]
    assert [each.levelname for each in caplog.records if "anna" in each.getMessage()] == ["WARNING", "WARNING"]  # fmt: skip


def heard(*events: float | object, lines: tuple[str, ...] = (), hours: float = 10) -> list[str]:
    """What a phone was reminded of, seconds after noon."""
    found: list[str] = []

    async def story(pbx: Pbx) -> None:
        look_at(pbx, FakeSource(*events), *(*CALLS, *lines))  # type: ignore[arg-type]  # events
        await asyncio.sleep(hours * 3600)
        for word in pbx.global_variables.get("heard", "").split():
            moment, _, what = word.partition(":")
            found.append(f"{int(moment) - int(NOON)} {what}")

    play(story)
    return found


def test_reminders_as_the_event_says() -> None:
    first = appointment(3000, summary="first", alarms=(NOON + 2400, NOON + 2700))
    free = appointment(5000, summary="free", alarms=(NOON + 4000,), busy=BusyState.FREE)
    quiet = appointment(6000, summary="quiet")
    assert heard(first, free, quiet) == ["2400 first/anna", "2700 first/anna", "4000 free/anna"]


def test_reminders_as_the_calendar_says() -> None:
    first = appointment(3000, summary="first", alarms=(NOON + 2400, NOON + 2700))
    free = appointment(5000, summary="free", busy=BusyState.FREE)
    found = heard(first, free, lines=("autoreminder = 10", "refresh = 5"))
    assert found == ["2400 first/anna"]


def test_a_reminder_that_is_late_and_one_that_is_too_late() -> None:
    soon = appointment(120, summary="soon", alarms=(NOON - 3600, NOON - 600))
    over = appointment(-120, summary="over", alarms=(NOON - 600,))
    assert heard(soon, over) == ["0 soon/anna"]


def test_only_so_many_reminders_at_a_time() -> None:
    async def story(pbx: Pbx) -> None:
        events = [appointment(900, uid=str(n), alarms=(NOON,)) for n in range(12)]
        look_at(pbx, FakeSource(*events), "channel = Local/nobody@phones/n", "waittime = 10")
        halves = []
        for _ in range(4):
            await asyncio.sleep(9)
            halves.append(len(pbx.channels))
            await asyncio.sleep(1)
        assert halves == [10, 10, 4, 0]

    play(story)


def test_an_event_that_was_moved_is_reminded_of_again() -> None:
    source = FakeSource(appointment(900, uid="1", summary="a"))

    async def story(pbx: Pbx) -> None:
        look_at(pbx, source, *CALLS, "autoreminder = 10", "refresh = 1")
        await asyncio.sleep(500)
        source.stored = [appointment(2000, uid="1", summary="b")]
        await asyncio.sleep(3000)
        assert pbx.global_variables["heard"].split() == [f"{int(NOON) + at}:{text}/anna" for at, text in ((300, "a"), (1400, "b"))]  # fmt: skip

    play(story)


def test_variables_and_an_application() -> None:
    async def story(pbx: Pbx) -> None:
        event = appointment(900, summary="Cake, ${EPOCH}", alarms=(NOON,))
        look_at(
            pbx, FakeSource(event), "channel = Local/anna@phones/n", "app = Set",
            "appdata = GLOBAL(heard)=done", "setvar = CALLERID(name)=${CALENDAR_EVENT(summary)}",
            "setvar = __what=${CALENDAR_EVENT(busystate)}", "setvar = NOPE(x)=1",
        )  # fmt: skip
        await asyncio.sleep(60)
        assert pbx.global_variables["heard"] == "done"
        assert pbx.global_variables["seen"] == "Cake, ${EPOCH}|2"

    seen = "exten => anna,1,Set(GLOBAL(seen)=${CALLERID(name)}|${what})\n same => n,Answer()\n same => n,Wait(9)\n"
    play(story, f"[phones]\n{seen}")


def test_nobody_answers() -> None:
    async def story(pbx: Pbx) -> None:
        event = appointment(900, alarms=(NOON,))
        look_at(
            pbx,
            FakeSource(event),
            "channel = Local/nobody@phones/n",
            "extension = s",
            "waittime = 7",
        )
        await asyncio.sleep(6)
        assert pbx.channels
        await asyncio.sleep(3)
        assert not pbx.channels

    play(story)


def test_a_reload_keeps_what_is_known() -> None:
    source, other = FakeSource(appointment(0)), FakeSource()

    async def story(pbx: Pbx) -> None:
        calendars = look_at(pbx, source)
        await asyncio.sleep(10)
        anna = calendars["anna"]
        calendars.use(pbx, config_of(), lambda _: other)
        await asyncio.sleep(10)
        assert calendars["anna"] is anna
        assert anna.is_busy
        again = config_of("fetch_again_at_reload = yes")
        calendars.use(pbx, again, lambda _: other)
        await asyncio.sleep(10)
        assert calendars["anna"] is not anna
        assert len(other.asked) == 1
        calendars.use(pbx, again, lambda _: other)
        await asyncio.sleep(10)
        assert len(other.asked) == 2
        calendars.use(pbx, replace(again, calendars={}), lambda _: other)
        await asyncio.sleep(FOREVER)
        assert len(other.asked) == 2
        assert device_state(pbx, "Calendar:anna") is DeviceState.INVALID

    play(story)


def values(source: FakeSource, *lines: str) -> str:
    """``R`` after these lines, with a calendar that was looked at."""
    found: list[str] = []

    async def story(pbx: Pbx) -> None:
        look_at(pbx, source)
        await asyncio.sleep(1)
        channel = make_channel(pbx)
        assert isinstance(pbx.dialplan, Interpreter)
        await pbx.dialplan.run(channel)
        channel.finish()
        found.append(channel.variables.get("R", ""))

    play(story, lines_of(*lines))
    return found[0]


def test_functions() -> None:
    source = FakeSource(
        appointment(-600, summary="now", organizer="mailto:a@b", priority=4, uid="u1"),
        appointment(1800, summary="then", busy=BusyState.FREE),
    )
    ask = "Set(I=${CALENDAR_QUERY(anna)})"
    assert values(source, "Set(R=${CALENDAR_BUSY(anna)}${CALENDAR_BUSY(bob)})") == "1"
    assert values(source, ask, "Set(R=${CALENDAR_QUERY_RESULT(${I},getnum)})") == "2"
    fields = ("summary", "organizer", "priority", "calendar", "uid", "busystate", "start", "end")
    text = "|".join(f"${{CALENDAR_QUERY_RESULT(${{I}},{name})}}" for name in fields)
    expected = f"now|mailto:a@b|4|anna|u1|2|{int(NOON) - 600}|{int(NOON) + 1200}"
    assert values(source, ask, f"Set(R={text})") == expected
    second = (
        "Set(R=${CALENDAR_QUERY_RESULT(${I},summary,2)}${CALENDAR_QUERY_RESULT(${I},summary,3)})"
    )
    assert values(source, ask, second) == "then"
    later = "Set(I=${CALENDAR_QUERY(anna,$[${EPOCH} + 1300])})"
    assert values(source, later, "Set(R=${CALENDAR_QUERY_RESULT(${I},summary)})") == "then"
    ended = "Set(I=${CALENDAR_QUERY(anna,0,${EPOCH})})"
    assert values(source, ended, "Set(R=${CALENDAR_QUERY_RESULT(${I},getnum)})") == "1"
    assert values(source, "Set(R=[${CALENDAR_EVENT(summary)}${CALENDAR_QUERY(x)}])") == "[]"
    assert values(source, "Set(R=[${CALENDAR_QUERY_RESULT(7,getnum)}])") == "[]"


def test_writing() -> None:
    source = FakeSource()
    write = 'Set(CALENDAR_WRITE(anna,summary,start,end,busystate,uid)="Cake, tea",1800000900,1800001000,1,x)'
    assert values(source, write, "Set(R=${CALENDAR_SUCCESS})") == "1"
    (event,) = source.stored
    assert (event.summary, event.start, event.end, event.busy, event.uid) == (
        "Cake, tea", 1800000900, 1800001000, BusyState.TENTATIVE, "x",
    )  # fmt: skip
    assert (
        values(source, "Set(CALENDAR_WRITE(anna,start)=1800000000)", "Set(R=${CALENDAR_SUCCESS})")
        == "1"
    )
    assert source.stored[1].end - source.stored[1].start == 3600
    assert source.stored[1].uid


@pytest.mark.parametrize(
    "write",
    [
        "Set(CALENDAR_WRITE(anna,summary)=x)", "Set(CALENDAR_WRITE(anna,start,end)=20,10)", "Set(CALENDAR_WRITE(anna,start,end)=1)",
        "Set(CALENDAR_WRITE(anna,start,colour)=1,red)", "Set(CALENDAR_WRITE(bob,start)=1)", "Set(CALENDAR_WRITE(anna,start)=soon)",
        "Set(CALENDAR_WRITE(anna,start,busystate)=1,9)", "Set(CALENDAR_WRITE(anna,start)=1e300)",
    ],
)  # fmt: skip
def test_what_is_no_event_is_not_written(write: str) -> None:
    source = FakeSource()
    assert values(source, write, "Set(R=${CALENDAR_SUCCESS})") == "0"
    assert source.stored == []


def test_written_nowhere() -> None:
    source = FakeSource()
    source.failure = "read only"
    lines = ("Set(CALENDAR_WRITE(anna,start)=1800000000)", "Set(R=${CALENDAR_SUCCESS})")
    assert values(source, *lines) == "0"


def test_commands(tmp_path: Path) -> None:
    source = FakeSource(
        appointment(600, summary="Cake\x1b[2J", location="Room 1", alarms=(NOON + 300,))
    )
    answers: dict[str, str] = {}
    cli = make_cli(tmp_path)
    lines = (
        "calendar show calendars", "calendar show types", "calendar show calendar anna", "calendar dump sched",
        "calendar show calendar bob",
    )  # fmt: skip

    async def story(pbx: Pbx) -> None:
        context = replace(cli.context, pbx=pbx)
        for line in lines[:4]:
            assert (await collect_commands().execute(line, context)).startswith("No such command")
        look_at(pbx, source, *CALLS)
        await asyncio.sleep(1)
        for line in lines:
            answers[line] = await collect_commands().execute(line, context)

    play(story)
    cli.context.pbx.astdb.close()
    assert answers["calendar show calendars"].splitlines()[2].split() == ["anna", "ical", "free"]
    assert "caldav" in answers["calendar show types"]
    shown = answers["calendar show calendar anna"]
    assert "Summary             : Cake?[2J\n" in shown
    assert "Location            : Room 1\n" in shown
    schedule = answers["calendar dump sched"].splitlines()
    assert schedule[0] == "4 things are waited for"
    assert [line.split()[2] for line in schedule[1:]] == ["reminder", "begins", "ends", "refresh"]
    assert "there is no calendar 'bob'" in answers["calendar show calendar bob"]
