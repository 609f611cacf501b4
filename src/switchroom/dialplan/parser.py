"""From ``extensions.conf`` to a dialplan."""

from __future__ import annotations

import re
from collections.abc import Mapping

from switchroom.base.errors import ConfigError
from switchroom.config.reader import ConfigFile, Entry, Section
from switchroom.dialplan.model import HINT, Context, Dialplan, Extension, Priority

_PRIORITY = re.compile(
    r"(?P<word>\d+|[^\s()+]+)(?:\+(?P<more>\d+))?(?:\((?P<label>[^)]*)\))?(?:\+(?P<later>\d+))?$"
)
_PRIORITY_WORDS = "expected a number, n, s, hint, or a label that stands above in this extension"
_REFERENCE = re.compile(r"\$\{([^}():]+)\}")
_TRUE = frozenset({"yes", "true", "y", "t", "1", "on"})

SPECIAL_SECTIONS = frozenset({"general", "globals"})


def parse_dialplan(file: ConfigFile) -> Dialplan:
    """Build a dialplan from a configuration that was read.

    Raises:
        ConfigError: The first line that makes no sense, with file and line.
    """
    contexts: dict[str, Context] = {}
    general: dict[str, str] = {}
    global_variables: dict[str, str] = {}
    for section in file.sections:
        if section.is_template:
            continue
        if section.name == "general":
            general.update((entry.name.lower(), entry.value) for entry in section.entries)
        elif section.name == "globals":
            for entry in section.entries:
                global_variables[entry.name] = _substituted(entry.value, global_variables)
        else:
            context = contexts.setdefault(section.name, Context(section.name))
            _ContextReader(context).read(section)
    for context in contexts.values():
        context.index()
    return Dialplan(
        contexts,
        global_variables,
        auto_fall_through=general.get("autofallthrough", "yes").lower() in _TRUE,
        clear_global_variables=general.get("clearglobalvars", "no").lower() in _TRUE,
    )


def _substituted(value: str, earlier: Mapping[str, str]) -> str:
    return _REFERENCE.sub(lambda match: earlier.get(match[1], ""), value)


class _ContextReader:
    """Reads the lines of one section; ``same`` and ``n`` refer to the line before."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._extension: Extension | None = None
        self._last = 0

    def read(self, section: Section) -> None:
        for entry in section.entries:
            match entry.name.lower():
                case "exten":
                    name, rest = self._split(entry)
                    number, _, caller = name.partition("/")
                    self._extension = self._add(entry, number.strip(), caller.strip())
                    self._line(entry, rest)
                case "same":
                    if self._extension is None:
                        raise _error(entry, "`same` needs an `exten` before it in this context")
                    self._line(entry, entry.value)
                case "include":
                    self._context.includes.append(entry.value)
                case "ignorepat":
                    self._context.ignore_patterns.append(entry.value)
                case "switch" | "lswitch" | "eswitch":
                    self._context.switches.append(entry.value)
                case _:
                    known = "exten, same, include, ignorepat and switch"
                    raise _error(entry, f"unknown {entry.name!r} in a context; known are {known}")

    def _split(self, entry: Entry) -> tuple[str, str]:
        """The extension and what follows; a comma inside brackets belongs to the pattern."""
        depth = 0
        for position, letter in enumerate(entry.value):
            depth += (letter == "[") - (letter == "]")
            if letter == "," and depth <= 0:
                return entry.value[:position].strip(), entry.value[position + 1 :]
        raise _error(entry, "expected `exten => extension,priority,application(arguments)`")

    def _add(self, entry: Entry, name: str, caller: str) -> Extension:
        if not name:
            raise _error(entry, "an extension needs a name")
        try:
            return self._context.add(name, caller)
        except ConfigError as error:
            raise _error(entry, error.message) from error

    def _line(self, entry: Entry, rest: str) -> None:
        word, comma, call = rest.partition(",")
        if word.count("(") > word.count(")"):
            raise _error(entry, f"the label in {word.strip()!r} is not closed")
        match = _PRIORITY.match(word.strip())
        if match is None or not comma:
            what = f"{word.strip()!r} is no priority"
            raise _error(entry, f"{what}: {_PRIORITY_WORDS}, and an application")
        number = self._number(entry, match)
        application, data = _split_call(call.strip())
        if number == HINT:
            application, data = call.strip(), ""
        if not application:
            raise _error(entry, f"priority {word.strip()} names no application")
        label = (match["label"] or "").strip()
        priority = Priority(number, application, data, label, entry.path, entry.line)
        assert self._extension is not None
        self._extension.priorities[number] = priority
        if label:
            self._extension.labels[label] = number

    def _number(self, entry: Entry, match: re.Match[str]) -> int:
        word = match["word"].lower()
        more = int(match["more"] or match["later"] or 0)
        if word == "hint":
            return HINT
        if word == "n":
            if self._last == 0:
                raise _error(entry, "priority n needs a priority before it")
            self._last += more or 1
        elif word == "s":
            self._last += more
        elif word.isdecimal():
            self._last = int(word) + more
        else:
            self._last = self._labelled(entry, match["word"]) + more
        if self._last < 1:
            raise _error(entry, "priorities begin with 1")
        return self._last

    def _labelled(self, entry: Entry, label: str) -> int:
        assert self._extension is not None
        if (number := self._extension.labels.get(label)) is None:
            raise _error(entry, f"{label!r} is no priority: {_PRIORITY_WORDS}")
        return number


def _split_call(text: str) -> tuple[str, str]:
    """``App(data)``, or ``App,data`` as it was written long ago."""
    opening = text.find("(")
    comma = text.find(",")
    if opening < 0 or 0 <= comma < opening:
        name, _, data = text.partition(",")
        return name.strip(), data.strip()
    closing = text.rfind(")")
    data = text[opening + 1 : closing] if closing > opening else text[opening + 1 :]
    return text[:opening].strip(), data


def _error(entry: Entry, message: str) -> ConfigError:
    return ConfigError(message, path=entry.path, line=entry.line)
