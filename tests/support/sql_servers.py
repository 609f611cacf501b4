"""Real database servers for tests, each in a folder of its own, on loopback."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.ports import free_port

#: Before a server's command: it ends when the tests are killed, which cannot end it then.
_END_WITH_US = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
PATIENCE = 60.0  #: seconds for a server to start or to end


def _bin(name: str) -> str | None:
    """A program of PostgreSQL; Debian keeps them apart from the others."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(found[-1]) if found else None)


HAS_POSTGRES = _bin("initdb") is not None and _bin("postgres") is not None
HAS_MARIADB = shutil.which("mariadbd") is not None or Path("/usr/sbin/mariadbd").exists()


class Server:
    """One server process; it can be stopped, frozen and started again."""

    def __init__(self, folder: Path, command: list[str], port: int) -> None:
        self.folder = folder
        self.port = port
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        raise NotImplementedError

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*_END_WITH_US, *self._command],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                user=_server_user(),
            )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            said = (self.folder / "server.log").read_text(errors="replace")
            assert self._process.poll() is None, f"the server ended:\n{said}"
            assert time.monotonic() < deadline, f"the server does not start:\n{said}"
            time.sleep(0.05)  # another process starts in real time

    def _answers(self) -> bool:
        raise NotImplementedError

    def stop(self) -> None:
        """End it at once, connections and all."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.send_signal(self._end_signal)
            self._process.wait(PATIENCE)
            self._process = None

    _end_signal = signal.SIGTERM

    def freeze(self) -> None:
        """It takes packets, and does nothing with them."""
        for pid in self._pids():
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        for pid in self._pids():
            os.kill(pid, signal.SIGCONT)

    def _pids(self) -> list[int]:
        import psutil

        assert self._process is not None
        main = psutil.Process(self._process.pid)
        return [main.pid, *(each.pid for each in main.children(recursive=True))]


def _server_user() -> int | None:
    """Servers refuse to run as root."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _folder() -> Path:
    """Short, since sockets have short names; and the server's own."""
    folder = Path(tempfile.mkdtemp(prefix="sr-sql-", dir="/tmp"))
    if (user := _server_user()) is not None:
        os.chown(folder, user, -1)
    return folder


def _prepare(command: list[str], folder: Path, script: str = "") -> None:
    """Run what makes a server's files."""
    done = subprocess.run(
        command, input=script, capture_output=True, text=True, timeout=PATIENCE, check=False,
        cwd=folder, user=_server_user(),
    )  # fmt: skip
    assert done.returncode == 0, f"{command}:\n{done.stdout}{done.stderr}"


class Postgres(Server):
    """PostgreSQL; its database is ``asterisk``."""

    _end_signal = signal.SIGINT

    def __init__(self, folder: Path) -> None:
        initdb, postgres = _bin("initdb"), _bin("postgres")
        assert initdb is not None
        assert postgres is not None
        data = folder / "data"
        _prepare(
            [initdb, "-D", str(data), "-U", "asterisk", "-A", "trust", "-E", "UTF8", "--no-sync"],
            folder,
        )
        port = free_port()
        command = [
            postgres, "-D", str(data), "-p", str(port), "-k", str(folder), "-h", "127.0.0.1",
            "-c", "fsync=off", "-c", "max_connections=60", "-c", "shared_buffers=16MB",
        ]  # fmt: skip
        super().__init__(folder, command, port)

    @property
    def url(self) -> str:
        return f"postgresql://asterisk@127.0.0.1:{self.port}/postgres"

    def _answers(self) -> bool:
        return self.run("SELECT 1", check=False) == "1"

    def run(self, sql: str, *, check: bool = True) -> str:
        """What psql answers, one row a line."""
        psql = _bin("psql")
        assert psql is not None
        done = subprocess.run(
            [psql, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1",
             "-p", str(self.port), "-U", "asterisk", "-d", "postgres", "-c", sql],
            check=False, capture_output=True, text=True, timeout=PATIENCE,
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stderr
        return done.stdout.strip()


class MariaDb(Server):
    """MariaDB; its database is ``asterisk``."""

    def __init__(self, folder: Path) -> None:
        server = shutil.which("mariadbd") or "/usr/sbin/mariadbd"
        data = folder / "data"
        system = Path("/usr/share/mysql")
        script = "CREATE DATABASE mysql;\nUSE mysql;\n" + "".join(
            (system / name).read_text()
            for name in ("mysql_system_tables.sql", "mysql_system_tables_data.sql")
        )
        _prepare(["mkdir", str(data)], folder)
        _prepare(
            [server, "--no-defaults", f"--datadir={data}", "--bootstrap", "--skip-networking"],
            folder,
            script,
        )
        port = free_port()
        (folder / "init.sql").write_text(
            "CREATE DATABASE IF NOT EXISTS asterisk;\n"
            "CREATE USER IF NOT EXISTS asterisk@'127.0.0.1' IDENTIFIED BY 'secret';\n"
            "GRANT ALL ON asterisk.* TO asterisk@'127.0.0.1';\n"
        )
        command = [
            server, "--no-defaults", f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1",
            f"--socket={folder}/sock", f"--pid-file={folder}/pid", f"--init-file={folder}/init.sql",
            "--innodb-buffer-pool-size=16M", "--innodb-flush-log-at-trx-commit=0", "--skip-name-resolve",
        ]  # fmt: skip
        super().__init__(folder, command, port)

    @property
    def url(self) -> str:
        return f"mysql://asterisk:secret@127.0.0.1:{self.port}/asterisk"

    def _answers(self) -> bool:
        import asyncio

        import aiomysql

        async def ask() -> bool:
            try:
                connection = await aiomysql.connect(
                    host="127.0.0.1",
                    port=self.port,
                    user="asterisk",
                    password="secret",
                    db="asterisk",
                )
            except aiomysql.Error:
                return False
            connection.close()
            return True

        return asyncio.run(ask())


@contextmanager
def running(kind: type[Server]) -> Iterator[Server]:
    """A server that runs."""
    folder = _folder()
    server = kind(folder)  # type: ignore[call-arg]  # the kinds make their commands themselves
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
