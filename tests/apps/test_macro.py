import asyncio

import pytest

from switchroom.pbx.channel import Channel
from tests.support.dialplan import lines_of, make_interpreter, run_dialplan
from tests.support.fakes import make_channel, make_pbx, run_virtual

MACROS = """
[macro-say]
exten => s,1,Set(R=${R}<${ARG1},${ARG2},${MACRO_EXTEN}>)
 same => n,Set(ARG1=changed)
[macro-outer]
exten => s,1,Macro(say,in)
 same => n,Set(R=${R}${ARG1}${MACRO_DEPTH})
[macro-exit]
exten => s,1,MacroExit()
 same => n,Set(R=no)
[macro-jump]
exten => s,1,Goto(default,there,1)
[macro-routine]
exten => s,1,Gosub(sub,s,1(x))
 same => n,Set(R=${R}${GOSUB_RETVAL})
[macro-offset]
exten => s,1,Set(MACRO_OFFSET=1)
[macro-loop]
exten => s,1,Macro(loop)
[macro-hangup]
exten => s,1,Hangup()
[macro-slow]
exten => s,1,Wait(5)
 same => n,Set(GLOBAL(order)=${order}${ARG1})
[sub]
exten => s,1,Return(from ${ARG1})
"""


def run(*lines: str) -> str:
    return run_dialplan(lines_of(*lines) + "exten => there,1,Set(R=${R}there)\n" + MACROS)["R"]


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (["Set(ARG1=mine)", "Macro(say,a)", "Set(R=${R}${ARG1}${MACRO_EXTEN})"], "<a,,s>mine"),
        (["Macro(say,a,\"b,c\")"], "<a,b,c,s>"), (["Macro(outer,out,2)", "Set(R=${R}.)"], "<in,,s>out1."),
        (["Macro(exit)", "Set(R=${R}after)"], "after"), (["Macro(jump)", "Set(R=no)"], "there"),
        (["Macro(routine)", "Set(R=${R}.)"], "from x."), (["Macro(offset)", "Set(R=no)", "Set(R=${R}two)"], "two"),
        (["Macro(none)", "Set(R=on)"], "on"), (["Macro(loop)", "Set(R=on)"], "on"), (["Macro(hangup)", "Set(R=no)"], ""),
        (["MacroIf(1?say,yes:say,no)", "MacroIf(0?say,yes:say,no)", "MacroIf(0?say)"], "<yes,,s><no,,s>"),
        (["MacroExit()", "Set(R=on)"], "on"),
    ],
)  # fmt: skip
def test_macro(lines: list[str], value: str) -> None:
    assert run(*lines) == value


def test_one_channel_at_a_time() -> None:
    conf = "[default]\nexten => _X,1,MacroExclusive(slow,${EXTEN})\n" + MACROS

    async def main() -> tuple[str, float]:
        interpreter = make_interpreter(conf)
        async with make_pbx(interpreter) as pbx:

            async def call(extension: str) -> None:
                channel = make_channel(pbx, name=f"Fake/{extension}-01", extension=extension)
                await interpreter.run(channel)
                channel.finish()

            async with asyncio.TaskGroup() as calls:
                for extension in "123":
                    calls.create_task(call(extension))
            return pbx.global_variables["order"], asyncio.get_running_loop().time()

    assert run_virtual(main()) == ("123", 15.0)


def test_a_hangup_in_a_macro_leaves_the_lock() -> None:
    conf = (
        lines_of("MacroExclusive(slow,1)", "Set(R=no)")
        + "exten => h,1,MacroExclusive(slow,2)\n"
        + MACROS
    )

    async def hang_up(channel: Channel) -> None:
        await asyncio.sleep(1)
        channel.hangup()

    outcome = run_dialplan(conf, play=hang_up)
    assert (outcome["R"], outcome.global_variables) == ("", {"order": "2"})
