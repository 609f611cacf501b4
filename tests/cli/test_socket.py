"""The control server and its clients over a real socket."""

import asyncio
import io
import os
import socket
import stat
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
import uvloop
from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from switchroom.cli import console as console_module
from switchroom.cli import server as server_module
from switchroom.cli.client import ControlClient, LineTooLongError, NoServerError, run_command
from switchroom.cli.console import Console, ServerCompleter, run_console
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, Command, CommandTable
from switchroom.cli.server import ControlServer, ControlSocketError
from switchroom.cli.wire import WireError
from tests.cli.fakes import CliNode

ResultT = TypeVar("ResultT")


class Commands:
    """A table with a command that lasts until its client goes."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.table = CommandTable(
            [
                Command(("say",), ("say",), self.say, lambda _, arguments: ("hello", "help")),
                Command(("big",), ("big",), self.big, None),
                Command(("wait",), ("wait",), self.wait, None),
            ]
        )

    def say(self, context: CliContext, arguments: Arguments) -> str:
        """Say it."""
        return " ".join(arguments) + "\n"

    def big(self, context: CliContext, arguments: Arguments) -> str:
        """Say much."""
        return "0123456789\n" * 100_000

    async def wait(self, context: CliContext, arguments: Arguments) -> str:
        """Wait."""
        try:
            await asyncio.Event().wait()
        finally:
            self.stopped.set()
        raise AssertionError


class Running:
    """A control server in a thread of its own, since its clients block."""

    def __init__(
        self,
        path: Path,
        context: CliContext,
        new_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop,
    ) -> None:
        self.path = path
        self.commands = Commands()
        self._loop = new_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.server = ControlServer(path, self.commands.table, context)
        self.do(self.server.start)

    def do(self, work: Callable[[], Awaitable[ResultT]]) -> ResultT:
        async def run() -> ResultT:
            return await work()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(10)

    def close(self) -> None:
        self.do(self.server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def running(tmp_path: Path, cli: CliNode, request: pytest.FixtureRequest) -> Iterator[Running]:
    server = Running(tmp_path / "run" / "asterisk.ctl", cli.context, request.param)
    yield server
    server.close()


def test_the_socket_is_the_owners_alone_and_goes_with_the_server(running: Running) -> None:
    assert stat.S_IMODE(running.path.stat().st_mode) == 0o600
    running.do(running.server.close)
    assert not running.path.exists()


def test_a_command_and_its_output(running: Running) -> None:
    out = io.StringIO()
    assert run_command(running.path, "say hello  you", out=out) == 0
    assert run_command(running.path, "nonsense", out=out) == 0
    assert out.getvalue().startswith("hello you\nNo such command 'nonsense' (type ")


def test_much_output_arrives_whole(running: Running) -> None:
    out = io.StringIO()
    assert run_command(running.path, "big", out=out) == 0
    assert out.getvalue() == "0123456789\n" * 100_000


def test_no_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "asterisk.ctl"
    assert run_command(path, "say x") == 1
    captured = capsys.readouterr()
    assert captured.err == f"Unable to connect to remote asterisk (does {path} exist?)\n"
    assert captured.out == ""
    assert run_console(path) == 1


def test_several_requests_over_one_connection(running: Running) -> None:
    with ControlClient(running.path) as client:
        assert client.banner.pid == os.getpid()
        assert client.complete("say h") == ["hello", "help"]
        assert client.complete("nothing ") == []
        assert "".join(client.run("say 1")) == "1\n"
        with pytest.raises(LineTooLongError):
            list(client.run("say " + "x" * 70_000))
        assert "".join(client.run("say 2")) == "2\n"


def test_hanging_up_stops_the_command(running: Running) -> None:
    client = ControlClient(running.path)
    output = client.run("wait")
    threading.Timer(0.05, lambda: client._socket.shutdown(socket.SHUT_RDWR)).start()
    with pytest.raises(WireError):
        next(output)
    assert running.commands.stopped.wait(30)
    client.close()


def test_the_end_of_the_server_ends_its_clients(running: Running) -> None:
    with ControlClient(running.path) as client:
        output = client.run("wait")
        threading.Timer(0.05, lambda: running.do(running.server.close)).start()
        with pytest.raises(WireError, match="gone"):
            next(output)
    assert running.commands.stopped.wait(30)


def test_garbage_is_hung_up_on_and_harms_nobody(running: Running) -> None:
    with socket.socket(socket.AF_UNIX) as other:
        other.connect(os.fsencode(running.path))
        other.sendall(b"GET / HTTP/1.1\r\n\r\n")
        other.settimeout(30)
        while other.recv(4096):
            pass
    assert run_command(running.path, "say still", out=io.StringIO()) == 0


def test_too_many_requests_at_once_are_hung_up_on(running: Running) -> None:
    with ControlClient(running.path) as client:
        client._socket.sendall(b"C\0\0\0\x04wait" * 40)
        with pytest.raises(WireError):
            client._next()


def test_clients_have_a_limit(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "MAX_CLIENTS", 1)
    with ControlClient(running.path) as first:
        with pytest.raises(NoServerError):
            ControlClient(running.path)
        assert "".join(first.run("say 1")) == "1\n"


def test_a_second_server_is_refused(running: Running, cli: CliNode) -> None:
    second = ControlServer(running.path, CommandTable([]), cli.context)
    with pytest.raises(ControlSocketError, match="another server answers there"):
        asyncio.run(second.start())


def test_the_socket_of_a_dead_server_is_replaced(tmp_path: Path, cli: CliNode) -> None:
    path = tmp_path / "asterisk.ctl"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(os.fsencode(path))
    server = Running(path, cli.context)
    assert run_command(path, "say alive", out=io.StringIO()) == 0
    server.close()


def test_another_file_is_left_alone(tmp_path: Path, cli: CliNode) -> None:
    path = tmp_path / "asterisk.ctl"
    path.write_text("mine")
    with pytest.raises(ControlSocketError, match="no socket"):
        asyncio.run(ControlServer(path, CommandTable([]), cli.context).start())
    assert path.read_text() == "mine"


def test_a_path_that_is_too_long(tmp_path: Path, cli: CliNode) -> None:
    path = tmp_path / ("x" * 120)
    with pytest.raises(ControlSocketError, match="shorter astrundir"):
        asyncio.run(ControlServer(path, CommandTable([]), cli.context).start())


@contextmanager
def console_at(path: Path, keys: str) -> Iterator[Console]:
    with create_pipe_input() as keyboard:
        keyboard.send_text(keys)
        yield Console(path, PromptSession(input=keyboard, output=DummyOutput()))


@pytest.mark.parametrize("end", ["exit\r", "quit\r", "\x04"])
def test_the_console(running: Running, capsys: pytest.CaptureFixture[str], end: str) -> None:
    with console_at(running.path, f"say one\r\r\x03say two\r{end}") as console:
        assert console.run() == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Connected to Asterisk ")
    assert lines[0].endswith(f"(pid = {os.getpid()})")
    assert lines[1:] == ["one", "two"]


def test_the_console_ends_with_the_server(
    running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    with console_at(running.path, "say one\rexit\r") as console:
        running.do(running.server.close)
        assert console.run() == 1
    assert capsys.readouterr().out.endswith("the server is gone\n")


def test_completion_on_the_console(running: Running) -> None:
    with ControlClient(running.path) as client:
        completer = ServerCompleter(client)
        found = list(completer.get_completions(Document("say he"), CompleteEvent()))
        assert [(c.text, c.start_position) for c in found] == [("hello", -2), ("help", -2)]


def test_lines_from_a_pipe(
    running: Running, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("say a\nsay b\nexit\nsay c\n"))
    assert run_console(running.path) == 0
    assert capsys.readouterr().out == "a\nb\n"


def test_the_history_is_the_owners_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "history"
    monkeypatch.setattr(console_module, "HISTORY_FILE", path)
    history = console_module._history()
    history.append_string("say secret")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(history.load_history_strings()) == ["say secret"]
