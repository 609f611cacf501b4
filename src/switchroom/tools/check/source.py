"""The one door to the readers: configuration files become what the rules look at.

Whatever changes in the dialplan's model or in the readers of configuration changes here.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import ConfigFile, Entry, Section, read_config
from switchroom.config.language.sources import Files, Recording
from switchroom.dialplan.ael.compiler import compile_ael
from switchroom.dialplan.ael.parser import parse_ael
from switchroom.dialplan.ael.syntax import AelFile
from switchroom.dialplan.building import DialplanBuilder
from switchroom.dialplan.model import HINT, Dialplan, Priority
from switchroom.dialplan.model import Context as ModelContext
from switchroom.dialplan.model import Extension as ModelExtension
from switchroom.dialplan.old_syntax import NEW_SYNTAX, Syntax
from switchroom.dialplan.parser import read_extensions, split_call
from switchroom.dialplan.realtime_extensions import RealtimeExtensions
from switchroom.dialplan.switches import REALTIME
from switchroom.tools.check.plan import Context, Duplicate, Extension, Plan, Setting, Step

MAX_ERRORS = 50  #: of one file; who has more will run it again
_DUPLICATE = re.compile(r".* has a (?P<what>hint|priority \d+) already \((?P<other>.*?)\)")
#: Warnings of the parser that rules of ours say better.
_SAID_BY_RULES = re.compile(
    r"\[.*\] includes \[.*\], which there is not|.* is written .* by now|.* lacks its closing '\)'"
)


@contextmanager
def quiet_language() -> Iterator[None]:
    """Let the language keep its warnings to itself: the rules say the same, with a place."""
    logger = logging.getLogger("switchroom.dialplan")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def read_all(path: Path, errors: list[ConfigError]) -> ConfigFile:
    """Read a file with all that it includes; wrong lines are noted and passed over.

    Raises:
        ConfigError: The file itself cannot be read.
    """
    return read_config(path, errors=errors)


def understood(
    read: Callable[[ConfigFile], object], file: ConfigFile, errors: list[ConfigError]
) -> object | None:
    """What a reader makes of a file, whatever is wrong taken out of it and noted.

    Returns:
        None where what is left cannot be read either.
    """
    dropped: set[str] = set()  #: sections that are taken out whole
    for _ in range(MAX_ERRORS):
        try:
            return read(file)
        except ConfigError as error:
            if not any(f"[{name}]" in error.message for name in dropped):
                errors.append(error)  # else: what it needs went with a wrong section
            smaller = _without(file, error)
            if smaller is None:
                return None
            if len(smaller.sections) < len(file.sections):
                dropped |= {s.name for s in file.sections if s.line == error.line}
            file = smaller
    return None


def _without(file: ConfigFile, error: ConfigError) -> ConfigFile | None:
    """The file without the line of an error, or None when no entry or section stands there."""

    def is_wrong(path: Path, line: int) -> bool:
        return line == error.line and path == error.path

    sections: list[Section] = []
    is_smaller = False
    for section in file.sections:
        kept = [entry for entry in section.entries if not is_wrong(entry.path, entry.line)]
        if len(kept) == len(section.entries) and is_wrong(section.path, section.line):
            is_smaller = True
            continue
        is_smaller = is_smaller or len(kept) < len(section.entries)
        sections.append(replace(section, entries=kept))
    return replace(file, sections=sections) if is_smaller else None


def syntax_of(asterisk_conf: ConfigFile | None) -> Syntax:
    """How old a dialplan is, as ``[compat]`` of asterisk.conf says."""
    section = asterisk_conf.section("compat") if asterisk_conf is not None else None
    if section is None:
        return NEW_SYNTAX
    return Syntax(
        pipes=section.get("pbx_realtime").startswith("1.4"),
        set_many=section.get("app_set").startswith("1.4"),
    )


def read_plan(
    file: ConfigFile | None,
    errors: list[ConfigError],
    *,
    syntax: Syntax = NEW_SYNTAX,
    ael: AelFile | None = None,
) -> Plan:
    """The dialplan of an ``extensions.conf`` and an ``extensions.ael``.

    What is wrong is noted and passed over, a whole AEL file if need be.
    """
    builder = DialplanBuilder()
    if file is not None:
        read_extensions(file, builder, syntax=syntax, errors=errors)
    if ael is not None:
        try:
            compile_ael(ael, builder)
        except ConfigError as error:
            errors.append(error)
    dialplan = builder.build(sources={REALTIME: RealtimeExtensions()})
    plan = Plan(
        is_overridden=dialplan.override is not None,
        has_priority_jumping=dialplan.priority_jumping,
    )
    file = file or ConfigFile(Path("extensions.conf"))
    _add_sections(plan, file)
    writing = _written(file)
    for name, model in dialplan.contexts.items():
        context = plan.contexts.setdefault(name, _context_of(model, file))
        found = [_extension(model, each, writing) for each in model.extensions.values()]
        context.extensions += [each for each in found if each.steps or each.hints]
    _sort_warnings(dialplan, plan)
    return plan


def read_ael(path: Path, errors: list[ConfigError]) -> tuple[AelFile | None, dict[Path, str]]:
    """An ``extensions.ael``, and the texts of all its files.

    Returns:
        None for the file where it cannot be read, which is noted.
    """
    recording = Recording(Files())
    tree = None
    try:
        tree = parse_ael(path, recording)
    except ConfigError as error:
        errors.append(error)
    return tree, {Path(name): text for name, text in recording.record.texts.items()}


def _context_of(model: ModelContext, file: ConfigFile) -> Context:
    """A context that stands in no section: made from AEL."""
    steps = [p for each in model.extensions.values() for p in each.priorities.values()]
    first = min(steps, key=lambda p: p.line, default=None)
    path = (first.path if first is not None else None) or file.path
    context = Context(model.name, path, first.line if first is not None else 0)
    for include in model.includes:
        context.includes.append(Setting(include.context, include.text, path, context.line))
    for switch in model.switches:
        context.switches.append(Setting(str(switch), str(switch), path, context.line))
    return context


def _add_sections(plan: Plan, file: ConfigFile) -> None:
    """What lines other than extensions say: includes, switches, global variables."""
    for section in file.sections:
        if section.is_template or section.name.lower() == "general":
            continue
        if section.name.lower() == "globals":
            plan.global_variables += [_setting(entry.name, entry) for entry in section.entries]
            continue
        context = plan.contexts.setdefault(
            section.name, Context(section.name, section.path, section.line)
        )
        for entry in section.entries:
            match entry.name.lower():
                case "include":
                    context.includes.append(_setting(_first_word(entry.value), entry))
                case "switch" | "lswitch" | "eswitch":
                    context.switches.append(_setting(entry.value, entry))
                case _:
                    pass


def _setting(name: str, entry: Entry) -> Setting:
    return Setting(name, entry.value, entry.path, entry.line)


def _first_word(text: str) -> str:
    return re.split(r"[,|]", text)[0].strip()


class _Writing(NamedTuple):
    """How a step is written in its file."""

    application: str
    name_column: int
    data: str
    data_column: int  #: 0: not known


def _written(file: ConfigFile) -> dict[tuple[Path, int], _Writing]:
    return {
        (entry.path, entry.line): _writing(entry)
        for section in file.sections
        for entry in section.entries
        if entry.name.lower() in {"exten", "same"}
    }


def _writing(entry: Entry) -> _Writing:
    value = entry.value
    begin = _end_of_name(value) + 1 if entry.name.lower() == "exten" else 0
    at = value.find(",", begin) + 1
    at += len(value[at:]) - len(value[at:].lstrip())
    application, data = split_call(value[at:])
    data_at = value.find(data, at + len(application)) if data else at + len(application) + 1
    column = entry.column
    return _Writing(application, column and column + at, data, column and column + data_at)


def _end_of_name(value: str) -> int:
    depth = 0
    for position, letter in enumerate(value):
        depth += (letter in "[{") - (letter in "]}")
        if letter == "," and depth <= 0:
            return position
    return -1


def _extension(
    context: ModelContext, model: ModelExtension, writing: dict[tuple[Path, int], _Writing]
) -> Extension:
    def step(priority: Priority) -> Step:
        path = priority.path or Path("<text>")
        written = writing.get((path, priority.line)) or _Writing(priority.application, 0, "", 0)
        is_as_written = written.data == priority.data
        return Step(
            context.name, model.name, priority.number, priority.label, priority.application,
            priority.data, path, priority.line, written.application, written.name_column,
            written.data_column if is_as_written else 0,
        )  # fmt: skip

    numbers = sorted(number for number in model.priorities if number != HINT)
    return Extension(
        context.name,
        model.name,
        model.caller,
        model.pattern,
        steps=tuple(step(model.priorities[number]) for number in numbers),
        hints=(step(model.priorities[HINT]),) if HINT in model.priorities else (),
        numbers=frozenset(numbers),
        labels=dict(model.labels),
    )


def _sort_warnings(dialplan: Dialplan, plan: Plan) -> None:
    """Keep what no rule says better; lines that do not count become duplicates."""
    for warning in dialplan.warnings:
        match = _DUPLICATE.match(warning.message)
        if match is not None:
            other = match["other"] if ":" in match["other"] else ""
            plan.duplicates.append(Duplicate(match["what"], warning.path, warning.line, other))
        elif not _SAID_BY_RULES.match(warning.message):
            plan.warnings.append(warning)
