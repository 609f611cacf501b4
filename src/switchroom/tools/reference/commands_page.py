"""The page of the console's commands."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Protocol

from switchroom.tools.reference.markdown import Links, code, head, inline

SOURCE = "src/switchroom/cli/commands"


class ConsoleCommand(Protocol):
    """A command as this page needs it."""

    @property
    def name(self) -> str:
        """``database show``."""
        ...

    @property
    def usages(self) -> tuple[str, ...]:
        """``database show [family [keytree]]``."""
        ...

    @property
    def run(self) -> object:
        """What its docstring explains; the same for other names of the same command."""
        ...


def commands_page(commands: Iterable[ConsoleCommand], *, links: Links) -> str:
    """All commands in the order of their names; other names of a command stand with it."""
    by_run: dict[object, list[ConsoleCommand]] = {}
    for each in commands:
        by_run.setdefault(each.run, []).append(each)
    sections = sorted(_section(names, links) for names in by_run.values())
    intro = (
        "`switchroom -r` is the console of the running server; "
        "`switchroom -rx 'core show channels'` runs one command, for scripts."
    )
    return head(SOURCE) + "\n\n".join(["# Commands of the console", intro, *sections]) + "\n"


def _section(names: list[ConsoleCommand], links: Links) -> str:
    """Of a command under all its names."""
    usages = names[0].usages
    name = next(each.name for each in names if usages[0].startswith(each.name))
    others = sorted(each.name for each in names if each.name != name)
    return "\n\n".join(_blocks(name, others, usages, inspect.getdoc(names[0].run) or "", links))


def _blocks(
    name: str, others: list[str], usages: tuple[str, ...], text: str, links: Links
) -> Iterator[str]:
    yield f"## {name}"
    yield code("\n".join(usages))
    yield inline(text, links)
    if others:
        yield f"Also: {', '.join(f'`{other}`' for other in others)}."
