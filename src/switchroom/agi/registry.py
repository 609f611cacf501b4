"""Commands: how one is declared, collected and found.

    @agi_command("database get", "<family> <key>", when_dead=True)
    async def get(channel: Channel, family: str, key: str) -> Answer: ...

The signature says how many words it takes; the last parameter may take all that are left.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from switchroom.agi.wire import Answer
from switchroom.base.errors import SwitchroomError

Run = Callable[..., Awaitable[Answer]]
RunT = TypeVar("RunT", bound=Run)
_MARK = "__switchroom_agi_command__"


class DuplicateCommandError(SwitchroomError):
    """Two functions claim the same words."""


@dataclass(frozen=True, slots=True)
class AgiCommand:
    """One command."""

    words: tuple[str, ...]
    arguments: str  #: as its usage shows them
    runs_when_dead: bool
    run: Run
    least: int
    most: int | None  #: None: as many as there are

    @property
    def name(self) -> str:
        """``database get``."""
        return " ".join(self.words)

    @property
    def usage(self) -> str:
        """``DATABASE GET <family> <key>`` and what it does."""
        line = f"{self.name.upper()} {self.arguments}".strip()
        return f"{line}\n\t{(inspect.getdoc(self.run) or '').partition(chr(10))[0]}"

    def takes(self, count: int) -> bool:
        """Whether it may be given so many words."""
        return self.least <= count and (self.most is None or count <= self.most)


def agi_command(
    words: str, arguments: str = "", *, when_dead: bool = False
) -> Callable[[RunT], RunT]:
    """Mark ``async (channel, *words) -> Answer`` as a command.

    Args:
        words: Its name.
        arguments: What follows it, for its usage.
        when_dead: Whether it makes sense without a caller.
    """

    def mark(run: RunT) -> RunT:
        setattr(run, _MARK, (words, arguments, when_dead))
        return run

    return mark


@functools.cache
def collect_agi_commands() -> Mapping[tuple[str, ...], AgiCommand]:
    """Import every module of ``agi/commands``; return the commands by their words.

    Raises:
        DuplicateCommandError: Two of them have the same words.
    """
    package = importlib.import_module("switchroom.agi.commands")
    found: dict[tuple[str, ...], AgiCommand] = {}
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        module = importlib.import_module(info.name)
        for run in vars(module).values():
            if getattr(run, "__module__", "") == module.__name__ and hasattr(run, _MARK):
                declared = _declared(run)
                if found.setdefault(declared.words, declared) is not declared:
                    raise DuplicateCommandError(f"two commands are called {declared.name}")
    return found


def _declared(run: Run) -> AgiCommand:
    name, arguments, when_dead = getattr(run, _MARK)
    parameters = list(inspect.signature(run).parameters.values())[1:]
    is_open = bool(parameters) and parameters[-1].kind is inspect.Parameter.VAR_POSITIONAL
    plain = parameters[:-1] if is_open else parameters
    least = sum(each.default is inspect.Parameter.empty for each in plain)
    most = None if is_open else len(plain)
    return AgiCommand(tuple(name.split()), arguments, when_dead, run, least, most)


def find_command(words: Sequence[str]) -> tuple[AgiCommand, list[str]] | None:
    """The command that some words begin with, and the words behind its name."""
    table = collect_agi_commands()
    lower = [word.lower() for word in words[:3]]
    for length in range(len(lower), 0, -1):
        if (found := table.get(tuple(lower[:length]))) is not None:
            return found, list(words[length:])
    return None
