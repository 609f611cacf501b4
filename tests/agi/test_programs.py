"""Scripts that are programs of this machine: real ones, in real time."""

import asyncio
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import uvloop

from switchroom.agi import program, session
from switchroom.agi.door import Door
from switchroom.apps.agi import AgiRequest
from switchroom.config.asterisk_conf import Directories
from switchroom.pbx.channel import Channel, ChannelState, HangupError
from tests.support.dialplan import make_interpreter
from tests.support.fakes import make_channel, make_pbx

HEAD = """\
import sys, os, time, signal
facts = dict(line.rstrip("\\n").split(": ", 1) for line in iter(sys.stdin.readline, "\\n"))
def say(line):
    print(line, flush=True)
    return sys.stdin.readline().rstrip("\\n")
"""


class NoNames:
    async def srv(self, name: str) -> tuple[()]:
        return ()


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def run(
    folder: Path,
    code: str,
    *arguments: str,
    command: str = "script.py",
    hangup_after: float | None = None,
    until: Callable[[Channel], bool] | None = None,
) -> Channel:
    """Run a script in a call."""
    path = folder / "script.py"
    path.write_text(f"#!{sys.executable} -u\n{HEAD}{code}\n")
    path.chmod(0o755)
    channels: list[Channel] = []

    async def main() -> None:
        async with asyncio.timeout(30), make_pbx(make_interpreter("")) as pbx:
            pbx.directories = replace(Directories(), astagidir=folder, astspooldir=folder)
            channel = make_channel(pbx, context="c", extension="1")
            channels.append(channel)
            channel.state = ChannelState.UP
            channel.caller.number = "4711"
            task = asyncio.current_task()
            channel.run_in(task)  # type: ignore[arg-type]
            if hangup_after is not None:
                asyncio.get_running_loop().call_later(hangup_after, channel.hangup)
            try:
                await Door(NoNames()).run(channel, AgiRequest(command, arguments))
            except HangupError:
                pass
            except asyncio.CancelledError:
                task.uncancel()  # type: ignore[union-attr]
            channel.leave_task()
            channel.finish()

    asyncio.run(main())
    return channels[0]


def test_facts_arguments_and_commands(tmp_path: Path) -> None:
    channel = run(
        tmp_path,
        "say('SET VARIABLE got \"%s %s %s\"' % (facts['agi_callerid'], facts['agi_arg_2'], sys.argv[1]))\n"
        "say('SET VARIABLE environment \"%s\"' % os.environ['AST_SPOOL_DIR'])\n"
        "say('SET VARIABLE answer \"%s\"' % say('GET VARIABLE EXTEN'))",
        "one", "two words",
    )  # fmt: skip
    assert channel.variables["got"] == "4711 two words one"
    assert channel.variables["environment"] == str(tmp_path)
    assert channel.variables["answer"] == "200 result=1 (1)"
    assert channel.variables["AGISTATUS"] == "SUCCESS"


@pytest.mark.parametrize(
    ("code", "command", "status"),
    [
        ("sys.exit(3)", "script.py", "FAILURE"),
        ("os.kill(os.getpid(), 9)", "script.py", "FAILURE"),
        ("", "missing.py", "NOTFOUND"),
        ("", "", "NOTFOUND"),
        ("", ".", "NOTFOUND"),
        ("", "plain.txt", "FAILURE"),
        ("print('x' * 200_000, end='', flush=True); time.sleep(60)", "script.py", "FAILURE"),
        ("sys.stdin.close()", "script.py", "SUCCESS"),
    ],
)
def test_how_it_ends(code: str, command: str, status: str, tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_text("no program\n")
    assert run(tmp_path, code, command=command).variables["AGISTATUS"] == status


def test_a_flood_of_complaints_is_logged_up_to_a_limit(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    channel = run(tmp_path, "print('woe\\n' * 100_000, file=sys.stderr)\nsay('NOOP')")
    assert channel.variables["AGISTATUS"] == "SUCCESS"
    assert 0 < sum("woe" in record.message for record in caplog.records) <= program.MAX_COMPLAINTS


def test_a_hangup_is_a_signal_and_it_may_still_work(tmp_path: Path) -> None:
    channel = run(
        tmp_path,
        "signal.signal(signal.SIGHUP, lambda *_: None)\n"
        "a = say('WAIT FOR DIGIT -1'); b = say('ANSWER'); say(f'SET VARIABLE seen \"{a}|{b[:3]}\"')",
        hangup_after=0.5,
    )
    assert channel.variables["seen"] == "200 result=-1|511"
    assert channel.variables["AGISTATUS"] == "HANGUP"


def test_one_that_hangs_and_its_children_are_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "LINGER", 0.5)
    monkeypatch.setattr(program, "STOP_TIMEOUT", 0.3)
    channel = run(
        tmp_path,
        "signal.signal(signal.SIGHUP, signal.SIG_IGN); signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = os.fork()\n"
        "if child: say(f'SET VARIABLE pids \"{os.getpid()} {child}\"')\n"
        "time.sleep(60)",
        hangup_after=0.5,
    )
    assert channel.variables["AGISTATUS"] == "HANGUP"
    own, child = map(int, channel.variables["pids"].split())
    deadline = time.monotonic() + 20  # to be killed takes the system a moment
    while left := [pid for pid in (own, child) if runs(pid)]:
        assert time.monotonic() < deadline, left
        time.sleep(0.02)


@pytest.mark.parametrize("factory", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_a_program_that_is_gone_hears_nothing(
    factory: Callable[[], asyncio.AbstractEventLoop], tmp_path: Path
) -> None:
    path = tmp_path / "script.py"
    path.write_text(f"#!{sys.executable}\n")
    path.chmod(0o755)

    async def main() -> int:
        started = await program.Program.start(path, (), Directories())
        async with asyncio.timeout(20):
            assert await started.read_line() is None
            stdin = started._process.stdin
            assert stdin is not None
            while not stdin.is_closing():
                await started.write("into nothing\n")
                await asyncio.sleep(0)
            await started.write("nor this\n")
            return await started.end()

    with asyncio.Runner(loop_factory=factory) as runner:
        assert runner.run(main()) == 0
