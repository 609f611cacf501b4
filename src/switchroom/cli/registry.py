"""Commands: how one is declared, collected, found, completed and run.

    @command("database show", "database show [family [keytree]]")
    def show(context: CliContext, arguments: Arguments) -> str:
        \"\"\"Show the AstDB.\"\"\"

The decorator only marks; :func:`collect_commands` imports the modules of ``cli/commands`` and
builds the table. The docstring's first line is the summary, all of it the help text. Words are
written out: ``core sh ver`` is no command, in the original neither.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import logging
import pkgutil
import textwrap
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from switchroom.base.errors import SwitchroomError
from switchroom.base.words import split_words
from switchroom.cli.context import CliContext
from switchroom.cli.permissions import EVERYTHING, CliAliases, CommandRights

logger = logging.getLogger(__name__)

Arguments = Sequence[str]
Handler = Callable[[CliContext, Arguments], str | Awaitable[str]]
#: Offers words for the argument behind those given: ``(context, arguments before) -> candidates``.
Completer = Callable[[CliContext, Arguments], Iterable[str]]
HandlerT = TypeVar("HandlerT", bound=Callable[..., "str | Awaitable[str]"])

MAX_COMPLETIONS = 500
MAX_WORDS = 100  #: of a line
_MARK = "__switchroom_commands__"


class UsageError(SwitchroomError):
    """The arguments make no sense; the command's usage is printed."""


class CommandFailedError(SwitchroomError):
    """The command could not do its work; the message says why."""


class DuplicateCommandError(SwitchroomError):
    """Two handlers claim the same words."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command."""

    words: tuple[str, ...]
    usages: tuple[str, ...]
    run: Handler
    completer: Completer | None

    @property
    def name(self) -> str:
        """``database show``."""
        return " ".join(self.words)

    @property
    def summary(self) -> str:
        """The first line of the help."""
        return (inspect.getdoc(self.run) or "").partition("\n")[0]

    @property
    def usage(self) -> str:
        """The usage lines and the help text, as they are printed."""
        first, *others = self.usages
        lines = [f"Usage: {first}", *(f"   OR: {other}" for other in others)]
        text = textwrap.indent(inspect.getdoc(self.run) or "", " " * 7)
        return "\n".join([*lines, text, ""])


def command(
    words: str, *usages: str, aliases: Iterable[str] = (), complete: Completer | None = None
) -> Callable[[HandlerT], HandlerT]:
    """Mark ``(context, arguments) -> text`` as the command ``words``.

    Args:
        words: The fixed words it begins with.
        usages: Its forms as shown; none: the words alone.
        aliases: Other words for the same command.
        complete: Offers its arguments.
    """

    def mark(run: HandlerT) -> HandlerT:
        names = (words, *aliases)
        setattr(run, _MARK, [(tuple(n.split()), usages or (words,), complete) for n in names])
        return run

    return mark


class CommandTable:
    """All commands of one node.

    Raises:
        DuplicateCommandError: Two of them have the same words.
    """

    def __init__(self, commands: Iterable[Command]) -> None:
        self._commands: dict[tuple[str, ...], Command] = {}
        for each in sorted(commands, key=lambda c: c.words):
            if self._commands.setdefault(each.words, each) is not each:
                raise DuplicateCommandError(f"two commands are called {each.name!r}")
        self._longest = max((len(words) for words in self._commands), default=0)

    def find(self, words: Sequence[str]) -> tuple[Command, list[str]] | None:
        """The command with the most words that ``words`` begin with, and its arguments."""
        lower = [word.lower() for word in words[: self._longest]]
        for length in range(len(lower), 0, -1):
            if (found := self._commands.get(tuple(lower[:length]))) is not None:
                return found, list(words[length:])
        return None

    def beginning_with(self, words: Sequence[str]) -> list[Command]:
        """Every command whose words begin with these, in order."""
        lower = tuple(word.lower() for word in words)
        return [c for key, c in self._commands.items() if key[: len(lower)] == lower]

    def _nearest(self, words: Sequence[str]) -> str:
        """The words of a line up to the first that no command has there, at least two."""
        depth = 0
        while depth < len(words) and self.beginning_with(words[: depth + 1]):
            depth += 1
        return " ".join(words[: max(2, depth + 1)])

    async def execute(
        self, line: str, context: CliContext, rights: CommandRights = EVERYTHING
    ) -> str:
        """Run one line and return what is to be printed; never raises but on cancel."""
        line = line.strip()
        words = split_words(line, MAX_WORDS)
        if not words:
            return ""
        found = self.find(words)
        if found is None:
            line = context.pbx.datastore(CliAliases).expand(line)
            words = split_words(line, MAX_WORDS)
            found = self.find(words)
        if not rights.allows(words):
            return f"You don't have permissions to run '{line}' command\n"
        if found is None:
            hint = f"type 'core show help {self._nearest(words)}' for other possible commands"
            return f"No such command '{line}' ({hint})\n"
        return await _run(*found, line, context)

    def complete(self, line: str, context: CliContext) -> list[str]:
        """What the last word of ``line`` could become, sorted; after a blank, a new word."""
        words = split_words(line, MAX_WORDS)
        prefix = "" if not words or line[-1:].isspace() else words.pop()
        candidates = {
            key[len(words)]
            for key in self._commands
            if len(key) > len(words) and list(key[: len(words)]) == [w.lower() for w in words]
        }
        found = self.find(words)
        if found is not None and found[0].completer is not None:
            chosen, arguments = found
            try:
                candidates.update(found[0].completer(context, arguments))
            except SwitchroomError:
                logger.debug("no completion for %r", chosen.name, exc_info=True)
        fitting = sorted(c for c in candidates if c.lower().startswith(prefix.lower()))
        return fitting[:MAX_COMPLETIONS]


async def _run(chosen: Command, arguments: Arguments, line: str, context: CliContext) -> str:
    try:
        answer = chosen.run(context, arguments)
        return answer if isinstance(answer, str) else await answer
    except UsageError:
        return chosen.usage
    except SwitchroomError as error:
        return f"{error.render()}\nCommand '{line}' failed.\n"
    except Exception:  # the supervisor of commands: one that fails must not end the console
        logger.exception("the command %r failed", line)
        return f"Command '{line}' failed.\n"


@functools.cache
def collect_commands() -> CommandTable:
    """Import every module of ``cli/commands`` and return the commands marked there.

    Raises:
        DuplicateCommandError: Two of them have the same words.
    """
    package = importlib.import_module("switchroom.cli.commands")
    commands = []
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        module = importlib.import_module(info.name)
        for run in vars(module).values():
            if inspect.isfunction(run) and run.__module__ == module.__name__:
                commands += [
                    Command(words, usages, run, complete)
                    for words, usages, complete in getattr(run, _MARK, ())
                ]
    return CommandTable(commands)
