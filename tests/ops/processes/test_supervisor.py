"""Programs that crash, leak, are due, or will not end."""

import asyncio
import datetime
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from switchroom.ops.processes import supervisor as module
from switchroom.ops.processes.supervisor import (
    Folders,
    Processes,
    ProcessPlan,
    State,
    SupervisedProcess,
    Supervisor,
)
from switchroom.ops.processes.usage import birth_of

UP = "import sys, time; print('up', sys.argv[1:], flush=True); time.sleep(60)"


class Clock:
    """A wall clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime.datetime(2026, 3, 1, 2, 59, 58)  # noqa: DTZ001  # local, as cron lines

    def __call__(self) -> datetime.datetime:
        return self.now


class Story:
    """A supervisor in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folders = Folders(folder / "run", folder / "log")
        self.clock = Clock()
        self.processes = Processes()
        self.supervisor = Supervisor(self.processes, self.folders, self.clock)

    async def until(self, is_so: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not is_so():
                await asyncio.sleep(0.02)

    def use(self, code: str, **options: object) -> SupervisedProcess:
        command = (sys.executable, "-u", "-c", code, "x")
        self.supervisor.use([ProcessPlan("helper", command, **options)])  # type: ignore[arg-type]
        return self.processes["helper"]

    def output(self) -> str:
        path = self.folders.output("helper")
        return path.read_text() if path.exists() else ""


@pytest.fixture
def play(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[Story], Awaitable[None]]], None]:
    for name, value in (("FIRST_DELAY", 0.1), ("LOOK_INTERVAL", 0.05), ("MEMORY_LOOKS", 1)):
        monkeypatch.setattr(module, name, value)

    def play(tell: Callable[[Story], Awaitable[None]]) -> None:
        async def run() -> None:
            story = Story(tmp_path)
            async with story.supervisor:
                await tell(story)
            assert not story.processes

        asyncio.run(run())

    return play


Play = Callable[[Callable[[Story], Awaitable[None]]], None]


def test_one_that_crashes_is_started_again_later_each_time(play: Play) -> None:
    async def tell(story: Story) -> None:
        helper = story.use("import os; print('here', flush=True); os._exit(3)")
        await story.until(lambda: helper.restarts >= 3)
        assert helper.last_end == "ended with status 3"
        assert story.output().count("here") >= 3

    play(tell)


def test_one_that_is_killed_is_another_process_then(play: Play) -> None:
    async def tell(story: Story) -> None:
        helper = story.use(UP)
        await story.until(lambda: "up ['x']" in story.output())
        first = helper.pid
        os.kill(first, signal.SIGKILL)
        await story.until(lambda: helper.pid not in {0, first})
        assert (helper.restarts, helper.last_end) == (1, "ended with signal 9")

    play(tell)


@pytest.mark.parametrize(
    ("on_exit", "status", "state"),
    [
        ("restart", 0, State.WAITING),
        ("restart-on-failure", 0, State.STOPPED),
        ("restart-on-failure", 1, State.WAITING),
        ("leave", 1, State.STOPPED),
    ],
)
def test_what_follows_its_end(play: Play, on_exit: str, status: int, state: State) -> None:
    async def tell(story: Story) -> None:
        helper = story.use(f"raise SystemExit({status})", on_exit=on_exit)
        await story.until(lambda: helper.last_end and helper.state is state)
        assert helper.last_end == f"ended with status {status}"

    play(tell)


def test_one_that_grows_is_restarted(play: Play) -> None:
    async def tell(story: Story) -> None:
        code = f"x = bytearray(200 * 2**20); x[::4096] = b'1' * len(x[::4096]); {UP}"
        helper = story.use(code, memory_limit=100 * 2**20)
        await story.until(lambda: helper.restarts)
        assert "MiB are above its memory_limit" in helper.last_end

    play(tell)


