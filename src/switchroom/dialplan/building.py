"""Puts a dialplan together from what several sources say: extensions.conf, AEL, Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from switchroom.config.language.options import Warnings
from switchroom.dialplan.model import (
    CONFIG_REGISTRAR,
    Context,
    Dialplan,
    Extension,
    Include,
    Priority,
)
from switchroom.dialplan.switches import LOCAL_KINDS, ContextSource, Switch
from switchroom.dialplan.timing import wall_clock

if TYPE_CHECKING:
    from switchroom.dialplan.python.running import Routine

#: Contexts that features add to a dialplan once it is read: the one of parking lots, by default.
MADE_LATER = frozenset({"parkedcalls"})


@dataclass(slots=True)
class General:
    """The ``[general]`` section of extensions.conf."""

    auto_fall_through: bool = True
    clear_global_variables: bool = False
    priority_jumping: bool = False
    static: bool = False
    write_protect: bool = False
    override: Switch | None = None


@dataclass(slots=True)
class DialplanBuilder:
    """Takes contexts, extensions and global variables; the first to name a priority has it."""

    contexts: dict[str, Context] = field(default_factory=dict)
    global_variables: dict[str, str] = field(default_factory=dict)
    general: General = field(default_factory=General)
    warnings: Warnings = field(default_factory=Warnings)
    routines: dict[str, Routine] = field(default_factory=dict)
    _include_lines: list[tuple[Include, Context, Path, int]] = field(default_factory=list)
    _switch_lines: list[tuple[Switch, Path, int]] = field(default_factory=list)

    def context(self, name: str, made_by: str = CONFIG_REGISTRAR) -> Context:
        """The context of that name, made when it is new."""
        found = self.contexts.get(name)
        if found is None:
            found = self.contexts[name] = Context(name, made_by)
        return found

    def add(self, context: Context, extension: Extension, priority: Priority) -> None:
        """Add a priority, unless the extension has one of that number already."""
        place = f"{extension.name}@{context.name}"
        number = "hint" if priority.number < 0 else f"priority {priority.number}"
        before = extension.priorities.setdefault(priority.number, priority)
        if before is not priority:
            message = f"{place} has a {number} already ({before.registrar}): this one is ignored"
            self._warn(message, priority)
            return
        if not priority.label:
            return
        labelled = extension.labels.setdefault(priority.label, priority.number)
        if labelled != priority.number:
            message = f"{place} has a label {priority.label!r} already, at priority {labelled}"
            self._warn(message, priority)

    def _warn(self, message: str, priority: Priority) -> None:
        if priority.path is not None:
            self.warnings.add(message, priority.path, priority.line)

    def include(self, context: Context, include: Include, path: Path, line: int) -> None:
        """Let a context include another, once."""
        if any(include.text == other.text for other in context.includes):
            message = f"[{context.name}] includes {include.text!r} already"
            self.warnings.add(message, path, line)
            return
        context.includes.append(include)
        self._include_lines.append((include, context, path, line))

    def switch(self, context: Context, switch: Switch, path: Path, line: int) -> None:
        """Let a context look further behind a switch, once."""
        if switch in context.switches:
            self.warnings.add(f"[{context.name}] has the switch {switch} already", path, line)
            return
        context.switches.append(switch)
        self._switch_lines.append((switch, path, line))

    def build(
        self,
        *,
        sources: Mapping[str, ContextSource] | None = None,
        clock: Callable[[], float] = wall_clock,
    ) -> Dialplan:
        """The dialplan; the builder is of no use afterwards.

        Args:
            sources: What switches other than ``Local/`` ask, by kind in lower case.
            clock: The wall clock, for includes with a time.
        """
        sources = sources or {}
        self._check_references(sources)
        for context in self.contexts.values():
            context.index()
        return Dialplan(
            self.contexts,
            self.global_variables,
            auto_fall_through=self.general.auto_fall_through,
            clear_global_variables=self.general.clear_global_variables,
            priority_jumping=self.general.priority_jumping,
            may_be_saved=self.general.static and not self.general.write_protect,
            override=self.general.override,
            routines=self.routines,
            has_switches=bool(self._switch_lines or self.general.override),
            sources=sources,
            clock=clock,
            warnings=tuple(self.warnings.entries),
        )

    def _check_references(self, sources: Mapping[str, ContextSource]) -> None:
        for include, context, path, line in self._include_lines:
            if include.context not in self.contexts and include.context not in MADE_LATER:
                message = f"[{context.name}] includes [{include.context}], which there is not"
                self.warnings.add(message, path, line)
        for switch, path, line in self._switch_lines:
            kind = switch.kind.lower()
            if kind not in LOCAL_KINDS and kind not in sources:
                message = f"the switch {switch} leads nowhere: there is no {switch.kind} here"
                self.warnings.add(message, path, line)
