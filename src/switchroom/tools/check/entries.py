"""Which priorities something jumps to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from switchroom.tools.check.jumps import Jump, all_jumps
from switchroom.tools.check.plan import Extension, Step
from switchroom.tools.check.project import Project
from switchroom.tools.check.targets import contexts_of

ANY = "*"  #: a priority that is put together at run time


@dataclass(eq=False)
class Entries:
    """Priorities and labels that jumps name, by how closely the extension is known."""

    by_extension: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    by_context: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    everywhere: set[str] = field(default_factory=set)

    def is_entered(self, extension: Extension, step: Step) -> bool:
        """Whether something may jump to this very step."""
        words = {str(step.number), ANY} | ({step.label} if step.label else set())
        return bool(
            words & self.by_extension.get((extension.context, extension.name), set())
            or words & self.by_context.get(extension.context, set())
            or words & self.everywhere
        )

    def uses_label(self, extension: Extension, label: str) -> bool:
        """Whether something may jump to a label of an extension."""
        words = {label, ANY}
        return bool(
            words & self.by_extension.get((extension.context, extension.name), set())
            or words & self.by_context.get(extension.context, set())
            or words & self.everywhere
        )


def entries_of(project: Project) -> Entries:
    """What all jumps of the dialplan lead to."""
    entries = Entries()
    for jump in project.once(all_jumps):
        if jump.kind != "context":
            _enter(project, entries, jump)
    return entries


def _enter(project: Project, entries: Entries, jump: Jump) -> None:
    plan = project.plan
    priority = "1"
    if jump.priority is not None:
        priority = jump.priority.text if jump.priority.is_constant else ANY
    names = contexts_of(plan, jump)
    is_open_context = jump.context is not None and not jump.context.is_constant
    if is_open_context and len(names) == len(plan.contexts):
        entries.everywhere.add(priority)
        return
    if jump.extension is not None and jump.extension.is_constant:
        for name in names:
            for extension in plan.find(name, jump.extension.text):
                entries.by_extension[extension.context, extension.name].add(priority)
        return
    if jump.extension is None:
        own = (jump.call.step.context, jump.call.step.extension)
        entries.by_extension[own].add(priority)
        if priority in {"1", ANY} or _has_own(project, jump, priority):
            return
        # The same number can be meant by another extension of any context that includes this one.
    for name in names:
        for context in plan.family(name):
            entries.by_context[context.name].add(priority)


def _has_own(project: Project, jump: Jump, priority: str) -> bool:
    step = jump.call.step
    found = project.plan.contexts[step.context].named(step.extension)
    return any(extension.has(priority) for extension in found)
