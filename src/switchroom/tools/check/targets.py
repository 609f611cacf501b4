"""Whether the places that jumps lead to exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from switchroom.tools.check import texts
from switchroom.tools.check.coverage import overlap
from switchroom.tools.check.jumps import Jump, all_jumps
from switchroom.tools.check.plan import Extension, Plan
from switchroom.tools.check.project import Project
from switchroom.tools.check.texts import Word


@dataclass(frozen=True, slots=True, eq=False)
class Missing:
    """A jump to a place that does not exist, for certain."""

    jump: Jump
    what: str  #: ``context``, ``extension`` or ``priority``
    word: Word
    where: str = ""  #: ``100@phones`` or ``[phones]``: what lacks it
    known: tuple[str, ...] = ()  #: what there is instead


def all_missing(project: Project) -> list[Missing]:
    """Every jump that leads nowhere."""
    found = (_missing(project.plan, jump) for jump in project.once(all_jumps))
    return [missing for missing in found if missing is not None]


def contexts_of(plan: Plan, jump: Jump) -> list[str]:
    """The contexts that a jump can lead into, as far as they are known."""
    if jump.context is None:
        own = jump.call.step.context
        return list(plan.including.get(own, (own,)))
    if jump.context.is_constant:
        return [jump.context.text]
    return [name for name in plan.contexts if texts.can_become(jump.context.text, name)]


def _missing(plan: Plan, jump: Jump) -> Missing | None:
    names = contexts_of(plan, jump)
    if jump.context is not None:
        known = [name for name in names if plan.is_known(name)]
        if not known:
            return _without_context(plan, jump)
        if texts.is_open(jump.context.text) and not jump.context.is_constant:
            return None
    if jump.kind == "context" or not all(plan.is_certain(name) for name in names):
        return None
    if _is_within(plan, jump):
        return None
    found = list(extensions_of(plan, jump, names))
    if jump.extension is not None and not found:
        return _without_extension(plan, jump, jump.extension, names)
    return _without_priority(jump, found)


def _is_within(plan: Plan, jump: Jump) -> bool:
    """Whether a jump stays in its own extension and gets somewhere there: most do."""
    if jump.context is not None or jump.extension is not None or jump.priority is None:
        return False
    step = jump.call.step
    here = plan.contexts[step.context].named(step.extension)
    return any(extension.has(jump.priority.text) for extension in here)


def _without_context(plan: Plan, jump: Jump) -> Missing | None:
    word = jump.context
    if word is None or not word.text or (plan.is_open and not word.is_constant):
        return None
    if texts.has_parts(word.text) and (
        texts.is_open(word.text) or any(texts.can_become(word.text, n) for n in plan.opaque)
    ):
        return None
    return Missing(jump, "context", word, known=tuple(plan.contexts))


def extensions_of(plan: Plan, jump: Jump, names: list[str]) -> Iterator[Extension]:
    """The extensions that a jump can lead to; patterns too where its own is put together."""
    if jump.extension is None:
        yield from _own(plan, jump, names)
        return
    text = jump.extension.text
    if jump.extension.is_constant:
        for name in names:
            yield from plan.find(name, text)
        return
    for name in names:
        for context in plan.family(name):
            for extension in context.extensions:
                if extension.pattern is not None or texts.can_become(text, extension.name):
                    yield extension


def _own(plan: Plan, jump: Jump, names: list[str]) -> Iterator[Extension]:
    """The extension a jump stands in, and others that the same number can mean."""
    step = jump.call.step
    here = plan.contexts[step.context].named(step.extension)
    if jump.context is None:
        yield from here
    for name in names:
        for context in plan.family(name):
            for extension in context.extensions:
                if any(overlap(extension, own) for own in here):
                    yield extension


def _without_extension(plan: Plan, jump: Jump, word: Word, names: list[str]) -> Missing | None:
    if not word.is_constant and texts.is_open(word.text):
        return None
    if not word.text:
        return None
    known = tuple(e.name for name in names for c in plan.family(name) for e in c.extensions)
    where = " or ".join(f"[{name}]" for name in names[:2])
    return Missing(jump, "extension", word, where, known)


def _without_priority(jump: Jump, found: list[Extension]) -> Missing | None:
    word = jump.priority
    if word is None:
        if jump.kind == "context" or any(extension.has("1") for extension in found):
            return None
        word = jump.extension or jump.context
        if word is None:
            return None
        return Missing(jump, "priority", Word("1", word.offset), _where(jump, found))
    if not word.is_constant or not word.text:
        return None
    if not found or any(extension.has(word.text) for extension in found):
        return None
    labels = tuple(label for extension in found for label in extension.labels)
    return Missing(jump, "priority", word, _where(jump, found), labels)


def _where(jump: Jump, found: list[Extension]) -> str:
    first = found[0] if found else None
    if first is None:
        return f"{jump.call.step.extension}@{jump.call.step.context}"
    return f"{first.name}@{first.context}"
