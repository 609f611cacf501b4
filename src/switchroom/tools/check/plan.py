"""The dialplan as the rules see it: contexts, extensions and steps that know their lines."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from switchroom.config.language.options import ConfigWarning
from switchroom.dialplan.pattern import Pattern, normalized

#: Extensions that the system itself goes to.
SPECIAL_EXTENSIONS = frozenset({"s", "i", "t", "T", "h", "e", "o", "a", "failed", "fax"})


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One priority."""

    context: str
    extension: str
    number: int
    label: str
    application: str
    data: str  #: as written
    path: Path
    line: int
    written: str = ""  #: the application's name in the file; it may be one of old
    name_column: int = 0  #: where that stands in the line; 0: not known, or made from AEL
    data_column: int = 0

    @property
    def is_as_written(self) -> bool:
        """Whether a line of extensions.conf says just this; a compiler makes its own order."""
        return self.path.suffix != ".ael"


@dataclass(slots=True, eq=False)
class Extension:
    """One extension, its steps in the order of their numbers."""

    context: str
    name: str
    caller: str | None
    pattern: Pattern | None
    steps: tuple[Step, ...]
    hints: tuple[Step, ...] = ()
    numbers: frozenset[int] = frozenset()
    labels: Mapping[str, int] = field(default_factory=dict)

    @property
    def first(self) -> Step:
        """What stands highest in it."""
        return (*self.steps, *self.hints)[0]

    def takes(self, number: str) -> bool:
        """Whether it is meant by ``number``, whoever calls."""
        if self.pattern is not None and self.pattern.matches(number):
            return True
        return normalized(self.name) == normalized(number)

    def has(self, priority: str) -> bool:
        """Whether it has a priority of that number or label."""
        if priority.isdecimal():
            return int(priority) in self.numbers
        return priority in self.labels


@dataclass(frozen=True, slots=True)
class Setting:
    """One line that is no step: an include, a switch, a global variable."""

    name: str  #: of the context that is included, of the variable
    value: str  #: as written; of an include with its time
    path: Path
    line: int


def _beginning(pattern: Pattern) -> str:
    """What every match of a pattern begins with."""
    letters = (symbol.characters for symbol in pattern.symbols)
    return "".join(itertools.takewhile(lambda characters: len(characters) == 1, letters))


@dataclass(eq=False)
class Context:
    """One context, all sections of its name together."""

    name: str
    path: Path
    line: int
    extensions: list[Extension] = field(default_factory=list)
    includes: list[Setting] = field(default_factory=list)
    switches: list[Setting] = field(default_factory=list)

    @cached_property
    def literals(self) -> Mapping[str, list[Extension]]:
        """Extensions that are no patterns, by name."""
        found: dict[str, list[Extension]] = {}
        for extension in self.extensions:
            if extension.pattern is None:
                found.setdefault(normalized(extension.name), []).append(extension)
        return found

    @cached_property
    def patterns(self) -> Mapping[str, list[Extension]]:
        """Extensions that are patterns, by what every match begins with."""
        found: dict[str, list[Extension]] = {}
        for extension in self.extensions:
            if extension.pattern is not None:
                found.setdefault(_beginning(extension.pattern), []).append(extension)
        return found

    @cached_property
    def _prefix_lengths(self) -> list[int]:
        return sorted({len(prefix) for prefix in self.patterns})

    @cached_property
    def _named(self) -> Mapping[str, list[Extension]]:
        found: dict[str, list[Extension]] = {}
        for extension in self.extensions:
            found.setdefault(extension.name, []).append(extension)
        return found

    def named(self, name: str) -> list[Extension]:
        """Extensions of exactly that name, one for each caller they are meant for."""
        return self._named.get(name, [])

    def matching(self, number: str) -> Iterator[Extension]:
        """Every extension that ``number`` could mean, whoever calls."""
        yield from self.literals.get(normalized(number), ())
        for length in self._prefix_lengths:
            for extension in self.patterns.get(number[:length], ()):
                if extension.takes(number):
                    yield extension


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A line that does not count, since another says what it says."""

    what: str  #: ``priority 3`` or ``hint``
    path: Path
    line: int
    other: str  #: the line that counts, ``extensions.conf:12``; empty where it is not known


@dataclass(eq=False)
class Plan:
    """A whole dialplan."""

    contexts: dict[str, Context] = field(default_factory=dict)
    global_variables: list[Setting] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    opaque: set[str] = field(default_factory=set)  #: contexts whose extensions stand elsewhere
    warnings: list[ConfigWarning] = field(default_factory=list)
    is_open: bool = False  #: there may be contexts that nobody here knows of
    is_overridden: bool = False  #: another system is asked before every context
    has_priority_jumping: bool = False  #: as in 1.2, a Dial that finds all busy goes on at n+101
    _families: dict[str, list[Context]] = field(default_factory=dict, repr=False)

    @cached_property
    def steps(self) -> list[Step]:
        """Every step, in the files' order."""
        return [
            step
            for context in self.contexts.values()
            for extension in context.extensions
            for step in extension.steps
        ]

    def family(self, name: str) -> list[Context]:
        """A context and all that it includes, itself first; those that do not exist left out."""
        if (known := self._families.get(name)) is not None:
            return known
        found: dict[str, Context] = {}
        waiting = [name]
        while waiting:
            context = self.contexts.get(waiting.pop(0))
            if context is not None and context.name not in found:
                found[context.name] = context
                waiting += [include.name for include in context.includes]
        family = self._families[name] = list(found.values())
        return family

    @cached_property
    def including(self) -> Mapping[str, tuple[str, ...]]:
        """For each context itself and every context that includes it, at any depth."""
        above: dict[str, set[str]] = {name: {name} for name in self.contexts}
        for name in self.contexts:
            for context in self.family(name):
                above[context.name].add(name)
        return {name: tuple(sorted(names)) for name, names in above.items()}

    def is_known(self, name: str) -> bool:
        """Whether there is a context of that name, or may be one."""
        return name in self.contexts or name in self.opaque or self.is_open

    def is_certain(self, name: str) -> bool:
        """Whether all extensions of a context, its includes taken in, are known."""
        if name not in self.contexts or name in self.opaque or self.is_overridden:
            return False
        family = self.family(name)
        known = {context.name for context in family}
        return not any(
            context.switches
            or any(i.name not in known and (i.name in self.opaque or self.is_open)
                   for i in context.includes)
            for context in family
        )  # fmt: skip

    def find(self, context: str, number: str) -> Iterator[Extension]:
        """Every extension that ``number`` could mean in a context, includes considered."""
        for each in self.family(context):
            yield from each.matching(number)
