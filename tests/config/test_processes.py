"""``processes.conf``."""

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.config.processes import ProcessConfig, read_processes

WHOLE = """\
[defaults](!)
stop_timeout = 3
environment = LANG=C
[queue-watcher](defaults)
command = /usr/bin/python3 -u "/opt/my scripts/queue-watcher.py" --loop
directory = /opt
environment = LEVEL = debug
autostart = no
on_exit = Restart-On-Failure
restart = 0 3 * * *
memory_limit = 200M
[agi]
command = agi-server
"""


def test_whole() -> None:
    config = read_processes(parse_config(WHOLE))
    assert config.processes == (
        ProcessConfig(
            name="queue-watcher",
            command=(
                "/usr/bin/python3",
                "-u",
                "/opt/my scripts/queue-watcher.py",
                "--loop",
            ),
            directory="/opt",
            environment=(("LANG", "C"), ("LEVEL", "debug")),
            starts_itself=False,
            on_exit="restart-on-failure",
            restart_at="0 3 * * *",
            memory_limit=200 * 2**20,
            stop_timeout=3.0,
        ),
        ProcessConfig(name="agi", command=("agi-server",)),
    )
    assert config.warnings == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a]\n", "process a has no command"),
        ("[a]\ncommand = 'x\n", "command: no closing quotation"),
        ("[a]\ncomand = x\n", "unknown option 'comand' of process; did you mean command"),
        ("[a]\ncommand = x\nrestart = daily\n", "'daily' is no cron line"),
        ("[a]\ncommand = x\nrestart = 0 3 31 2 *\n", "restart: "),
        ("[a]\ncommand = x\nmemory_limit = much\n", "expected a size such as 200M, not 'much'"),
        ("[a]\ncommand = x\nenvironment = =b\n", "environment: expected NAME=value"),
        ("[a]\ncommand = x\non_exit = maybe\n", "expected one of restart"),
        ("[../a]\ncommand = x\n", "a process is named by letters"),
    ],
)
def test_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_processes(parse_config(text))
