"""A server under load: a configuration folder, the process, what it uses."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import psutil

FILES = {
    "asterisk.conf": """\
[directories]
astetcdir => {folder}
astdbdir => {folder}/db
astdatadir => {folder}/data
astspooldir => {folder}/spool
astrundir => {folder}/run
astlogdir => {folder}/log
""",
    "rtp.conf": "[general]\nrtpstart = 20000\nrtpend = 39998\n",
    "pjsip.conf": """\
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}

[load]
type = endpoint
context = bench
disallow = all
allow = ulaw
[load]
type = identify
endpoint = load
match = 127.0.0.1/32

[callee]
type = endpoint
context = bench
disallow = all
allow = ulaw
aors = callee
[callee]
type = aor
contact = sip:callee@127.0.0.1:{callee}

[user](!)
type = endpoint
context = bench
disallow = all
allow = ulaw
""",
    "extensions.conf": """\
[bench]
exten => answer,1,Answer()
 same => n,Hangup()
exten => dial,1,Dial(PJSIP/callee,30)
exten => hold,1,Answer()
 same => n,Wait(600)
exten => play,1,Answer()
 same => n,Playback(bench-minute)
""",
}


#: Server and load run in the real-time class: their figures on a machine that does other work too.
is_realtime = False


def start_on_core(
    number: int, command: Sequence[str], folder: Path, log: str
) -> subprocess.Popen[bytes]:
    """Start a program on a core of its own, where there are two; its output goes to ``log``."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 65536), hard), hard))
    cores = sorted(os.sched_getaffinity(0))
    try:
        os.sched_setaffinity(0, {cores[number % len(cores)]})  # the child inherits it
        with (folder / log).open("ab") as file:
            process = subprocess.Popen(
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                env=_environment(folder),
            )  # fmt: skip
        if is_realtime:
            os.sched_setscheduler(process.pid, os.SCHED_RR, os.sched_param(1))
        return process
    finally:
        os.sched_setaffinity(0, cores)


def _environment(folder: Path) -> dict[str, str]:
    """Ours, but that compiled modules are kept, as an installation keeps them."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder / "compiled")}


def free_port() -> int:
    """A UDP port of 127.0.0.1 that nobody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """Switchroom in a process of its own on the first core; enter it to start it.

    Args:
        folder: Its configuration, state and log.
        users: Endpoints that register; sipp finds them in ``users.csv``.
    """

    def __init__(self, folder: Path, *, users: int = 0) -> None:
        self.folder = folder
        self.port, self.callee = free_port(), free_port()
        for name, text in FILES.items():
            filled = text.replace("{folder}", str(folder)).replace("{port}", str(self.port))
            (folder / name).write_text(filled.replace("{callee}", str(self.callee)))
        self.users = folder / "users.csv"
        self._add_users(users)
        self.seconds_to_start = 0.0

    def _add_users(self, count: int) -> None:
        names = [f"u{number:05d}" for number in range(count)]
        with (self.folder / "pjsip.conf").open("a") as file:
            for name in names:
                file.write(
                    f"[{name}](user)\nauth = {name}\naors = {name}\n"
                    f"[{name}]\ntype = auth\nusername = {name}\npassword = p{name}\n"
                    f"[{name}]\ntype = aor\nmax_contacts = 1\nremove_existing = yes\n"
                )
        lines = [f"{name};[authentication username={name} password=p{name}]" for name in names]
        self.users.write_text("\n".join(["SEQUENTIAL", *lines, ""]))

    def __enter__(self) -> Self:
        began = time.monotonic()
        config = str(self.folder / "asterisk.conf")
        command = [sys.executable, "-m", "switchroom", "asterisk", "-f", "-C", config]
        self._process = start_on_core(0, command, self.folder, "stdout.txt")
        self._usage = psutil.Process(self._process.pid)
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() - began > 30:
                self.__exit__()
                raise RuntimeError(f"the server did not start, see {self.folder}/stdout.txt")
        self.seconds_to_start = time.monotonic() - began
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> bool:
        """Whether an OPTIONS is answered."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
            own.bind(("127.0.0.1", 0))
            own.settimeout(0.02)
            port, number = own.getsockname()[1], time.monotonic_ns()
            own.sendto(
                f"OPTIONS sip:x@127.0.0.1:{self.port} SIP/2.0\r\n"
                f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{number}\r\nMax-Forwards: 70\r\n"
                f"From: <sip:b@127.0.0.1>;tag=1\r\nTo: <sip:x@127.0.0.1>\r\nCall-ID: {number}\r\n"
                "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n".encode(),
                ("127.0.0.1", self.port),
            )
            try:
                return own.recv(4096).startswith(b"SIP/2.0 ")
            except OSError:
                return False

    def cpu(self) -> float:
        """CPU seconds so far, of all its threads."""
        times = self._usage.cpu_times()
        return times.user + times.system

    def rss(self) -> int:
        """Octets of memory that are resident."""
        return int(self._usage.memory_info().rss)

    def drained_cpu(self) -> float:
        """CPU seconds once it has come to rest."""
        before = self.cpu()
        while True:
            time.sleep(0.3)
            now = self.cpu()
            if now - before < 0.02:
                return now
            before = now
