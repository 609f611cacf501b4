"""Variables: who sets them, who reads them, and what cannot be known from here."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from switchroom.tools.check import facts, texts
from switchroom.tools.check.calls import Call, all_calls
from switchroom.tools.check.project import DIALPLAN, Project
from switchroom.tools.check.texts import Reference
from switchroom.tools.check.writes import Write, all_writes

#: Variables that calling a routine or a macro makes.
_BY_CALLING = re.compile(r"(?:ARG\d+|ARGC|MACRO_\w+|LOCAL_\w+)$")
_TOKEN = re.compile(r"[A-Za-z_][\w.]*")
#: Applications that run programs which may set any variable.
_OUTSIDE = frozenset({"agi", "eagi", "deadagi", "stasis", "externalivr"})
_SET_OPTIONS = frozenset({"setvar", "set_var"})
#: Functions whose first argument is the name of a variable they read.
NAME_READERS = frozenset(
    {"CUT", "FIELDQTY", "FIELDNUM", "LISTFILTER", "SHIFT", "POP", "REPLACE", "STRREPLACE"}
    | {"STRBETWEEN", "JSON_DECODE", "INC", "DEC", "GLOBAL", "SHARED", "LOCAL"}
)


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """One reading of a variable."""

    call: Call
    name: str
    offset: int  #: of the name in the call's data
    is_test: bool = False  #: whether it is only asked whether there is one


@dataclass(eq=False)
class Variables:
    """What is known of all variables of a dialplan."""

    writes: dict[str, list[Write]] = field(default_factory=lambda: defaultdict(list))
    set_elsewhere: set[str] = field(default_factory=set)  #: by options of endpoints, by modules
    templates: list[str] = field(default_factory=list)  #: names put together at run time
    reads: list[Read] = field(default_factory=list)
    read_templates: list[str] = field(default_factory=list)
    mentions: Counter[str] = field(default_factory=Counter)  #: how often a name stands anywhere
    may_be_set_outside: bool = False  #: by a program, or under a name that is not known

    def is_set(self, name: str) -> bool:
        """Whether something sets a variable, or may."""
        return (
            name in self.writes
            or name in self.set_elsewhere
            or _BY_CALLING.match(name) is not None
            or any(texts.can_become(template, name) for template in self.templates)
        )

    def is_read(self, name: str) -> bool:
        """Whether something reads a variable, or may."""
        if name in facts.variables()["read"] or name in facts.variables()["built_in"]:
            return True
        own = len(self.writes.get(name, ()))
        if self.mentions[name] > own:
            return True
        return any(texts.can_become(template, name) for template in self.read_templates)

    def known(self) -> set[str]:
        """Every name that something sets."""
        return {*self.writes, *self.set_elsewhere}


def variables_of(project: Project) -> Variables:
    """Gather them once for all rules."""
    found = Variables()
    for kind in facts.variables().values():
        found.set_elsewhere |= kind
    _gather_writes(project, found)
    for setting in project.plan.global_variables:
        found.set_elsewhere.add(setting.name)
        found.mentions.update(_words(setting.value))
    _gather_files(project, found)
    for call in project.once(all_calls):
        if call.is_nested:
            continue
        found.mentions.update(_words(call.data))
        found.reads += _reads(call)
        found.read_templates += [
            reference.name
            for reference in texts.references(call.data)
            if not reference.is_function and not reference.is_constant
        ]
    return found


def _words(text: str) -> Iterator[str]:
    """What could be names; the underscores of one that is handed on belong to no name."""
    return (word.lstrip("_") for word in _TOKEN.findall(text))


def _gather_writes(project: Project, found: Variables) -> None:
    for call in project.once(all_calls):
        if call.key in _OUTSIDE:
            found.may_be_set_outside = True
    for write in project.once(all_writes):
        if write.is_function:
            continue
        if not texts.has_parts(write.name):
            found.writes[write.name].append(write)
        elif texts.is_open(write.name):
            found.may_be_set_outside = True
        else:
            found.templates.append(write.name.lstrip("_"))


def _gather_files(project: Project, found: Variables) -> None:
    """What other files set and mention: options of endpoints, records, queries."""
    for name in project.files:
        if name == DIALPLAN:
            continue
        for section in project.sections(name):
            for entry in section.entries:
                found.mentions.update(_words(entry.value))
                if entry.name.lower() in _SET_OPTIONS:
                    found.set_elsewhere.add(entry.value.partition("=")[0].strip().lstrip("_"))


def _reads(call: Call) -> Iterator[Read]:
    tested = [_span(r) for r in texts.references(call.data) if r.name in {"EXISTS", "ISNULL"}]
    for reference in texts.references(call.data):
        if not reference.is_constant:
            continue
        at = reference.offset
        is_test = any(begin <= at < end for begin, end in tested)
        if not reference.is_function:
            yield Read(call, reference.name.strip(), at, is_test)
        elif reference.name in NAME_READERS and reference.arguments:
            name = texts.split_raw(reference.arguments, ",")[0]
            if name.is_constant and name.text.isidentifier():
                yield Read(call, name.text, reference.arguments_offset + name.offset, is_test)


def _span(reference: Reference) -> tuple[int, int]:
    return reference.offset + len(reference.name), reference.offset + reference.length
