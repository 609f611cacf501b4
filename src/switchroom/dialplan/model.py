"""The dialplan as it was written: contexts, extensions, priorities; immutable once built."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from switchroom.config.language.options import ConfigWarning
from switchroom.dialplan.matching import Matcher
from switchroom.dialplan.pattern import Pattern, is_pattern
from switchroom.dialplan.switches import LOCAL_KINDS, ContextSource, Place, Switch
from switchroom.dialplan.timing import Timing, wall_clock

if TYPE_CHECKING:
    from switchroom.dialplan.python.running import Routine

HINT = -1  #: the priority number that stands for ``hint``
MAX_DEPTH = 128  #: includes and switches within one another, as in the original
MAX_SEARCHED = 10_000  #: contexts that one look-up goes through: switches can lead in circles
CONFIG_REGISTRAR = "pbx_config"  #: what ``dialplan show`` calls extensions.conf and the CLI


@dataclass(frozen=True, slots=True)
class Priority:
    """One step of an extension."""

    number: int
    application: str
    data: str  #: as written
    label: str = ""
    path: Path | None = None
    line: int = 0
    made_by: str = CONFIG_REGISTRAR

    @property
    def registrar(self) -> str:
        """``extensions.conf:12``, or what made it where no file did."""
        return f"{self.path.name}:{self.line}" if self.path is not None else self.made_by


@dataclass(slots=True, eq=False)
class Extension:
    """One extension of a context, literal or pattern, perhaps for some callers only."""

    name: str
    caller: str | None = None  #: the number, or pattern, behind the slash; empty: callers without
    priorities: dict[int, Priority] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    pattern: Pattern | None = None
    caller_pattern: Pattern | None = None

    def __post_init__(self) -> None:
        self.pattern = Pattern(self.name) if is_pattern(self.name) else None
        if self.caller is not None and is_pattern(self.caller):
            self.caller_pattern = Pattern(self.caller)

    @property
    def hint(self) -> str:
        """The devices whose state this extension shows, ``PJSIP/alice&Custom:away``; may be empty.

        What the extension's presence is made of follows behind a comma.
        """
        found = self.priorities.get(HINT)
        return found.application if found is not None else ""

    def takes(self, caller: str) -> bool:
        """Whether it is meant for this caller."""
        if self.caller is None:
            return True
        if self.caller_pattern is not None:
            return self.caller_pattern.matches(caller)
        return self.caller == caller


@dataclass(frozen=True, slots=True)
class Include:
    """One ``include =>`` line."""

    context: str
    text: str  #: as written, a time behind the name included
    timing: Timing | None = None  #: None: always
    made_by: str = CONFIG_REGISTRAR

    def holds(self, clock: Callable[[], float]) -> bool:
        """Whether it counts now."""
        return self.timing is None or self.timing.holds(clock())


class Context:
    """A set of extensions that is looked up as one.

    Args:
        name: As other contexts and channels call it.
        made_by: What declared it first: ``pbx_config``, ``pbx_ael``, …
    """

    def __init__(self, name: str, made_by: str = CONFIG_REGISTRAR) -> None:
        self.name = name
        self.made_by = made_by
        #: By name and caller, as written.
        self.extensions: dict[tuple[str, str | None], Extension] = {}
        self.includes: list[Include] = []
        self.ignore_patterns: list[str] = []
        self.switches: list[Switch] = []
        self.auto_hints = False  #: devices make hints here by themselves (``autohints``)
        self._matcher = Matcher(())

    def add(self, name: str, caller: str | None = None) -> Extension:
        """The extension of that name and caller, made when it is new."""
        key = (name, caller)
        if key not in self.extensions:
            self.extensions[key] = Extension(name, caller)
        return self.extensions[key]

    def copy(self, without: frozenset[str] = frozenset()) -> Context:
        """One that may be changed, to be indexed then; calls in progress keep this one.

        Args:
            without: Whose priorities it does not have, as :attr:`Priority.made_by` calls them.
        """
        copy = Context(self.name, self.made_by)
        copy.auto_hints = self.auto_hints
        copy.includes.extend(self.includes)
        copy.ignore_patterns.extend(self.ignore_patterns)
        copy.switches.extend(self.switches)
        for key, each in self.extensions.items():
            kept = {n: p for n, p in each.priorities.items() if p.made_by not in without}
            if kept or not each.priorities:
                new = copy.add(*key)
                new.priorities.update(kept)
                new.labels.update(each.labels)
        return copy

    def index(self) -> None:
        """Prepare the look-up; call it once all extensions are there."""
        self._matcher = Matcher(self.extensions.values())

    def candidates(self, number: str, caller: str) -> list[Extension]:
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
    priority_jumping: bool = False  #: as in 1.2: a Dial that finds all busy goes on at n+101
    may_be_saved: bool = False  #: ``static=yes`` and ``writeprotect=no``
    override: Switch | None = None  #: asked before every context (``overrideswitch``)
    #: Functions of the Python dialplan, by name.
    routines: Mapping[str, Routine] = field(default_factory=dict)
    has_switches: bool = False  #: whether a look-up can lead elsewhere at all
    #: By kind, in lower case: what ``switch => Kind/…`` asks.
    sources: Mapping[str, ContextSource] = field(default_factory=dict)
    clock: Callable[[], float] = wall_clock  #: the wall clock, for includes with a time
    warnings: tuple[ConfigWarning, ...] = ()

    def searched(self, place: Place) -> Iterator[tuple[Context, Place]]:
        """The contexts that a look-up goes through, in order, and what it looks for in each.

        First the context itself, then what is behind its switches, then what it includes. The
        place differs from the one asked for only at the far end of a switch.
        """
        seen: set[tuple[str, Place]] = set()
        if self.override is not None:
            yield from self._behind(self.override, place, seen, 0)
        yield from self._walk(place.context, place, seen, 0)

    def _walk(
        self, name: str, place: Place, seen: set[tuple[str, Place]], depth: int
    ) -> Iterator[tuple[Context, Place]]:
        context = self.contexts.get(name)
        if context is None or depth > MAX_DEPTH or len(seen) > MAX_SEARCHED:
            return
        if (name, place) in seen:
            return
        seen.add((name, place))
        yield context, place
        for switch in context.switches:
            yield from self._behind(switch, place, seen, depth)
        for include in context.includes:
            if include.holds(self.clock):
                yield from self._walk(include.context, place, seen, depth + 1)

    def _behind(
        self, switch: Switch, place: Place, seen: set[tuple[str, Place]], depth: int
    ) -> Iterator[tuple[Context, Place]]:
        kind = switch.kind.lower()
        if kind in LOCAL_KINDS:
            there = switch.leads_to(place, self.global_variables)
            if there is not None:
                yield from self._walk(there.context, there, seen, depth + 1)
        elif (source := self.sources.get(kind)) is not None:
            found = source.context(switch.data, place.context)
            if found is not None:
                yield found, place

    def find(
        self, context: str, extension: str, priority: int, caller: str = ""
    ) -> Extension | None:
        """The best match that has this priority, includes and switches considered."""
        for each, place in self.searched(Place(context, extension, priority)):
            for candidate in each.candidates(place.extension, caller):
                if place.priority in candidate.priorities:
                    return candidate
        return None

    def place_of(self, place: Place, caller: str = "") -> Place:
        """Where a call that goes to ``place`` arrives: there, or at the far end of a switch."""
        for each, there in self.searched(place):
            found = each.candidates(there.extension, caller)
            if any(there.priority in candidate.priorities for candidate in found):
                return there
        return place

    def find_label(self, context: str, extension: str, label: str, caller: str = "") -> int | None:
        """The priority that carries ``label``."""
        for each, place in self.searched(Place(context, extension, 1)):
            for candidate in each.candidates(place.extension, caller):
                if label in candidate.labels:
                    return candidate.labels[label]
        return None

    def could_match_more(self, context: str, number: str, caller: str = "") -> bool:
        """Whether it is worth waiting for another digit."""
        return any(
            each.could_match_more(place.extension, caller)
            for each, place in self.searched(Place(context, number, 1))
        )
