"""A whole Switchroom in a process of its own, on a configuration folder that the test wrote."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

from switchroom.cli.client import ControlClient, NoServerError
from switchroom.cli.wire import WireError
from tests.peers.program import START, WITHIN, PortTakenError, Program, wait_until
from tests.support.ports import free_port

ASTERISK_CONF = """\
[directories]
astetcdir => {folder}
astcachedir => {folder}/cache
astdbdir => {folder}/db
astdatadir => {folder}/data
astspooldir => {folder}/spool
astrundir => {folder}/run
astlogdir => {folder}/log
"""

PJSIP_CONF = """\
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}

[tcp]
type = transport
protocol = tcp
bind = 127.0.0.1:{port}

[phone](!)
type = endpoint
context = phones
disallow = all
allow = ulaw,alaw
rtp_symmetric = yes

[alice](phone)
auth = alice
aors = alice
callerid = "Alice" <100>
[alice]
type = auth
auth_type = userpass
username = alice
password = wonderland
[alice]
type = aor
max_contacts = 3
"""

RTP_CONF = "[general]\nrtpstart = 20000\nrtpend = 20998\n"


class Node:
    """One server; enter it to start it, leave it to stop it.

    Args:
        folder: For its configuration and files.
        files: Texts of configuration files by name, where ``{folder}`` and ``{port}`` are filled in.
    """

    def __init__(self, folder: Path, files: Mapping[str, str]) -> None:
        self.folder = folder
        self._program = Program("the node", folder / "stdout.txt")
        self._texts = {
            "asterisk.conf": ASTERISK_CONF,
            "pjsip.conf": PJSIP_CONF,
            "rtp.conf": RTP_CONF,
            **files,
        }
        self._write_for(free_port())

    def _write_for(self, port: int) -> None:
        self.port = port
        for name, text in self._texts.items():
            filled = text.replace("{folder}", str(self.folder)).replace("{port}", str(port))
            (self.folder / name).write_text(filled)

    def __enter__(self) -> Self:
        try:
            self.start()
        except PortTakenError:  # nobody was told of it yet
            self._write_for(free_port())
            self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        has_ended = self.stop()
        assert has_ended or kind is not None, f"the node did not end:\n{self.log()}"

    @property
    def pid(self) -> int:
        """Of the running server."""
        return self._program.process.pid

    def start(self) -> None:
        """Start the server and wait until it has fully booted."""
        self._program.start(
            [sys.executable, "-m", "switchroom", "run", "-C", str(self.folder)],
            self._has_booted,
        )

    def _has_booted(self) -> bool:
        with suppress(NoServerError, WireError):
            return "fully booted" in self.ask("core waitfullybooted")
        return False

    def stop(self) -> bool:
        """Ask it to end, as an operator would, and kill it if it does not; whether it did."""
        return self._program.stop()

    def wait_for_exit(self, *, within: float = WITHIN) -> int:
        """Wait until it ends by itself; returns its exit code."""
        return self._program.process.wait(within)

    def kill(self) -> None:
        """kill -9."""
        self._program.kill()

    def cli(self, command: str, *, check: bool = True) -> str:
        """What ``switchroom -rx COMMAND`` prints."""
        done = subprocess.run(
            [sys.executable, "-m", "switchroom", "-C", str(self.folder), "-rx", command],
            capture_output=True,
            text=True,
            timeout=START,
            check=False,
        )
        if check and done.returncode != 0:
            raise AssertionError(f"{command!r} failed: {done.stderr}\n{self.log()}")
        return done.stdout

    def ask(self, command: str) -> str:
        """As :meth:`cli`, without a process for it: for what is asked again and again."""
        with ControlClient(self.folder / "run" / "asterisk.ctl") as client:
            return "".join(client.run(command))

    def wait_for_application(self, name: str, data: str = "", *, within: float = WITHIN) -> str:
        """Wait until some channel executes an application; returns its data."""
        found: list[str] = []

        def is_executed() -> bool:
            for line in self.ask("core show channels concise").splitlines():
                fields = line.split("!")
                if fields[5] == name and fields[6].startswith(data):
                    found.append(fields[6])
            return bool(found)

        wait_until(
            is_executed,
            lambda: (
                f"nobody executes {name}({data}):\n{self.ask('core show channels')}\n{self.log()}"
            ),
            within=within,
        )
        return found[0]

    def wait_until_idle(self, *, within: float = WITHIN) -> None:
        """Wait until there is no channel."""
        wait_until(
            lambda: not self.ask("core show channels concise"),
            lambda: f"channels are left:\n{self.ask('core show channels')}\n{self.log()}",
            within=within,
        )

    def log(self) -> str:
        """What the server printed."""
        return self._program.said()

    def wait_for_log(self, pattern: str, *, within: float = WITHIN) -> re.Match[str]:
        """Wait until the server logs something that matches."""
        return self._program.wait_for(pattern, within=within)
