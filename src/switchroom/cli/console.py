"""The interactive console (``-r``): a prompt, completion by the server, a history."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from switchroom.cli.client import ControlClient, LineTooLongError, NoServerError
from switchroom.cli.wire import WireError

HISTORY_FILE = Path("~/.switchroom_history")
_LEAVE = frozenset({"exit", "quit"})


class ServerCompleter(Completer):
    """Asks the server what the word at the cursor could become."""

    def __init__(self, client: ControlClient) -> None:
        self.client = client

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """See :class:`prompt_toolkit.completion.Completer`."""
        line = document.text_before_cursor
        prefix = "" if not line or line[-1].isspace() else line.split()[-1]
        try:
            words = self.client.complete(line)
        except WireError:
            return  # the next command will say that the server is gone
        for word in words:
            yield Completion(word, start_position=-len(prefix))


class Console:
    """One interactive session.

    Args:
        path: The control socket.
        session: Reads lines; a terminal's or a test's.
    """

    def __init__(self, path: Path, session: PromptSession[str]) -> None:
        self._path = path
        self._session = session
        self._client = ControlClient(path)
        self._completer = ServerCompleter(self._client)

    def run(self) -> int:
        """Read and run lines until the end of input, ``exit``, or the server's.

        Returns:
            The exit code: 1 when the server went away.
        """
        banner = self._client.banner
        where = f"{banner.host} (pid = {banner.pid})"
        _say(f"Connected to {banner.version} currently running on {where}\n")
        prompt = FormattedText([("bold", f"{banner.host}*CLI> ")])
        try:
            while (line := self._read(prompt)) is not None:
                if line and not self._execute(line):
                    return 1
            return 0
        finally:
            self._client.close()

    def _read(self, prompt: FormattedText) -> str | None:
        """The next line, empty after Ctrl-C; None at the end."""
        try:
            line = self._session.prompt(
                prompt, completer=self._completer, complete_while_typing=False
            ).strip()
        except KeyboardInterrupt:
            return ""
        except EOFError:
            return None
        return None if line.lower() in _LEAVE else line

    def _execute(self, line: str) -> bool:
        """Run one line; False when the server is gone."""
        try:
            for text in self._client.run(line):
                _say(text)
        except KeyboardInterrupt:
            return self._reconnect()
        except WireError as error:
            _say(f"{error}\n")
            return isinstance(error, LineTooLongError)
        return True

    def _reconnect(self) -> bool:
        """Leave a command that still runs: hanging up stops it."""
        self._client.close()
        try:
            self._client = self._completer.client = ControlClient(self._path)
        except NoServerError as error:
            _say(f"{error}\n")
            return False
        return True


def run_console(path: Path) -> int:
    """Run the console on this terminal, or on the lines of standard input where that is none.

    Returns:
        The exit code: 1 when no server answers or it went away.
    """
    try:
        if sys.stdin.isatty():
            return Console(path, PromptSession(history=_history())).run()
        return _run_lines(path, sys.stdin)
    except NoServerError as error:
        print(error, file=sys.stderr)  # noqa: T201  # the command line's own answer
        return 1


def _run_lines(path: Path, lines: Iterable[str]) -> int:
    with ControlClient(path) as client:
        for line in lines:
            if line.strip().lower() in _LEAVE:
                break
            try:
                for text in client.run(line):
                    _say(text)
            except WireError as error:
                print(error, file=sys.stderr)  # noqa: T201  # the command line's own answer
                return 1
    return 0


def _history() -> History:
    """A file that nobody else may read, or none where there is no home to write to."""
    try:
        path = HISTORY_FILE.expanduser()
        os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
    except (OSError, RuntimeError):
        return InMemoryHistory()
    return FileHistory(str(path))


def _say(text: str) -> None:
    sys.stdout.write(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    sys.stdout.flush()
