"""Which processes run a script."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchroom.__main__ import main
from switchroom.ops.processes.lookup import pids_of, runs


@pytest.mark.parametrize(
    "line",
    [
        "python /opt/queue-watcher.py",
        "/usr/bin/python3.11 -u -W ignore queue-watcher.py --loop",
        "queue-watcher.py --loop",
        "/opt/queue-watcher.py",
        "python3 -O -u ./queue-watcher.py",
        "-bash queue-watcher.py",
        "perl queue-watcher.py",
        "python -m queue-watcher.py",
    ],
)
def test_runs_it(line: str) -> None:
    assert runs(line.split(), "queue-watcher.py")


@pytest.mark.parametrize(
    "line",
    [
        "grep queue-watcher.py",
        "vim /opt/queue-watcher.py",
        "tail -f queue-watcher.py",
        "python other.py queue-watcher.py",
        "python -c queue-watcher.py",
        "python my-queue-watcher.py",
        "bash -c queue-watcher.py",
        "switchroom pid queue-watcher.py",
        "python -m switchroom pid queue-watcher.py",
        "python -W queue-watcher.py",
        "python -m",
        "python",
        "",
    ],
)
def test_does_not_run_it(line: str) -> None:
    assert not runs(line.split(), "queue-watcher.py")


def test_a_path_names_one_of_two() -> None:
    assert runs(["python", "/a/x.py"], "/a/x.py")
    assert not runs(["python", "/b/x.py"], "/a/x.py")


@pytest.fixture
def script(tmp_path: Path) -> Iterator[tuple[str, int]]:
    path = tmp_path / f"watch-{tmp_path.name}.py"
    path.write_text("import time\nprint('up', flush=True)\ntime.sleep(60)\n")
    words = [sys.executable, "-u", str(path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        yield path.name, process.pid
        process.kill()


def test_just_the_number(script: tuple[str, int], capsys: pytest.CaptureFixture[str]) -> None:
    name, pid = script
    with subprocess.Popen(["tail", "-f", "/dev/null", name], stderr=subprocess.DEVNULL) as other:
        assert pids_of(name) == [pid]
        assert main(["pid", name]) == 0
        assert capsys.readouterr().out == f"{pid}\n"
        other.kill()


def test_nothing_when_it_does_not_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pid", "no-such-script-anywhere.py"]) == 1
    assert capsys.readouterr().out == ""
