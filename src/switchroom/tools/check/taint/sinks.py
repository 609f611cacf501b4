"""The places that must not get a caller's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from switchroom.tools.check import texts
from switchroom.tools.check.calls import Call, all_calls, place_of
from switchroom.tools.check.finding import Place
from switchroom.tools.check.functions import Use, all_uses, odbc_names
from switchroom.tools.check.jumps import Jump, all_jumps
from switchroom.tools.check.parties import Parties, parties_of
from switchroom.tools.check.project import Project
from switchroom.tools.check.resources import CALLING, Resource, all_resources, folded
from switchroom.tools.check.taint.flow import Flow, flow_of
from switchroom.tools.check.taint.marks import Kind, Mark, joined
from switchroom.tools.check.texts import Word
from switchroom.tools.check.writes import all_writes

_SHELL = frozenset({"system", "trysystem"})
_PROGRAMS = frozenset({"agi", "eagi", "deadagi", "externalivr"})
_FILES = {"record": 0, "mixmonitor": 0, "monitor": 1, "receivefax": 0, "sendfax": 0, "dictate": 0}
_FILE_FUNCTIONS = frozenset({"FILE", "STAT", "FILE_COUNT_LINE", "FILE_FORMAT"})


@dataclass(frozen=True, slots=True)
class Leak:
    """A caller's words at a place that obeys them."""

    #: ``dial``, ``shell``, ``sql``, ``url``, ``place``, ``extension``, ``program`` or ``file``.
    sink: str
    place: Place
    what: str  #: ``the command of System()``
    mark: Mark


def all_leaks(project: Project) -> list[Leak]:
    """Every place that gets what it must not."""
    return list(_Search(project).run())


class _Search:
    def __init__(self, project: Project) -> None:
        self._project = project
        self._flow: Flow = project.once(flow_of)
        self._parties: Parties = project.once(parties_of)
        self._safe_queries = _safe_queries(project)

    def run(self) -> Iterator[Leak]:
        for resource in self._project.once(all_resources):
            if resource.call.key in CALLING:
                yield from self._resource(resource)
        for call in self._project.once(all_calls):
            yield from self._call(call)
        for use in self._project.once(all_uses):
            yield from self._use(use)
        for jump in self._project.once(all_jumps):
            yield from self._jump(jump)
        yield from self._assignments()

    def _mark(self, call: Call, word: Word) -> Mark | None:
        """The worst that a word of a call can hold, whichever way a call came here."""
        if word.is_constant:
            return None
        mark: Mark | None = None
        for evaluation in self._flow.at(call.step):
            mark = joined(mark, evaluation.of(word.text))
        return mark

    def _leak(self, sink: str, call: Call, word: Word, what: str) -> Iterator[Leak]:
        mark = self._mark(call, word)
        if mark is not None:
            yield Leak(sink, place_of(self._project, call, word), what, mark)

    # who is called

    def _resource(self, resource: Resource) -> Iterator[Leak]:
        call = resource.call
        for leak in self._leak("dial", call, resource.word, f"the channel of {call.name}()"):
            if leak.mark.kind is Kind.TEXT or self._is_dialled_out(resource, leak.mark):
                yield leak

    def _is_dialled_out(self, resource: Resource, mark: Mark) -> bool:
        """Whether digits alone can do harm: where they are dialled at somebody else's."""
        number = folded(self._project, resource).number
        if number is None or resource.key == "local":
            return False
        return self._mark(resource.call, number) is not None and mark.kind is Kind.DIGITS

    # applications

    def _call(self, call: Call) -> Iterator[Leak]:
        key = call.key
        whole = Word(call.data, 0)
        if key in _SHELL:
            yield from self._leak("shell", call, whole, f"the command of {call.name}()")
        elif key in _PROGRAMS:
            yield from self._leak(
                "program", call, call.argument(0), f"the program of {call.name}()"
            )
        elif key == "mysql":
            yield from self._leak("sql", call, whole, "the query of MYSQL()")
        if key == "mixmonitor":
            command = call.argument(2)
            yield from self._leak("shell", call, command, "the command of MixMonitor()")
        if (at := _FILES.get(key)) is not None:
            yield from self._text_leak(
                "file", call, call.argument(at), f"the file of {call.name}()"
            )
        if call.is_nested and not Word(call.name, 0).is_constant and call.name_at is not None:
            name_at = call.name_at - call.offset
            yield from self._leak("place", call, Word(call.name, name_at), "an application's name")

    def _text_leak(self, sink: str, call: Call, word: Word, what: str) -> Iterator[Leak]:
        return (leak for leak in self._leak(sink, call, word, what) if leak.mark.kind is Kind.TEXT)

    # functions

    def _use(self, use: Use) -> Iterator[Leak]:
        what = f"{use.name}()"
        match use.name:
            case "SHELL":
                yield from self._leak("shell", use.call, use.arguments, f"the command of {what}")
            case "CURL":
                url = use.argument(0) or use.arguments
                yield from self._leak("url", use.call, url, f"the address of {what}")
            case "EVAL" | "EVAL_EXTEN" | "EVAL_SUB":
                yield from self._text_leak("place", use.call, use.arguments, f"the text of {what}")
            case name if name in _FILE_FUNCTIONS:
                path = use.argument(0) or use.arguments
                yield from self._text_leak("file", use.call, path, f"the file of {what}")
            case name if name.startswith("ODBC_") or name in (odbc_names(self._project) or ()):
                if name not in self._safe_queries and name != "ODBC_FETCH":
                    yield from self._leak("sql", use.call, use.arguments, f"the query of {what}")
            case _:
                pass

    def _assignments(self) -> Iterator[Leak]:
        for write in self._project.once(all_writes):
            if write.is_function and write.name.startswith("ODBC_"):
                if write.name not in self._safe_queries:
                    what = f"the query of {write.name}()"
                    yield from self._leak("sql", write.call, write.value, what)
            elif not write.is_function and not write.is_input and texts.is_open(write.name):
                yield from self._text_leak("place", write.call, write.word, "a variable's name")

    # places

    def _jump(self, jump: Jump) -> Iterator[Leak]:
        name = jump.call.name
        if jump.context is not None:
            word = jump.context
            yield from self._text_leak("place", jump.call, word, f"the context of {name}()")
        elif jump.extension is not None and jump.kind in {"goto", "gosub"}:
            # A comma in it makes a context of what stands before.
            word = jump.extension
            what = f"{name}() without a context"
            yield from self._text_leak("extension", jump.call, word, what)


_ARGUMENT = re.compile(r"(?:ARG\d+|VAL\d*|VALUE)$")
_ESCAPERS = frozenset({"SQL_ESC", "SQL_ESC_BACKSLASHES"})


def raw_arguments(query: str) -> list[str]:
    """Arguments that a query of func_odbc.conf takes as they are."""
    escaped: list[tuple[int, int]] = [
        (each.offset, each.offset + each.length)
        for each in texts.references(query)
        if each.name in _ESCAPERS | {"FILTER"}
    ]
    return [
        each.name
        for each in texts.references(query)
        if not each.is_function
        and _ARGUMENT.match(each.name)
        and not any(begin <= each.offset < end for begin, end in escaped)
    ]


def _safe_queries(project: Project) -> set[str]:
    """Functions of func_odbc.conf that escape all they are given."""
    sections = {section.name: section for section in project.sections("func_odbc.conf")}
    return {
        function
        for function, name in (odbc_names(project) or {}).items()
        if not any(
            raw_arguments(entry.value)
            for entry in sections[name].entries
            if entry.name.lower() in {"readsql", "writesql", "insertsql", "read", "write"}
        )
    }
