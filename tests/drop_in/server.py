"""``asterisk`` as harnesses of the original start it: a folder of configuration each, several side by side."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support.ports import free_port

WITHIN = 60.0  #: seconds; of a machine that is very busy
KEYS = (
    *("astcachedir", "astetcdir", "astmoddir", "astvarlibdir", "astdbdir", "astkeydir"),
    *("astdatadir", "astagidir", "astspooldir", "astrundir", "astlogdir", "astsbindir"),
)
FILES = {
    "logger.conf": "[general]\ndateformat=%F %T\n[logfiles]\nfull => notice,warning,error,verbose\n"
    "messages => warning,error\n",
    "manager.conf": "[general]\nenabled=yes\nbindaddr={host}\nport={ami}\nwebenabled=yes\n"
    "[boss]\nsecret=top\nread=all\nwrite=all\n",
    "http.conf": "[general]\nenabled=yes\nbindaddr={host}\nbindport={http}\n",
    "pjsip.conf": "[udp]\ntype=transport\nprotocol=udp\nbind={host}:{sip}\n",
}


class Ports:
    """The same for all servers: they are told apart by their addresses."""

    def __init__(self) -> None:
        self.ami, self.http, self.sip = free_port(), free_port(), free_port()
        self.agi = free_port()  #: of a server that the test starts


def command(*words: str) -> list[str]:
    """What ``make drop-in`` writes into the file ``asterisk``."""
    return [sys.executable, "-m", "switchroom", "asterisk", *words]


class Server:
    """One configuration, and the process that runs it."""

    def __init__(
        self, folder: Path, ports: Ports, files: Mapping[str, str], host: str = "127.0.0.1"
    ) -> None:
        self.folder, self.ports, self.host = folder, ports, host
        self.process: subprocess.Popen[bytes] | None = None
        etc = folder / "astetcdir"
        etc.mkdir(parents=True)
        lines = [f"{key} {'=' if n % 2 else '=>'} {folder}/{key}" for n, key in enumerate(KEYS)]
        options = "[options]\nexecincludes = yes\nverbose = 3\nsystemname = lab\n"
        self.config = etc / "asterisk.conf"
        self.config.write_text("\n".join(["[directories]", *lines, "", options]))
        for name, text in {**FILES, **files}.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        """One more file of configuration, or another text of it."""
        filled = text.replace("{host}", self.host).replace("{folder}", str(self.folder))
        for key, value in vars(self.ports).items():
            filled = filled.replace(f"{{{key}}}", str(value))
        (self.folder / "astetcdir" / name).write_text(filled)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """``asterisk`` with some options, until it ends."""
        return subprocess.run(
            command(*words), capture_output=True, text=True, timeout=WITHIN, check=False
        )

    def ask(self, line: str) -> str:
        """``asterisk -rx``."""
        done = self.run("-C", str(self.config), "-rx", line)
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout

    def start(self, *words: str) -> None:
        """Start it, in front unless said otherwise, and wait until it has booted."""
        with (self.folder / "stdout.txt").open("ab") as log:
            self.process = subprocess.Popen(
                command(*(words or ("-f", "-g", "-q", "-m", "-n")), "-C", str(self.config)),
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        self.wait_until_booted()

    def wait_until_booted(self) -> None:
        """As harnesses do: ``core waitfullybooted``, again and again until somebody is there."""
        deadline = time.monotonic() + WITHIN
        while True:
            done = self.run("-C", str(self.config), "-rx", "core waitfullybooted")
            if done.returncode == 0:
                assert done.stdout == "Asterisk has fully booted.\n"
                return
            assert time.monotonic() < deadline, self.log()
            assert self.process is None or self.process.poll() is None, self.log()
            time.sleep(0.05)  # another process starts in real time

    def log(self) -> str:
        """What it wrote to its terminal."""
        return (self.folder / "stdout.txt").read_text(errors="replace")

    def wait_for(self, path: Path, pattern: str) -> str:
        """Until a file of the server holds something; returns its text."""
        deadline = time.monotonic() + WITHIN
        while not path.exists() or re.search(pattern, path.read_text()) is None:
            assert time.monotonic() < deadline, (path, self.log())
            time.sleep(0.02)  # another process writes in real time
        return path.read_text()

    def wait_for_exit(self) -> int:
        """The exit code, once it has ended by itself."""
        assert self.process is not None
        code, self.process = self.process.wait(WITHIN), None
        return code

    def stop(self) -> None:
        """However it is."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@contextmanager
def servers(folder: Path, *hosts: str, files: Mapping[str, str]) -> Iterator[list[Server]]:
    """Some servers of the same files, for as long as the block lasts."""
    ports = Ports()
    made = [Server(folder / host, ports, files, host) for host in hosts or ("127.0.0.1",)]
    try:
        for server in made:
            server.start()
        yield made
    finally:
        for server in made:
            server.stop()
