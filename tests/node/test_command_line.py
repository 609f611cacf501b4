"""The command line as a whole."""

import importlib
import subprocess
import sys

import pytest

from switchroom.__main__ import _TOOLS, main


def test_every_tool_says_of_itself_what_the_overview_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    overview = " ".join(capsys.readouterr().out.split())
    for name, summary in _TOOLS.items():
        assert f"{name} {summary}" in overview
        module = importlib.import_module(f"switchroom.tools.{name}.command")
        assert callable(module.add_parser)
        with pytest.raises(SystemExit) as ended:
            main([name, "--help"])
        assert ended.value.code == 0
        assert f"switchroom {name}" in capsys.readouterr().out


def test_no_command_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "examples:" in capsys.readouterr().out


def test_asking_a_server_loads_nothing_that_it_does_not_need() -> None:
    code = (
        "import sys; from switchroom.__main__ import main; main(['-C', '/nowhere', '-rx', 'x'])\n"
        "print(sorted(m for m in sys.modules if m.startswith('switchroom.tools')))\n"
        "print('uvloop' in sys.modules, 'prompt_toolkit' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "[]\nFalse False\n"