def test_one_that_is_due_is_asked_to_end(play: Play) -> None:
    async def tell(story: Story) -> None:
        code = (
            "import signal, sys\n"
            "signal.signal(15, lambda *_: (print('bye', flush=True), sys.exit(0)))\n" + UP
        )
        helper = story.use(code, restart_at="0 3 * * *")
        await story.until(lambda: "up" in story.output())
        first = helper.pid
        story.clock.now += datetime.timedelta(seconds=5)
        await story.until(lambda: helper.pid not in {0, first})
        assert helper.last_end == "restarted as `0 3 * * *` says"
        assert "bye" in story.output()
        await asyncio.sleep(0.3)
        assert helper.restarts == 1, "once a day"

    play(tell)


def test_one_that_will_not_end_is_made_to_with_its_children(play: Play) -> None:
    async def tell(story: Story) -> None:
        child = f"signal.signal(15, signal.SIG_IGN); {UP}"
        code = (
            "import signal, subprocess, sys; signal.signal(15, signal.SIG_IGN)\n"
            f"print('child', subprocess.Popen([sys.executable, '-c', 'import signal; ' + {child!r}]).pid,"
            f" flush=True)\n{UP}"
        )
        helper = story.use(code, stop_timeout=0.3)
        await story.until(lambda: story.output().count("up") == 2)
        child_pid = int(story.output().partition("child ")[2].split()[0])
        own = helper.pid
        assert birth_of(child_pid)
        helper.stop()
        await story.until(lambda: helper.state is State.STOPPED)
        await story.until(lambda: not birth_of(child_pid) and not birth_of(own))
        helper.start()
        await story.until(lambda: helper.pid not in {0, own})

    play(tell)


def test_one_that_cannot_be_started_is_tried_again(play: Play) -> None:
    async def tell(story: Story) -> None:
        story.supervisor.use([ProcessPlan("gone", ("/nowhere/program",))])
        gone = story.processes["gone"]
        await story.until(lambda: gone.state is State.WAITING)
        assert gone.last_end == "cannot be started: No such file or directory"

    play(tell)


def test_a_flood_of_output_harms_nothing(play: Play) -> None:
    async def tell(story: Story) -> None:
        story.use(
            "print('x' * 300_000, flush=True); print('end', flush=True); import time; time.sleep(9)"
        )
        await story.until(lambda: "end" in story.output())
        assert story.output().count("x") == 300_000

    play(tell)


def test_a_reload_restarts_what_changed_and_ends_what_is_gone(play: Play) -> None:
    async def tell(story: Story) -> None:
        helper = story.use(UP)
        await story.until(lambda: "up" in story.output())
        first = helper.pid
        story.use(UP)
        await asyncio.sleep(0.2)
        assert helper.pid == first
        story.use(UP + " ")
        await story.until(lambda: helper.pid not in {0, first})
        second = helper.pid
        story.supervisor.use([])
        await story.until(lambda: not birth_of(second))
        assert not story.processes

    play(tell)


def test_what_a_killed_node_left_behind_is_ended_first(play: Play) -> None:
    async def tell(story: Story) -> None:
        left = subprocess.Popen([sys.executable, "-c", UP], start_new_session=True)
        written = f'{{"pid": {left.pid}, "began": {birth_of(left.pid)}}}'
        story.folders.pid_file("helper").write_text(written)
        helper = story.use(UP)
        await story.until(lambda: helper.pid)
        assert left.wait(30) == -signal.SIGTERM
        await story.until(lambda: "up" in story.output())

    play(tell)


def test_another_process_of_that_number_is_left_alone(play: Play) -> None:
    async def tell(story: Story) -> None:
        with subprocess.Popen([sys.executable, "-c", UP], start_new_session=True) as other:
            story.folders.pid_file("helper").write_text(f'{{"pid": {other.pid}, "began": 1.5}}')
            helper = story.use(UP)
            await story.until(lambda: helper.pid)
            assert other.poll() is None
            other.kill()

    play(tell)
