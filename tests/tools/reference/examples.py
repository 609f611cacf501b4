"""Examples of docstrings as dialplans: read, looked over, and run in virtual time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from switchroom.config.reader import parse_config
from switchroom.dialplan.arguments import separate
from switchroom.dialplan.documentation import (
    Documentation,
    document_application,
    document_function,
)
from switchroom.dialplan.model import Dialplan, Priority
from switchroom.dialplan.options import option_letters
from switchroom.dialplan.parser import parse_dialplan
from switchroom.dialplan.references import split_parts, split_reference
from switchroom.pbx.events import NewExtension
from tests.support.dialplan import make_interpreter, registries
from tests.support.fakes import make_channel, make_pbx, run_virtual

_RESULT = re.compile(r"\s; =>(?: (?P<text>.*))?$")
_WHOLE = re.compile(r"\s*(exten|same|include|switch)\s*=|\s*\[")
_LETTERS = re.compile(r"([A-Za-z])(?:\([^)]*\))?")
_ASSIGNING = {"set", "mset"}


@lru_cache(maxsize=1)
def documented() -> tuple[Documentation, ...]:
    """Everything that the reference has a page of."""
    applications, functions = registries()
    return (
        *map(document_application, applications.values()),
        *map(document_function, functions.values()),
    )


@dataclass(frozen=True, slots=True)
class Example:
    """One dialplan of an ``Examples:`` section; an empty line ends it."""

    conf: str
    results: dict[int, str]  #: by line of ``conf``: what the arguments become there

    @property
    def dialplan(self) -> Dialplan:
        return parse_dialplan(parse_config(self.conf, path=Path("extensions.conf")))

    @property
    def priorities(self) -> Iterator[Priority]:
        for context in self.dialplan.contexts.values():
            for extension in context.extensions.values():
                yield from extension.priorities.values()


def examples_of(thing: Documentation) -> list[Example]:
    return [parse_example(text) for text in re.split(r"\n\n+", thing.examples) if text]


def parse_example(text: str) -> Example:
    lines = text.splitlines()
    if not any(map(_WHOLE.match, lines)):
        lines = list(_numbered(lines))
    if not next(line for line in lines if line[:1] != ";").startswith("["):
        lines.insert(0, "[example]")
    found = {number: _RESULT.search(line) for number, line in enumerate(lines, start=1)}
    results = {number: (match["text"] or "") for number, match in found.items() if match}
    return Example("\n".join(lines) + "\n", results)


def _numbered(lines: list[str]) -> Iterator[str]:
    """Applications alone are those of one extension."""
    number = 0
    for line in lines:
        if line.lstrip().startswith(";"):
            yield line
        else:
            number += 1
            yield f"exten => s,{number},{line.strip()}"


def unknown_in(example: Example) -> list[str]:
    """Applications, functions and option letters that there are none of."""
    applications, functions = registries()
    found: list[str] = []
    for priority in example.priorities:
        application = applications.get(priority.application.lower())
        if application is None:
            found.append(f"{priority.application}()")
            continue
        names = list(_functions_in(priority.data))
        if priority.application.lower() in _ASSIGNING and "(" in priority.data.partition("=")[0]:
            names.append(priority.data.partition("(")[0].strip())
        found += [f"function {name}" for name in names if name not in functions]
        words = separate(priority.data)
        for (_, kind), word in zip(application.signature.names(), words, strict=False):
            known = {letters[0] for letters, _ in option_letters(kind)}
            if known and "$" not in word:
                found += [
                    f"option {letter} of {application.name}()"
                    for letter in _LETTERS.findall(word)
                    if letter not in known
                ]
    return found


def _functions_in(text: str) -> Iterator[str]:
    for part in split_parts(text):
        if part.kind == "text":
            continue
        yield from _functions_in(part.text)
        if part.kind == "variable":
            name, arguments, _ = split_reference(part.text)
            if arguments is not None and "$" not in name:
                yield name


def results_of(example: Example) -> dict[int, str]:
    """What the arguments became in each line, the last time it ran; those of Set(): the value."""

    async def main() -> dict[int, str]:
        interpreter = make_interpreter(example.conf)
        context = next(iter(interpreter.dialplan.contexts.values()))
        extension = next(iter(context.extensions.values()))
        results: dict[int, str] = {}

        def note(event: NewExtension) -> None:
            where = interpreter.dialplan.find(event.context, event.extension, event.priority, "")
            assert where is not None
            is_set = event.application.lower() in _ASSIGNING
            value = event.data.partition("=")[2] if is_set else event.data
            results[where.priorities[event.priority].line] = value

        async with make_pbx(interpreter) as pbx:
            pbx.events.subscribe(NewExtension, note)
            channel = make_channel(pbx, context=context.name, extension=extension.name)
            await interpreter.run(channel)
            channel.finish()
        return results

    return run_virtual(main())
