"""Which contexts calls can get into, from where, and what they reach from there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from switchroom.tools.check import texts
from switchroom.tools.check.jumps import all_jumps
from switchroom.tools.check.parties import parties_of
from switchroom.tools.check.project import DIALPLAN, Project
from switchroom.tools.check.targets import contexts_of

_WORD = re.compile(r"[\w.-]+")
_LOCAL_SWITCH = re.compile(r"(?:Local|Loopback)/[^@/]*@(?P<context>[^:/]+)", re.IGNORECASE)
#: Files that say where calls come in.
SOURCES = (
    *("pjsip.conf", "sip.conf", "iax.conf", "chan_dahdi.conf", "users.conf", "skinny.conf"),
    *("mgcp.conf", "unistim.conf", "ooh323.conf", "motif.conf", "console.conf"),
)


def neighbours(project: Project) -> dict[str, set[str]]:
    """For each context those that its calls can get into."""
    plan = project.plan
    found: dict[str, set[str]] = defaultdict(set)
    for context in plan.contexts.values():
        found[context.name].update(include.name for include in context.includes)
        for switch in context.switches:
            if (match := _LOCAL_SWITCH.match(switch.value)) is not None:
                found[context.name].add(match["context"])
    for jump in project.once(all_jumps):
        if jump.context is not None:
            found[jump.call.step.context].update(contexts_of(plan, jump))
    return found


def leads_anywhere(project: Project) -> set[str]:
    """Contexts with a jump whose context nothing is known of."""
    return {
        jump.call.step.context
        for jump in project.once(all_jumps)
        if jump.context is not None
        and not jump.context.is_constant
        and texts.is_open(jump.context.text)
    }


def reached(project: Project, roots: Iterable[str]) -> set[str]:
    """Contexts that calls can get into when they begin in one of ``roots``."""
    around = project.once(neighbours)
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += around.get(name, ())
    return found & project.plan.contexts.keys()


def has_sources(project: Project) -> bool:
    """Whether it is known at all where calls come in."""
    return any(name in project.files for name in SOURCES)


def roots_of(project: Project) -> set[str]:
    """Contexts that other files speak of, in whatever way, and those that are there by default."""
    words: set[str] = set()
    for name in project.files:
        if name == DIALPLAN:
            continue
        for section in project.sections(name):
            for entry in section.entries:
                words.update(_WORD.findall(entry.value))
    words.update(party.context for party in project.once(parties_of).by_name.values())
    for setting in project.plan.global_variables:
        words.update(_WORD.findall(setting.value))
    return (words | {"default"}) & project.plan.contexts.keys()
