import asyncio
from typing import Any

import pytest

from switchroom.channels.local import LocalTechnology
from switchroom.pbx.channel import Channel
from switchroom.pbx.events import NewExtension
from switchroom.pbx.pbx import Pbx
from tests.support.dialplan import Outcome, make_interpreter, run_dialplan
from tests.support.fakes import make_channel, make_pbx, run_virtual

TO = """
[to]
exten => x,1,Set(GLOBAL(caller)=${CALLERID(all)}|${shown}|${hidden})
 same => n,Answer()
 same => n,Wait(5)
exten => busy,1,Busy(1)
exten => congestion,1,Congestion(1)
exten => ring,1,Ringing()
 same => n,Wait(60)
exten => refuse,1,Hangup(21)
exten => later,1,Wait(3)
 same => n,Answer()
 same => n,Wait(5)
exten => y,1,Set(GLOBAL(where)=${EXTEN})
 same => n(two),Set(GLOBAL(where)=${where}two)
[waits]
exten => s,1,Wait(30)
 same => n,Return()
[sub]
exten => s,1,Set(__shown=${ARG1})
 same => n,Return()
"""


def run(*lines: str, **more: Any) -> Outcome:
    steps = "\n".join(f"exten => s,{n},{line}" for n, line in enumerate(lines, start=1))
    return run_dialplan(
        f"[default]\n{steps}\n{TO}", technologies={"LOCAL": LocalTechnology()}, **more
    )


@pytest.mark.parametrize(
    ("arguments", "status", "seconds"),
    [
        ("Local/x@to/n,app,NoOp,hello", "SUCCESS", 0), ("Local/none@to,app,NoOp", "FAILED", 0), ("Nope/x,app,NoOp", "FAILED", 0),
        ("Local/busy@to/n,app,NoOp", "BUSY", 0), ("Local/congestion@to/n,app,NoOp", "CONGESTION", 0),
        ("Local/ring@to/n,app,NoOp,,,3", "RINGING", 3), ("Local/ring@to/n,app,NoOp", "RINGING", 30),
        ("Local/x@to/n,app,NoOp,,,,a", "SUCCESS", 0),
    ],
)  # fmt: skip
def test_status(arguments: str, status: str, seconds: float) -> None:
    outcome = run(f"Originate({arguments})", "Set(R=${ORIGINATE_STATUS})", "Set(S=${EPOCH})")
    assert outcome["R"] == status
    assert outcome.seconds == seconds


def test_who_calls_and_what_the_new_channel_knows() -> None:
    options = "v(_hidden=1^__shown=2)c(123)n(Ann)"
    outcome = run(f"Originate(Local/x@to/n,app,NoOp,,,,{options})", "Wait(1)")
    assert outcome.global_variables["caller"] == '"Ann" <123>|2|1'


def test_into_the_dialplan() -> None:
    outcome = run("Originate(Local/x@to/n,exten,to,y,two)", "Wait(1)")
    assert outcome.global_variables["where"] == "two"
    assert run("Originate(Local/x@to/n,exten,to,y)", "Wait(1)").global_variables["where"] == "ytwo"


@pytest.mark.parametrize(
    "arguments", ["Local/x@to,exten,to,y,nolabel", "Local/x@to,what,NoOp", "Local/x@to"]
)
def test_arguments_that_cannot_be_used_end_the_call(arguments: str) -> None:
    assert run(f"Originate({arguments})", "Set(R=no)")["R"] == ""


def test_routines_before_dialling() -> None:
    outcome = run(
        "Originate(Local/x@to/n,app,NoOp,,,,b(sub^s^1(there))B(sub^s^1(here)))",
        "Set(R=${shown})",
        "Wait(1)",
    )
    assert outcome["R"] == "here"
    assert outcome.global_variables["caller"].split("|")[1] == "there"


def test_hanging_up_other_channels() -> None:
    ended: list[str] = []

    def prepare(pbx: Pbx, _: Channel) -> None:
        pbx.events.subscribe(NewExtension, lambda event: ended.append(event.application))

    lines = [
        "Originate(Local/x@to/n,app,Wait,50,,a)",
        "Wait(1)",
        "SoftHangup(Local/none@to,a)",
        "Set(R=${GROUP_COUNT(a)})",
    ]
    assert run(*lines, "SoftHangup(Local/x@to,a)", prepare=prepare).seconds == 1


def test_only_the_channel_of_that_name() -> None:
    outcome = run(
        "Originate(Local/x@to/n,app,Wait,50,,,a)",
        "Wait(1)",
        "SoftHangup(Local/x@to)",
        "SoftHangup(local/X@TO-00000000\\;1)",
    )
    assert outcome.seconds == 1


async def hangs_up(channel: Channel) -> None:
    await asyncio.sleep(1)
    channel.hangup()


def test_a_call_that_is_made_goes_on_though_who_made_it_hangs_up() -> None:
    conf = f"[default]\nexten => s,1,Originate(Local/later@to/n,exten,to,y,1)\n{TO}"

    async def main() -> None:
        async with make_pbx(
            make_interpreter(conf), technologies={"LOCAL": LocalTechnology()}
        ) as pbx:
            channel = make_channel(pbx)
            pbx.start(channel)
            await hangs_up(channel)
            await asyncio.sleep(5)
            assert pbx.global_variables["where"] == "ytwo"
            assert pbx.channels == {}

    run_virtual(main())


@pytest.mark.parametrize("routine", ["waits^s^1", "none^s^1"])
def test_a_routine_before_that_does_not_come_to_its_end_leaves_no_channel(routine: str) -> None:
    left: list[str] = []

    def prepare(pbx: Pbx, channel: Channel) -> None:
        channel.at_end(lambda: left.extend(pbx.channels))

    run(f"Originate(Local/x@to/n,app,Wait,99,,9,B({routine}))", play=hangs_up, prepare=prepare)
    assert left == []
