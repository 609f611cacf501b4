"""Variables that nobody sets, and those that nobody reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from switchroom.tools.check import facts, texts
from switchroom.tools.check.calls import place_of
from switchroom.tools.check.finding import Place, Problem, Severity
from switchroom.tools.check.functions import all_uses
from switchroom.tools.check.project import Project
from switchroom.tools.check.rule import rule
from switchroom.tools.check.texts import Word
from switchroom.tools.check.variables import Variables, variables_of
from switchroom.tools.check.wording import did_you_mean, once_each

_NAME = re.compile(r"\w+$")


@rule("SW401", Severity.WARNING)
def nobody_sets(project: Project) -> Iterator[Problem]:
    """A variable that is read and that nothing sets.

    It reads as nothing. Names count letter by letter: `${Caller}` is not `${CALLER}`. Variables
    that the system sets itself, options of endpoints (`set_var`) and names that are put together
    at run time are known. Where a program (AGI, Stasis) could set it this is a note. Each name is
    reported once, at its first place.

    Wrong::

        [phones]
        exten => 100,1,Set(DialedExtension=${EXTEN})
         same => n,Dial(PJSIP/${DialledExtension})

    Right::

        [phones]
        exten => 100,1,Set(DialedExtension=${EXTEN})
         same => n,Dial(PJSIP/${DialedExtension})
    """
    certain, uncertain = _unset(project)
    yield from once_each(certain)
    yield from once_each(uncertain, Severity.INFO)


_Found = list[tuple[str, Place, str]]


def _unset(project: Project) -> tuple[_Found, _Found]:
    """Variables that nothing sets, for certain and perhaps."""
    variables = project.once(variables_of)
    known = [name for name in variables.known() if name not in facts.variables()["read"]]
    certain: _Found = []
    uncertain: _Found = []
    for read in variables.reads:
        if read.is_test or variables.is_set(read.name) or not _NAME.match(read.name):
            continue
        if read.name in facts.legacy_variables():
            continue  # SW323 says what is there instead
        hint = did_you_mean(read.name, known, cutoff=0.85)
        place = place_of(project, read.call, Word(read.name, read.offset))
        message = f"nothing sets {read.name}{hint}"
        if hint or not variables.may_be_set_outside:
            certain.append((read.name, place, message))
        else:
            message += "; a program may, but nothing here does"
            uncertain.append((read.name, place, message))
    return certain, uncertain


@rule("SW402", Severity.INFO)
def nobody_reads(project: Project) -> Iterator[Problem]:
    """A variable that is set and that nothing reads.

    Wrong::

        [phones]
        exten => 100,1,Set(greeting=hello-world)
         same => n,Playback(tt-monkeys)

    Right::

        [phones]
        exten => 100,1,Set(greeting=hello-world)
         same => n,Playback(${greeting})
    """
    variables = project.once(variables_of)
    if any(texts.is_open(template) for template in variables.read_templates):
        return  # any of them may be meant
    assigned = _assigned_to_functions(project)
    for name, writes in variables.writes.items():
        if _is_used(variables, name) or name in assigned or not _NAME.match(name):
            continue
        write = writes[0]
        place = place_of(project, write.call, write.word)
        yield Problem(place, f"nothing reads {name}")


def _is_used(variables: Variables, name: str) -> bool:
    return variables.is_read(name) or name in facts.variables()["set"]


def _assigned_to_functions(project: Project) -> set[str]:
    """Names that a write to a function mentions: SHARED, EXPORT and others hand them on."""
    return {
        use.arguments.text.split(",")[-1].strip()
        for use in project.once(all_uses)
        if use.is_write and use.name in {"EXPORT", "SHARED", "IAXVAR"}
    }
