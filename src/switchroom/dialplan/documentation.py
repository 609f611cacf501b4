"""What an application or function says of itself: its signature, option letters and docstring.

The docstring is in Google's style. Whoever writes a dialplan reads its text and three sections:
``Args:`` (a parameter each), ``Variables:`` (channel variables that are set or read,
``NAME: what it becomes``) and ``Examples:``, lines of extensions.conf. An example without ``exten``
is the applications of one extension; ``; => text`` behind a line is what its arguments become, for
Set() what the variable becomes. ``Returns:``, ``Raises:`` and ``Yields:`` are for programmers. The
docstring of the module says where it belongs in the reference: ``Family: Texts``.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from switchroom.dialplan.arguments import Signature
from switchroom.dialplan.escalation import is_escalating
from switchroom.dialplan.options import option_letters
from switchroom.dialplan.registry import Application, Function

#: Names and what they mean.
Entries = tuple[tuple[str, str], ...]

_SECTION = re.compile(r"(Args|Variables|Examples?|Returns|Raises|Yields):$")
_ENTRY = re.compile(r" {4}(?P<name>\*{0,2}[\w~]+(?:, [\w~]+)*)(?: \([^)]*\))?: (?P<text>.*)$")
_ROLE = re.compile(r":\w+:`~?(?:[\w.]*\.)?([\w ]+)`")
_CODE = re.compile(r"``([^`]*)``")
_WRITTEN = re.compile(r"``([^`]+)``[.;]")  #: how the only argument is written, if it says so first
_FAMILY = re.compile(r"^Family: (.*?)\.?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Usage:
    """A way to use it: the only one of an application; reading or writing a function."""

    text: str  #: ``Wait(seconds)``, ``${LEN(text)}``, ``Set(DB(path)=value)``
    summary: str
    description: str
    is_refused_outside: bool = False  #: see :mod:`.escalation`


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument, as the dialplan separates them."""

    name: str
    meaning: str
    options: Entries = ()  #: option letters that it is made of


@dataclass(frozen=True, slots=True)
class Documentation:
    """The help of one application or function; code in its texts stands in ````double```` ticks."""

    name: str
    syntax: str  #: ``Dial(destinations[,timeout[,options]])``
    usages: tuple[Usage, ...]
    arguments: tuple[Argument, ...]
    variables: Entries
    examples: str
    family: str
    module: str

    @property
    def summary(self) -> str:
        """One line."""
        return self.usages[0].summary

    @property
    def description(self) -> str:
        """What the summary does not say; may be empty."""
        first, *others = self.usages
        texts = [first.description]
        for other in others:
            texts += [f"Writing: {other.summary}", other.description]
        return "\n\n".join(filter(None, texts))


def plain(text: str) -> str:
    """A text without the marks around code, for terminals."""
    return _CODE.sub(r"\1", text)


def document_application(application: Application) -> Documentation:
    """The help of an application."""
    docstring = _read(application.run)
    syntax = _syntax(application.signature, docstring.arguments)
    outside = is_escalating(application.run)
    usage = Usage(syntax, docstring.summary, docstring.description, outside)
    arguments = _arguments([(application.signature, docstring.arguments)])
    return _documentation(application.name, [usage], [docstring], arguments, syntax)


def document_function(function: Function) -> Documentation:
    """The help of a function; where it can be read and written, of both."""
    usages: list[Usage] = []
    docstrings: list[_Docstring] = []
    explained: list[tuple[Signature, Mapping[str, str]]] = []
    value = ""
    for side, form in ((function.reader, "${{{}}}"), (function.writer, "Set({}=value)")):
        if side is None:
            continue
        docstring = _read(side.run)
        text = form.format(_syntax(side.signature, docstring.arguments))
        outside = is_escalating(side.run)
        usages.append(Usage(text, docstring.summary, docstring.description, outside))
        docstrings.append(docstring)
        explained.append((side.signature, docstring.arguments))
        if side is function.writer:
            value = docstring.arguments.get(list(inspect.signature(side.run).parameters)[1], "")
    arguments = _arguments(explained)
    if function.writer is not None:
        arguments += (Argument("value", value),)
    fullest = max(explained, key=lambda side: len(side[0].parameters))
    return _documentation(function.name, usages, docstrings, arguments, _syntax(*fullest))


def _syntax(signature: Signature, meanings: Mapping[str, str]) -> str:
    """The signature; of an only argument what its meaning begins with, ``family/key``."""
    names = signature.names()
    written = _WRITTEN.match(meanings.get(names[0][0], "")) if len(names) == 1 else None
    if written is None:
        return signature.syntax()
    required = not signature.parameters or signature.parameters[0].is_required
    return f"{signature.name}({written[1]})" if required else f"{signature.name}([{written[1]}])"


def _documentation(
    name: str,
    usages: Iterable[Usage],
    docstrings: list[_Docstring],
    arguments: tuple[Argument, ...],
    syntax: str,
) -> Documentation:
    variables: dict[str, str] = {}
    for docstring in docstrings:
        variables |= docstring.variables
    return Documentation(
        name=name,
        syntax=syntax,
        usages=tuple(usages),
        arguments=arguments,
        variables=tuple(variables.items()),
        examples="\n\n".join(filter(None, (docstring.examples for docstring in docstrings))),
        family=docstrings[0].family,
        module=docstrings[0].module,
    )


def _arguments(
    explained: Iterable[tuple[Signature, Mapping[str, str]]],
) -> tuple[Argument, ...]:
    """All arguments; of one that means something else when it is written, both meanings."""
    found: dict[str, Argument] = {}
    for signature, meanings in explained:
        for name, kind in signature.names():
            meaning = meanings.get(name, "")
            known = found.get(name)
            if known is not None and known.meaning != meaning:
                meaning = f"{known.meaning} When it is written: {meaning}" if meaning else ""
                meaning = meaning or known.meaning
            options = option_letters(kind)
            found[name] = Argument(
                name.rstrip("_"), meaning, options or getattr(known, "options", ())
            )
    return tuple(found.values())


@dataclass(slots=True)
class _Docstring:
    """A docstring in its parts."""

    summary: str = ""
    description: str = ""
    arguments: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    examples: str = ""
    family: str = ""
    module: str = ""


def _read(run: Callable[..., Any]) -> _Docstring:
    summary, _, rest = (inspect.getdoc(run) or "").partition("\n")
    sections: dict[str, list[str]] = {"": []}
    section = ""
    for line in rest.splitlines():
        if (match := _SECTION.match(line)) is not None:
            section = match[1].removesuffix("s")
            sections[section] = []
        else:
            sections[section].append(line)
    module = sys.modules[run.__module__]
    family = _FAMILY.search(module.__doc__ or "")
    return _Docstring(
        summary=_resolved(summary),
        description=_resolved("\n".join(sections[""]).strip()),
        arguments=_entries(sections.get("Arg", [])),
        variables=_entries(sections.get("Variable", [])),
        examples=inspect.cleandoc("\n".join(["", *sections.get("Example", [])])),
        family=family[1] if family is not None else "",
        module=module.__name__,
    )


def _entries(lines: Iterable[str]) -> dict[str, str]:
    entries: dict[str, str] = {}
    name = ""
    for line in lines:
        if (found := _ENTRY.match(line)) is not None:
            name = found["name"].lstrip("*")
            entries[name] = _resolved(found["text"])
        elif name and line.strip():
            entries[name] += f" {_resolved(line.strip())}"
    return entries


def _resolved(text: str) -> str:
    """Cross references of Python become code."""
    return _ROLE.sub(r"``\1``", text)
