"""A whole Switchroom in a process of its own, on a configuration folder that the test wrote."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from switchroom.cli.client import ControlClient
from tests.peers.baresip import free_port

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
    """One server; enter it to start it, leave it to stop it."""

    def __init__(self, folder: Path, files: Mapping[str, str]) -> None:
        self.folder = folder
        self.port = free_port(socket.SOCK_DGRAM, socket.SOCK_STREAM)
        texts = {
            "asterisk.conf": ASTERISK_CONF,
            "pjsip.conf": PJSIP_CONF,
            "rtp.conf": RTP_CONF,
            **files,
        }
        for name, text in texts.items():
            filled = text.replace("{folder}", str(folder)).replace("{port}", str(self.port))
            (folder / name).write_text(filled)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Of the running server."""
        assert self._process is not None
        return self._process.pid

    def start(self, *, within: float = 60.0) -> None:
        """Start the server and wait until it has fully booted."""
        with (self.folder / "stdout.txt").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "switchroom", "run", "-C", str(self.folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + within
        while time.monotonic() < deadline and self._process.poll() is None:
            if "fully booted" in self.cli("core waitfullybooted", check=False):
                return
            time.sleep(0.05)  # another process starts in real time
        self.kill()
        raise AssertionError(f"the node did not start:\n{self.log()}")

    def stop(self) -> None:
        """Ask it to end, as an operator would; kill it if it does not."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def wait_for_exit(self, *, within: float = 10.0) -> int:
        """Wait until it ends by itself; returns its exit code."""
        assert self._process is not None
        code = self._process.wait(within)
        self._process = None
        return code

    def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def cli(self, command: str, *, check: bool = True) -> str:
        """What ``switchroom -rx COMMAND`` prints."""
        done = subprocess.run(
            [sys.executable, "-m", "switchroom", "-C", str(self.folder), "-rx", command],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
        if check and done.returncode != 0:
            raise AssertionError(f"{command!r} failed: {done.stderr}\n{self.log()}")
        return done.stdout

    def ask(self, command: str) -> str:
        """As :meth:`cli`, without a process for it: for what is asked again and again."""
        with ControlClient(self.folder / "run" / "asterisk.ctl") as client:
            return "".join(client.run(command))

    def wait_for_application(self, name: str, data: str = "", *, within: float = 15.0) -> str:
        """Wait until some channel executes an application; returns its data."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            for line in self.ask("core show channels concise").splitlines():
                fields = line.split("!")
                if fields[5] == name and fields[6].startswith(data):
                    return fields[6]
            time.sleep(0.01)  # another process runs in real time
        raise AssertionError(f"nobody executes {name}({data}) within {within} s:\n{self.log()}")

    def wait_until_idle(self, *, within: float = 15.0) -> None:
        """Wait until there is no channel."""
        deadline = time.monotonic() + within
        while self.ask("core show channels concise"):
            if time.monotonic() > deadline:
                raise AssertionError(f"channels are left:\n{self.ask('core show channels')}")
            time.sleep(0.01)  # another process runs in real time

    def log(self) -> str:
        """What the server printed."""
        return (self.folder / "stdout.txt").read_text(errors="replace")

    def wait_for_log(self, pattern: str, *, within: float = 10.0) -> re.Match[str]:
        """Wait until the server logs something that matches."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if match := re.search(pattern, self.log()):
                return match
            time.sleep(0.05)  # another process logs in real time
        raise AssertionError(f"no {pattern!r} within {within} s:\n{self.log()}")
