"""Nothing that comes from outside, in whatever order, reads or writes where it must not.

``fuzzing/hostile.c`` holds the engine's headers, compiled with the sanitizers of the compiler.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ENGINE = HERE.parents[1] / "src/switchroom/media/engine"
TICKS = 1500
FLAGS = ["-g", "-O1", "-D_GNU_SOURCE", "-Wno-unused-function", "-fno-sanitize-recover=undefined"]

#: Where addresses are drawn at random from more than they expect, some sanitizers do not start.
STEADY = ["setarch", "-R"]


def run(command: list[str], seed: int, ticks: int) -> "subprocess.CompletedProcess[str]":
    words = [*command, str(seed), str(ticks)]
    return subprocess.run(words, capture_output=True, text=True, timeout=100, check=False)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command; skipped where nothing is compiled, or sanitizers do not work."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler")
    made = tmp_path_factory.mktemp("hostile") / "hostile"
    command = [
        compiler, *FLAGS, "-fsanitize=address,undefined", f"-I{ENGINE}",
        str(HERE / "fuzzing/hostile.c"), "-o", str(made), "-lm", "-lpthread", "-ldl",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and "san" in done.stderr and "cannot find" in done.stderr:
        pytest.skip("the compiler has no sanitizers")
    assert not done.returncode, done.stderr
    for prefix in [STEADY, []] if shutil.which(STEADY[0]) else [[]]:
        found = run([*prefix, str(made)], 0, 0)
        if not found.returncode or "SUMMARY: " in found.stderr:  # the latter is for the tests
            return [*prefix, str(made)]
    pytest.skip("the sanitizers do not run on this system")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_hostile_packets_and_commands_in_any_order(hostile: list[str], seed: int) -> None:
    done = run(hostile, seed, TICKS)
    assert (done.returncode, done.stdout) == (0, f"{TICKS} ticks\n"), done.stderr
