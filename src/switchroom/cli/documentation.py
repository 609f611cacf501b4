"""What an application or function says of itself: its signature and its docstring, as help."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

_SECTION = re.compile(r"(Args|Returns|Raises|Yields):$")
_ARGUMENT = re.compile(r" {4}(?P<name>\*{0,2}\w+)(?: \([^)]*\))?: (?P<text>.*)$")
_MARKUP = re.compile(r":\w+:`~?(?:[\w.]*\.)?([\w ]+)`|``([^`]*)``")


@dataclass(frozen=True, slots=True)
class Documentation:
    """The help of one application or function."""

    name: str
    summary: str
    syntax: str
    description: str
    arguments: tuple[tuple[str, str], ...]


def document(name: str, run: Callable[..., Any], *, hidden: int = 1) -> Documentation:
    """Read the help of an application or function from its code.

    Args:
        name: As written in the dialplan.
        run: Its Python function.
        hidden: How many leading parameters the dialplan does not write: the channel, and the value
            of a function that is written to.
    """
    parameters = list(inspect.signature(run).parameters.values())[hidden:]
    summary, _, rest = (inspect.getdoc(run) or "").partition("\n")
    description, explained = _split(rest.splitlines())
    return Documentation(
        name=name,
        summary=_plain(summary),
        syntax=f"{name}({_syntax(parameters)})",
        description=description,
        arguments=tuple((p.name, explained[p.name]) for p in parameters if p.name in explained),
    )


def _syntax(parameters: Iterable[inspect.Parameter]) -> str:
    """``a,b[,c[,d]]``: what has a default may be left out, and all behind it."""
    text = ""
    closing = ""
    for parameter in parameters:
        name = parameter.name.rstrip("_")
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            name = f"{name}[,...]"
        comma = "," if text else ""
        if parameter.default is inspect.Parameter.empty:
            text += f"{comma}{name}"
        else:
            text += f"[{comma}{name}"
            closing += "]"
    return text + closing


def _split(lines: list[str]) -> tuple[str, dict[str, str]]:
    """The description, and what ``Args:`` says; other sections are for programmers."""
    section = ""
    description: list[str] = []
    arguments: dict[str, str] = {}
    name = ""
    for line in lines:
        if (match := _SECTION.match(line)) is not None:
            section = match[1]
        elif not section:
            description.append(_plain(line))
        elif section == "Args":
            if (found := _ARGUMENT.match(line)) is not None:
                name = found["name"].lstrip("*")
                arguments[name] = _plain(found["text"])
            elif name and line.strip():
                arguments[name] += f" {_plain(line.strip())}"
    return "\n".join(description).strip(), arguments


def _plain(text: str) -> str:
    return _MARKUP.sub(lambda match: match[1] or match[2] or "", text)
