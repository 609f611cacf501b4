"""Examples of docstrings as dialplans: read, looked over, and run in virtual time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from switchroom.dialplan.documentation import (
    Documentation,
    document_application,
    document_function,
)
from switchroom.pbx.events import NewExtension
from switchroom.tools.check.checking import Selection, check
from switchroom.tools.check.finding import Severity
from switchroom.tools.check.project import load_files
from tests.support.dialplan import make_interpreter, registries
from tests.support.fakes import make_channel, make_pbx, run_virtual

_RESULT = re.compile(r"\s; =>(?: (?P<text>.*))?$")
_WHOLE = re.compile(r"\s*(exten|same|include|switch)\s*=|\s*\[")
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


def findings_in(example: Example, folder: Path) -> list[str]:
    """What ``switchroom check`` says of it, remarks left out."""
    path = folder / "extensions.conf"
    path.write_text(example.conf)
    report = check(load_files([path]), Selection(minimum=Severity.WARNING))
    return [f"{found.code} line {found.place.line}: {found.message}" for found in report.findings]


def results_of(example: Example) -> dict[int, str]:
    """What the arguments became in each line, the last time it ran; those of Set(): the value."""

    async def main() -> dict[int, str]:
        interpreter = make_interpreter(example.conf)
        context = next(iter(interpreter.dialplan.contexts.values()))
        extension = next(each for each in context.extensions.values() if 1 in each.priorities)
        results: dict[int, str] = {}

        def note(event: NewExtension) -> None:
            where = interpreter.dialplan.find(event.context, event.extension, event.priority, "")
            assert where is not None
            is_set = event.application.lower() in _ASSIGNING
            value = event.data.partition("=")[2] if is_set else event.data
            results[where.priorities[event.priority].line] = value.strip()

        async with make_pbx(interpreter) as pbx:
            pbx.events.subscribe(NewExtension, note)
            channel = make_channel(pbx, context=context.name, extension=extension.name)
            await interpreter.run(channel)
            channel.finish()
        return results

    return run_virtual(main())
