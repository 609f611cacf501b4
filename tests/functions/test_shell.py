import asyncio
import time
from pathlib import Path

import pytest

from switchroom.dialplan.escalation import from_outside
from switchroom.ops.commands import run_command
from switchroom.pbx.channel import Channel
from tests.support.dialplan import lines_of, run_dialplan, value_of
from tests.support.fakes import make_channel, make_pbx, run_virtual


def test_shell_reads_what_the_command_says() -> None:
    assert value_of("Set(R=${SHELL(echo one, two)}.)", real=True) == "one, two\n."
    assert (
        value_of("Set(R=${SHELL(exit 3)}${SHELL(no-such-command 2>/dev/null)}.)", real=True) == "."
    )


def test_shell_keeps_no_more_than_a_text_may_have() -> None:
    assert value_of("Set(R=${LEN(${SHELL(yes | head -c 200000)})})", real=True) == "65536"


@pytest.mark.parametrize(
    ("call", "status"),
    [
        ("TrySystem(true)", "SUCCESS"), ("TrySystem(exit 1)", "APPERROR"), ("TrySystem(no-such-command 2>/dev/null)", "FAILURE"),
        ('System("exit 2")', "APPERROR"), ("System(true)", "SUCCESS"),
    ],
)  # fmt: skip
def test_system(call: str, status: str) -> None:
    assert value_of(call, "Set(R=${SYSTEMSTATUS})", real=True) == status


def test_system_that_cannot_run_ends_the_call() -> None:
    conf = (
        lines_of("System(no-such-command 2>/dev/null)", "Set(R=no)")
        + "exten => e,1,Set(R=${SYSTEMSTATUS})\n"
    )
    assert run_dialplan(conf, real=True)["R"] == "FAILURE"


def test_a_command_goes_on_when_the_caller_hangs_up(tmp_path: Path) -> None:
    async def hang_up(channel: Channel) -> None:
        while not (tmp_path / "begun").exists():
            await asyncio.sleep(0.01)
        channel.hangup()
        (tmp_path / "hung-up").touch()

    wait = f"while ! [ -e {tmp_path}/hung-up ]\\; do sleep 0.01\\; done"
    conf = lines_of(f"System(touch {tmp_path}/begun\\; {wait}\\; touch {tmp_path}/done)")
    conf += f"exten => h,1,TrySystem(while ! [ -e {tmp_path}/done ]\\; do sleep 0.01\\; done)\n"
    run_dialplan(conf, play=hang_up, real=True)
    assert (tmp_path / "done").exists()


def test_a_command_that_takes_too_long_is_killed_with_its_children() -> None:
    began = time.monotonic()
    end = asyncio.run(run_command("sleep 100 & echo $!; sleep 100", keep=100, within=0.2))
    assert end.code < 0
    assert time.monotonic() - began < 60  # not 100


def test_refused_from_outside() -> None:
    async def main() -> None:
        from tests.support.dialplan import make_interpreter

        interpreter = make_interpreter("")
        async with make_pbx(interpreter) as pbx:
            channel = make_channel(pbx)
            text = "[${SHELL(echo x)}${STAT(e,/)}${TRYLOCK(a)}${LEN(abc)}]"
            with from_outside():
                assert await interpreter.substitute(channel, text) == "[3]"
            with from_outside(live_dangerously=True):
                assert await interpreter.substitute(channel, "${TRYLOCK(a)}") == "1"
            assert await interpreter.substitute(channel, "${TRYLOCK(a)}") == "1"
            channel.finish()

    run_virtual(main())
