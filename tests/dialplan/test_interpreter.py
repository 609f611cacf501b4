"""How channels run: what they match, when they give way, what a reload leaves alone."""

from __future__ import annotations

import asyncio
import gc
import weakref
from pathlib import Path

import pytest

from switchroom.config.language.reader import parse_config
from switchroom.dialplan.interpreter import Interpreter
from switchroom.dialplan.model import Dialplan
from switchroom.dialplan.pace import MAX_BUSY_STEPS, STEPS_BETWEEN_PAUSES, Pace
from switchroom.dialplan.parser import parse_dialplan
from switchroom.dialplan.program import MAX_KNOWN, Program
from switchroom.pbx.channel import Channel
from tests.support.dialplan import lines_of, make_interpreter, registries, run_dialplan, value_of
from tests.support.fakes import make_channel, make_pbx, run_virtual

NOON = 1_700_000_000.0


def dialplan_of(conf: str, clock: float = NOON) -> Dialplan:
    config = parse_config(conf, path=Path("extensions.conf"))
    return parse_dialplan(config, clock=lambda: clock)


def program_of(conf: str, clock: float = NOON) -> Program:
    interpreter = Interpreter(*registries())
    return Program(dialplan_of(conf, clock), interpreter._compile)


def applications(program: Program, number: str, caller: str = "", context: str = "a") -> list[str]:
    steps = program.match(context, number, caller).steps
    return [f"{n}:{steps[n].priority.data}" for n in sorted(steps)]


def test_each_priority_is_that_of_the_best_extension_with_it() -> None:
    program = program_of(
        "[a]\nexten => _1X,1,NoOp(x1)\nexten => _1X,2(here),NoOp(x2)\nexten => 12,2,NoOp(literal)\n"
        "exten => 12,3,NoOp(last)\ninclude => b\n[b]\nexten => _.,3,NoOp(b3)\nexten => _.,4,NoOp(b4)\n"
    )
    assert applications(program, "12") == ["1:x1", "2:literal", "3:last", "4:b4"]
    assert applications(program, "13") == ["1:x1", "2:x2", "3:b3", "4:b4"]
    assert program.label("a", "12", "here", "") == 2
    assert program.match("a", "14", "") is program.match("a", "15", "")
    assert applications(program, "") == []
    assert applications(program, "12", context="none") == []


def test_what_goes_on_in_another_extension_is_executed_there() -> None:
    outcome = run_dialplan(
        "[default]\nexten => _[s],1,Set(R=1)\nexten => s,2,Set(R=${R}2)\nexten => _[s],3,Set(R=${R}3)\n"
    )
    assert outcome["R"] == "123"


def test_the_time_of_an_include_counts_at_each_look_up() -> None:
    now = [NOON]
    config = parse_config(
        "[a]\ninclude => day,00:00-11:59,*,*,*,UTC\ninclude => always\n"
        "[day]\nexten => 1,1,NoOp(day)\n[always]\nexten => _X,1(x),NoOp(always)\n[b]\ninclude => a\n",
        path=Path("extensions.conf"),
    )
    dialplan = parse_dialplan(config, clock=lambda: now[0])
    program = Program(dialplan, Interpreter(*registries())._compile)
    assert applications(program, "1", context="b") == ["1:always"]
    assert program.exists("b", "1", 1, "")
    assert program.label("b", "1", "x", "") == 1
    now[0] = NOON - NOON % 86_400
    assert applications(program, "1", context="b") == ["1:day"]


def test_who_calls_counts_at_each_look_up() -> None:
    program = program_of("[a]\nexten => 1/55,1,NoOp(for 55)\nexten => 1,1,NoOp(for all)\n")
    assert applications(program, "1", "55") == ["1:for 55"]
    assert applications(program, "1", "56") == ["1:for all"]


def test_what_callers_dial_is_not_remembered_for_ever() -> None:
    program = program_of("[a]\nexten => _X.,1,NoOp()\n")
    for number in range(MAX_KNOWN + 10):
        assert program.exists("a", f"1{number}", 1, "")
    assert len(program._known["a"]) == 10


def test_the_same_line_is_compiled_once() -> None:
    program = program_of("[a]\nexten => 1,1,Hangup()\nexten => 2,1,Hangup()\n")
    first, second = (program.match("a", number, "").steps[1] for number in ("1", "2"))
    assert first is not second
    assert program.compile(first) is program.compile(second)


def test_a_program_ends_with_its_last_call_without_the_collector() -> None:
    interpreter = make_interpreter("[default]\nexten => s,1(top),NoOp()\n same => n,Goto(s,top)\n")
    old = weakref.ref(interpreter._program)

    async def main() -> None:
        async with make_pbx(interpreter) as pbx:
            channel = make_channel(pbx)
            running = asyncio.ensure_future(interpreter.run(channel))  # noqa: TID251  # ends below
            await asyncio.sleep(0.1)
            interpreter.replace(Dialplan({}))
            await asyncio.sleep(0.1)
            assert old() is not None  # the call runs in it
            channel.hangup()
            await running
            assert old() is None
            channel.finish()

    gc.collect()
    gc.disable()
    try:
        run_virtual(main())
    finally:
        gc.enable()


