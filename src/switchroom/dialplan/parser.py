"""From ``extensions.conf`` to a dialplan."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import ConfigFile, Entry, Section
from switchroom.config.language.values import parse_yes_no
from switchroom.dialplan.building import DialplanBuilder
from switchroom.dialplan.model import HINT, Dialplan, Extension, Include, Priority
from switchroom.dialplan.old_syntax import NEW_SYNTAX, Syntax
from switchroom.dialplan.plain_variables import with_variables
from switchroom.dialplan.switches import ContextSource, Switch, parse_switch
from switchroom.dialplan.timing import Timing, TimingError, parse_timing, wall_clock

_PRIORITY = re.compile(
    r"(?P<word>[0-9]{1,7}|[^\s()+]+)(?:\+(?P<more>[0-9]{1,7}))?(?:\((?P<label>[^)]*)\))?"
    r"(?:\+(?P<later>[0-9]{1,7}))?"
)
_NUMBER = re.compile(r"[0-9]{1,7}")
_PRIORITY_WORDS = "expected a number, n, s, hint, or a label that stands above in this extension"
_CONTEXT_WORDS = "exten, same, include, ignorepat, switch, lswitch, eswitch and autohints"

#: Of ``[general]``, what is accepted and makes no difference here.
_WITHOUT_EFFECT = frozenset({"extenpatternmatchnew", "userscontext"})
_FLAGS = {
    "autofallthrough": "auto_fall_through",
    "clearglobalvars": "clear_global_variables",
    "priorityjumping": "priority_jumping",
    "static": "static",
    "writeprotect": "write_protect",
}


def parse_dialplan(
    file: ConfigFile,
    *,
    syntax: Syntax = NEW_SYNTAX,
    errors: list[ConfigError] | None = None,
    sources: Mapping[str, ContextSource] | None = None,
    clock: Callable[[], float] = wall_clock,
) -> Dialplan:
    """Build a dialplan from a configuration that was read.

    Args:
        file: The configuration.
        syntax: How old it is.
        errors: Takes what is wrong with single lines, which are then passed over; None: the first
            error is raised.
        sources: What switches other than ``Local/`` ask.
        clock: The wall clock, for includes with a time.

    Raises:
        ConfigError: The first line that makes no sense, with file and line.
    """
    builder = DialplanBuilder()
    read_extensions(file, builder, syntax=syntax, errors=errors)
    return builder.build(sources=sources, clock=clock)


def read_extensions(
    file: ConfigFile,
    builder: DialplanBuilder,
    *,
    syntax: Syntax = NEW_SYNTAX,
    errors: list[ConfigError] | None = None,
) -> None:
    """Add what a configuration says to a dialplan that is being built.

    Raises:
        ConfigError: The first line that makes no sense, unless ``errors`` takes them all.
    """
    _Reader(file, builder, syntax, errors).read()


class _Reader:
    """Reads a whole file, section by section."""

    def __init__(
        self,
        file: ConfigFile,
        builder: DialplanBuilder,
        syntax: Syntax,
        errors: list[ConfigError] | None,
    ) -> None:
        self._file = file
        self._builder = builder
        self._syntax = syntax
        self._errors = errors

    def read(self) -> None:
        sections = [section for section in self._file.sections if not section.is_template]
        for section in sections:
            if section.name.lower() == "globals":  # names of extensions may need them
                self._each(section, self._global)
        for section in sections:
            match section.name.lower():
                case "globals":
                    pass
                case "general":
                    self._each(section, self._general)
                case _:
                    self._each(section, _ContextReader(section.name, self._builder, self._syntax))

    def _each(self, section: Section, read: Callable[[Entry], None]) -> None:
        for entry in section.entries:
            try:
                read(entry)
            except ConfigError as error:
                pointed = self._file.pointed(error)
                if self._errors is None:
                    raise pointed from error
                self._errors.append(pointed)

    def _global(self, entry: Entry) -> None:
        variables = self._builder.global_variables
        variables[entry.name] = with_variables(entry.value, variables)

    def _general(self, entry: Entry) -> None:
        name = entry.name.lower()
        general = self._builder.general
        if name in _FLAGS:
            try:
                setattr(general, _FLAGS[name], parse_yes_no(entry.value))
            except ValueError as error:
                raise _error(entry, f"{name}: {error}") from error
        elif name == "overrideswitch":
            general.override = _switch(entry, "switch", self._builder.global_variables)
        elif name not in _WITHOUT_EFFECT:
            message = f"{entry.name} is no option of [general]: it has no effect"
            self._builder.warnings.add(message, entry.path, entry.line)


class _ContextReader:
    """Reads the lines of one section; ``same`` and ``n`` refer to the line before."""

    def __init__(self, name: str, builder: DialplanBuilder, syntax: Syntax) -> None:
        self._builder = builder
        self._syntax = syntax
        self._context = builder.context(name)
        self._extension: Extension | None = None
        self._last = 0

    def __call__(self, entry: Entry) -> None:
        match entry.name.lower():
            case "exten":
                self._exten(entry)
            case "same":
                if self._extension is None:
                    raise _error(entry, "`same` needs an `exten` before it in this context")
                self._line(entry, self._extension, 0)
            case "include":
                include = _include(entry, self._builder.global_variables)
                self._builder.include(self._context, include, entry.path, entry.line)
            case "ignorepat":
                pattern = with_variables(entry.value, self._builder.global_variables)
                self._context.ignore_patterns.append(pattern)
            case "switch" | "lswitch" | "eswitch" as word:
                switch = _switch(entry, word, self._builder.global_variables)
                self._builder.switch(self._context, switch, entry.path, entry.line)
            case "autohints":
                self._context.auto_hints = _yes_no(entry)
            case _:
                known = f"known are {_CONTEXT_WORDS}"
                raise _error(entry, f"unknown {entry.name!r} in a context; {known}", name=True)

    def _exten(self, entry: Entry) -> None:
        end = _end_of_name(entry)
        written = entry.value[:end].strip()
        substituted = with_variables(written, self._builder.global_variables)
        name, slash, caller = substituted.partition("/")
        if not name.strip():
            raise _error(entry, "an extension needs a name")
        try:
            self._extension = self._context.add(name.strip(), caller.strip() if slash else None)
        except ConfigError as error:
            raise _error(entry, error.message) from error
        self._line(entry, self._extension, end + 1)

    def _line(self, entry: Entry, extension: Extension, at: int) -> None:
        """Read ``priority[(label)],application[(arguments)]`` from a position on."""
        word, comma, call = entry.value[at:].partition(",")
        start = at + len(word) - len(word.lstrip())
        word = word.strip()
        if word.count("(") > word.count(")"):
            raise _error(entry, f"the label in {word!r} is not closed", start)
        match = _PRIORITY.fullmatch(word)
        if match is None or not comma:
            what = f"{word!r} is no priority"
            raise _error(entry, f"{what}: {_PRIORITY_WORDS}, and an application", start)
        number = self._number(entry, match, extension, start)
        application, data = call.strip(), ""
        if number != HINT:
            application, data = self._call(entry, application)
        if not application:
            raise _error(entry, f"priority {word} names no application", len(entry.value))
        label = (match["label"] or "").strip()
        priority = Priority(number, application, data, label, entry.path, entry.line)
        self._builder.add(self._context, extension, priority)

    def _call(self, entry: Entry, call: str) -> tuple[str, str]:
        if "(" in call and ")" not in call:
            message = f"{call!r} lacks its closing ')'"
            self._builder.warnings.add(message, entry.path, entry.line)
        application, data = split_call(call)
        modern = self._syntax.modern(application, data)
        if modern.application != application and modern.application != "MSet":
            message = f"{application}() is written {modern.application}({modern.data}) by now"
            self._builder.warnings.add(message, entry.path, entry.line)
        return modern.application, modern.data

    def _number(self, entry: Entry, match: re.Match[str], extension: Extension, start: int) -> int:
        word = match["word"].lower()
        more = int(match["more"] or match["later"] or 0)
        if word == "hint":
            return HINT
        if word == "n":
            if self._last == 0:
                raise _error(entry, "priority n needs a priority before it", start)
            self._last += more or 1
        elif word == "s":
            self._last += more
        elif _NUMBER.fullmatch(word):
            self._last = int(word) + more
        else:
            labelled = extension.labels.get(match["word"])
            if labelled is None:
                raise _error(entry, f"{match['word']!r} is no priority: {_PRIORITY_WORDS}", start)
            self._last = labelled + more
        if self._last < 1:
            raise _error(entry, "priorities begin with 1", start)
        return self._last


def split_call(text: str) -> tuple[str, str]:
    """``App(data)``, or ``App,data`` as it was written long ago."""
    opening = text.find("(")
    comma = text.find(",")
    if opening < 0 or 0 <= comma < opening:
        name, _, data = text.partition(",")
        return name.strip(), data.strip()
    closing = text.rfind(")")
    data = text[opening + 1 : closing] if closing > opening else text[opening + 1 :]
    return text[:opening].strip(), data


def parse_include(text: str) -> tuple[str, Timing | None]:
    """Take ``context[,times,weekdays,mdays,months[,timezone]]`` apart.

    Raises:
        TimingError: The time is none.
    """
    match = re.search(r"[,|]", text)
    if match is None:
        return text.strip(), None
    return text[: match.start()].strip(), parse_timing(text[match.end() :])


def _include(entry: Entry, variables: Mapping[str, str]) -> Include:
    text = with_variables(entry.value, variables)
    try:
        context, timing = parse_include(text)
    except TimingError as error:
        at = entry.value.rfind(error.fragment) if error.fragment else len(entry.value)
        raise _error(entry, str(error), max(at, 0)) from error
    if not context:
        raise _error(entry, "an include needs the name of a context")
    return Include(context, text, timing)


def _switch(entry: Entry, word: str, variables: Mapping[str, str]) -> Switch:
    try:
        return parse_switch(entry.value, variables, word=word)
    except ValueError as error:
        raise _error(entry, str(error)) from error


def _end_of_name(entry: Entry) -> int:
    """Where the extension ends; a comma inside brackets or ``${}`` belongs to it."""
    depth = 0
    for position, letter in enumerate(entry.value):
        depth += (letter in "[{") - (letter in "]}")
        if letter == "," and depth <= 0:
            return position
    message = "expected `exten => extension,priority,application(arguments)`"
    raise _error(entry, message, len(entry.value))


def _yes_no(entry: Entry) -> bool:
    try:
        return parse_yes_no(entry.value)
    except ValueError as error:
        raise _error(entry, f"{entry.name}: {error}") from error


def _error(entry: Entry, message: str, at: int = 0, *, name: bool = False) -> ConfigError:
    """An error at a place within an entry's value, or at its name."""
    column = 1 if name else entry.column and entry.column + at
    return ConfigError(message, path=entry.path, line=entry.line, column=column)
