"""The dialplan as it was written: contexts, extensions, priorities; immutable once built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from switchroom.dialplan.matching import Matcher
from switchroom.dialplan.pattern import Pattern, is_pattern

HINT = -1  #: the priority number that stands for ``hint``
MAX_INCLUDE_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Priority:
    """One step of an extension."""

    number: int
    application: str
    data: str  #: as written
    label: str = ""
    path: Path | None = None
    line: int = 0

    @property
    def registrar(self) -> str:
        """``extensions.conf:12``, or what made it where no file did."""
        return f"{self.path.name}:{self.line}" if self.path is not None else "pbx_config"


@dataclass(slots=True)
class Extension:
    """One extension of a context, literal or pattern, perhaps for some callers only."""

    name: str
    caller: str = ""  #: the caller number, or pattern, behind the slash
    priorities: dict[int, Priority] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    pattern: Pattern | None = None
    caller_pattern: Pattern | None = None

    def __post_init__(self) -> None:
        self.pattern = Pattern(self.name) if is_pattern(self.name) else None
        self.caller_pattern = Pattern(self.caller) if is_pattern(self.caller) else None

    def takes(self, caller: str) -> bool:
        """Whether it is meant for this caller."""
        if not self.caller:
            return True
        if self.caller_pattern is not None:
            return self.caller_pattern.matches(caller)
        return self.caller == caller


class Context:
    """A set of extensions that is looked up as one."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.extensions: dict[tuple[str, str], Extension] = {}  #: by name and caller, as written
        self.includes: list[str] = []  #: as written, a time behind the name included
        self.ignore_patterns: list[str] = []
        self.switches: list[str] = []
        self._matcher = Matcher(())

    def add(self, name: str, caller: str = "") -> Extension:
        """The extension of that name and caller, made when it is new."""
        key = (name, caller)
        if key not in self.extensions:
            self.extensions[key] = Extension(name, caller)
        return self.extensions[key]

    def index(self) -> None:
        """Prepare the look-up; call it once all extensions are there."""
        self._matcher = Matcher(self.extensions.values())

    def candidates(self, number: str, caller: str) -> Iterator[Extension]:
        """Those that match, best first."""
        return self._matcher.candidates(number, caller)

    def could_match_more(self, number: str, caller: str) -> bool:
        """Whether more digits behind ``number`` could match."""
        return self._matcher.could_match_more(number, caller)


@dataclass(frozen=True, slots=True)
class Dialplan:
    """A whole dialplan; a reload makes another one."""

    contexts: Mapping[str, Context]
    global_variables: Mapping[str, str] = field(default_factory=dict)
    auto_fall_through: bool = True
    clear_global_variables: bool = False

    def _contexts(self, name: str, depth: int = 0) -> Iterator[Context]:
        """The context itself, then what it includes, in order."""
        context = self.contexts.get(name)
        if context is None or depth > MAX_INCLUDE_DEPTH:
            return
        yield context
        for include in context.includes:
            yield from self._contexts(include.partition(",")[0].partition("|")[0], depth + 1)

    def find(
        self, context: str, extension: str, priority: int, caller: str = ""
    ) -> Extension | None:
        """The best match that has this priority, includes considered."""
        for each in self._contexts(context):
            for candidate in each.candidates(extension, caller):
                if priority in candidate.priorities:
                    return candidate
        return None

    def find_label(self, context: str, extension: str, label: str, caller: str = "") -> int | None:
        """The priority that carries ``label``."""
        for each in self._contexts(context):
            for candidate in each.candidates(extension, caller):
                if label in candidate.labels:
                    return candidate.labels[label]
        return None

    def could_match_more(self, context: str, number: str, caller: str = "") -> bool:
        """Whether it is worth waiting for another digit."""
        return any(each.could_match_more(number, caller) for each in self._contexts(context))