def test_a_running_call_goes_on_in_the_dialplan_it_began_in() -> None:
    before = lines_of("Wait(1)", "Set(R=old)", "Goto(other,1)") + "exten => other,1,Set(S=old)\n"
    after = lines_of("Wait(1)", "Set(R=new)", "Goto(other,1)") + "exten => other,1,Set(S=new)\n"
    interpreter = make_interpreter(before)

    async def main() -> list[tuple[str, str]]:
        async with make_pbx(interpreter) as pbx:
            channels: list[Channel] = []
            async with asyncio.TaskGroup() as calls:
                for name in ("Fake/1", "Fake/2"):
                    channels.append(make_channel(pbx, name=name))
                    calls.create_task(interpreter.run(channels[-1]))
                    await asyncio.sleep(0.5)
                    interpreter.replace(dialplan_of(after))
            for channel in channels:
                channel.finish()
            return [(c.variables["R"], c.variables["S"]) for c in channels]

    assert run_virtual(main()) == [("old", "old"), ("new", "new")]


def test_a_loop_gives_way_to_others() -> None:
    interpreter = make_interpreter(
        lines_of("Set(i=0)", "Set(i=$[${i} + 1])", "GotoIf($[${i} < 1000]?2)")
    )

    async def main() -> int:
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        async with make_pbx(interpreter) as pbx, asyncio.TaskGroup() as tasks:
            channel = make_channel(pbx)
            beside = tasks.create_task(other())
            await interpreter.run(channel)
            beside.cancel()
            channel.finish()
        return turns

    assert run_virtual(main()) >= 2000 // STEPS_BETWEEN_PAUSES


def test_a_loop_that_never_ends_is_slowed_down_and_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> float:
        channel = make_channel(make_pbx())
        pace = Pace(channel)
        loop = asyncio.get_running_loop()
        for _ in range(MAX_BUSY_STEPS // STEPS_BETWEEN_PAUSES):
            await pace.pause()
        assert loop.time() == 0.0
        for _ in range(10):
            await pace.pause()
        slowed = loop.time()
        await asyncio.sleep(2)  # it waits for something at last
        before = loop.time()
        await pace.pause()
        assert loop.time() == before
        return slowed

    assert run_virtual(main()) == pytest.approx(0.2)
    count = MAX_BUSY_STEPS + 64  # whole pauses
    said = f"{count} priorities without a wait: the loop at s@default is slowed down"
    assert [r.message.partition(": ")[2] for r in caplog.records] == [said]


def test_an_endless_h_ends(caplog: pytest.LogCaptureFixture) -> None:
    outcome = run_dialplan(
        lines_of("Set(i=0)", "Hangup()")
        + "exten => h,1,Set(i=$[${i} + 1])\n same => n,Goto(1)\n same => n,Set(i=never)\n"
    )
    assert outcome["i"] == "50000"


def test_a_hangup_ends_a_loop_that_does_not_wait() -> None:
    interpreter = make_interpreter(lines_of("Set(i=1)", "Goto(1)"))

    async def main() -> None:
        async with make_pbx(interpreter) as pbx, asyncio.TaskGroup() as tasks:
            channel = make_channel(pbx)
            running = tasks.create_task(interpreter.run(channel))
            await asyncio.sleep(0)
            channel.hangup()
            await running
            channel.finish()

    run_virtual(main())


def test_messages_name_file_and_line(caplog: pytest.LogCaptureFixture) -> None:
    value_of("NoOp(${CUT(a)})", "NoOp(${NONE(1)})", "Verbose(x)", "MSet(NONE(1)=2)")
    where = "Fake/1-00000000: extensions.conf:"
    said = [r.message for r in caplog.records if r.message.startswith(where)]
    assert [message.removeprefix(where).partition(":")[0] for message in said] == ["2", "3", "5"]
    assert "function NONE is not registered" in said[1]


def test_an_unknown_application_ends_the_call(caplog: pytest.LogCaptureFixture) -> None:
    outcome = run_dialplan(lines_of("Set(R=1)", "NoSuchThing(x)", "Set(R=2)"))
    assert outcome["R"] == "1"
    assert "extensions.conf:3: No application 'NoSuchThing' for extension" in caplog.text


def test_text_that_nobody_writes_is_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    assert value_of("Set(R=1)", f"Set(R={'${' * 50})", "Set(S=2)") == "1"
    assert "extensions.conf:3: ${} nested deeper than 40" in caplog.text
