"""ExternalIVR() with real programs and servers, in real time."""

import asyncio
import sys
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import uvloop

from switchroom.agi.ivr.door import IvrDoor
from switchroom.apps.external_ivr import ExternalIvrDoor
from switchroom.config.asterisk_conf import Directories
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx
from tests.agi.test_programs import NoNames
from tests.support.dialplan import make_interpreter
from tests.support.fakes import fake_stream, make_channel, make_pbx

PROGRAM = """\
import sys
def hear(tag):
    for line in sys.stdin:
        found = line.rstrip("\\n").split(",", 2)
        if found[0] == tag:
            return (found + [""])[2]
def say(line):
    print(line, flush=True)
"""
AFTER = "\n same => n,Set(after=yes)\nexten => h,1,Set(ended=yes)\n"


def run_on_uvloop(work: Coroutine[Any, Any, None]) -> None:
    """As a node does: its pipes and sockets have ways of their own."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work)


def run(
    folder: Path, line: str, *, code: str = "", keys: str = "", hangs_up: bool = False
) -> Channel:
    """Run a line of dialplan; ``menu.py`` is a program with ``code``."""
    path = folder / "menu.py"
    path.write_text(f"#!{sys.executable} -u\n{PROGRAM}{code}\n")
    path.chmod(0o755)
    found: list[Channel] = []

    async def wait_for_ready(channel: Channel) -> None:
        while "ready" not in channel.variables:
            await asyncio.sleep(0.01)
        for key in keys:
            channel.on_digit(key)
        if hangs_up:
            channel.hangup()

    async def main() -> None:
        dialplan = make_interpreter(f"[default]\nexten => s,1,{line}{AFTER}")
        async with asyncio.timeout(30), make_pbx(dialplan) as pbx:
            prepare(pbx, folder)
            channel = make_channel(pbx)
            found.append(channel)
            async with asyncio.TaskGroup() as group:
                ready = group.create_task(wait_for_ready(channel))
                await group.create_task(pbx.dialplan.run(channel))
                ready.cancel()
            channel.finish()

    run_on_uvloop(main())
    return found[0]


def prepare(pbx: Pbx, folder: Path) -> None:
    pbx.directories = replace(Directories(), astagidir=folder, astspooldir=folder)
    pbx.datastore(ExternalIvrDoor).run = IvrDoor(NoNames()).run


def test_a_program(tmp_path: Path) -> None:
    channel = run(
        tmp_path,
        'ExternalIVR(menu.py(one,"two, three"))',
        keys="7",
        code="say('P'); got = hear('P')\n"
        "say('S,vm-goodbye'); hear('F')\n"
        "say(f'V,arguments={sys.argv[2]},ready=yes'); hear('7')\n"
        "say('V,keyed=7'); say('E,done')\n",
    )
    variables = channel.variables
    assert fake_stream(channel).played == ["vm-goodbye"]
    assert (variables["arguments"], variables["keyed"], variables["after"]) == ("two", "7", "yes")
    assert "answer" in channel.driver.told  # type: ignore[attr-defined]  # a fake


def test_by_its_path_and_without_an_answer(tmp_path: Path) -> None:
    channel = run(tmp_path, f"ExternalIVR({tmp_path}/menu.py,n)", code="say('E')")
    assert channel.variables["after"] == "yes"
    assert "answer" not in channel.driver.told  # type: ignore[attr-defined]  # a fake


def test_the_caller_hangs_up(tmp_path: Path) -> None:
    channel = run(
        tmp_path,
        "ExternalIVR(menu.py)",
        hangs_up=True,
        code=f"say('V,ready=yes'); hear('H'); open({str(tmp_path / 'told')!r}, 'w').close()\n",
    )
    assert (tmp_path / "told").exists()
    assert "after" not in channel.variables
    assert channel.variables["ended"] == "yes"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("ExternalIVR(menu.py)", "sys.exit(0)"),
        ("ExternalIVR(missing.py)", ""),
        ("ExternalIVR(ivr://127.0.0.1:1)", ""),
        ("ExternalIVR(ivr://)", ""),
    ],
)
def test_the_call_does_not_go_on_without_a_word(line: str, code: str, tmp_path: Path) -> None:
    channel = run(tmp_path, line, code=code)
    assert "after" not in channel.variables


def test_at_the_end_of_a_call(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    plan = (
        "[default]\nexten => s,1,Hangup()\nexten => h,1,ExternalIVR(menu.py(h),d)\n"
        " same => n,Set(after=yes)\n same => n,ExternalIVR(menu.py)\n"
    )
    path = tmp_path / "menu.py"
    path.write_text(f"#!{sys.executable} -u\n{PROGRAM}say('V,told=' + sys.argv[1]); say('E')\n")
    path.chmod(0o755)

    async def main() -> None:
        async with asyncio.timeout(30), make_pbx(make_interpreter(plan)) as pbx:
            prepare(pbx, tmp_path)
            channel = make_channel(pbx)
            await pbx.dialplan.run(channel)
            assert (channel.variables["told"], channel.variables["after"]) == ("h", "yes")
            channel.finish()

    run_on_uvloop(main())
    assert "the call is over; option d is for that" in caplog.text


def test_a_server() -> None:
    heard: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def hear(tag: str) -> None:
            while line := (await reader.readline()).decode().rstrip("\n"):
                if line.startswith(tag + ","):
                    heard.append(line)
                    return

        writer.write(b"P\n")
        await hear("P")
        writer.write(b"A,hello-world\n")
        await hear("F")
        writer.write(b"O,autoclear\nA,long\nV,ready=yes\n")
        for tag in ("1", "T"):
            await hear(tag)
        writer.write(b"E,over\n")
        await hear("E")
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        plan = f"[default]\nexten => s,1,ExternalIVR(ivr://127.0.0.1:{port}(a,b)){AFTER}"
        async with asyncio.timeout(30), server, make_pbx(make_interpreter(plan)) as pbx:
            prepare(pbx, Path())
            pbx.sounds.durations["long"] = 3600.0  # type: ignore[attr-defined]  # a fake
            channel = make_channel(pbx)
            async with asyncio.TaskGroup() as group:
                call = group.create_task(pbx.dialplan.run(channel))
                while "ready" not in channel.variables:
                    assert not call.done()
                    await asyncio.sleep(0.01)
                channel.on_digit("1")
            assert channel.variables["after"] == "yes"
            channel.finish()
        assert [line.split(",", 2)[::2] for line in heard] == [
            ["P", f"ivr://127.0.0.1:{port},a,b"], ["F", "hello-world"], ["1"], ["T"], ["E"],
        ]  # fmt: skip

    run_on_uvloop(main())


def test_nothing_here_runs_programs() -> None:
    async def main() -> None:
        plan = f"[default]\nexten => s,1,ExternalIVR(x){AFTER}"
        async with make_pbx(make_interpreter(plan)) as pbx:
            channel = make_channel(pbx)
            await pbx.dialplan.run(channel)
            assert "after" not in channel.variables
            channel.finish()

    run_on_uvloop(main())
