"""Contexts nobody gets into, extensions that others hide, patterns that take more than is meant."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.tools.check.coverage import covers, ends_openly, is_catch_all
from switchroom.tools.check.finding import Problem, Severity
from switchroom.tools.check.plan import SPECIAL_EXTENSIONS, Context, Extension, Setting
from switchroom.tools.check.project import Project
from switchroom.tools.check.reach import has_sources, leads_anywhere, reached, roots_of
from switchroom.tools.check.rule import rule

MAX_NAMED = 3  #: extensions that a message names


@rule("SW221", Severity.INFO)
def nobody_reaches(project: Project) -> Iterator[Problem]:
    """A context that no call gets into.

    No endpoint, peer or other file names it, and nothing that is reached includes it or jumps to
    it. A program (AMI, ARI, a call file) may still use it.

    Wrong::

        [phones]
        exten => 100,1,Answer()
        [forgotten]
        exten => 200,1,Answer()
        ; pjsip.conf
        [100]
        type = endpoint
        context = phones
        auth = 100
        [100]
        type = auth
        username = 100
        password = L3s7jd92Kq

    Right::

        [phones]
        include => services
        exten => 100,1,Answer()
        [services]
        exten => 200,1,Answer()
        ; pjsip.conf
        [100]
        type = endpoint
        context = phones
        auth = 100
        [100]
        type = auth
        username = 100
        password = L3s7jd92Kq
    """
    if not has_sources(project):
        return
    found = reached(project, roots_of(project))
    if found & project.once(leads_anywhere):
        return  # a jump into a context that is known at run time only: it may be any
    for context in project.plan.contexts.values():
        if context.name not in found and (context.extensions or context.includes):
            place = project.lines.word(context.path, context.line, f"[{context.name}]")
            yield Problem(place, f"no call gets into [{context.name}]")


@rule("SW222", Severity.WARNING)
def hidden_include(project: Project) -> Iterator[Problem]:
    """An include that a pattern of the context hides.

    A context is searched first and its includes only when it has no match at all: a pattern of the
    context itself that takes everything is preferred to the exact extension of an include. Put the
    pattern into a context of its own and include that last.

    Wrong::

        [phones]
        include => internal
        exten => _X.,1,Congestion()
        [internal]
        exten => 100,1,Answer()

    Right::

        [phones]
        include => internal
        include => everything-else
        [internal]
        exten => 100,1,Answer()
        [everything-else]
        exten => _X.,1,Congestion()
    """
    plan = project.plan
    for context in plan.contexts.values():
        above: list[Extension] = _open_patterns(context)
        for include in context.includes:
            family = [each for each in plan.family(include.name) if each is not context]
            for pattern in above:
                hidden = _hidden(pattern, family)
                if hidden:
                    yield _hides(project, include, pattern, hidden)
                    break
            above = above + [e for each in family for e in _open_patterns(each)]


def _open_patterns(context: Context) -> list[Extension]:
    return [
        extension
        for extension in context.extensions
        if extension.pattern is not None
        and ends_openly(extension.pattern)
        and extension.caller is None
        and 1 in extension.numbers
    ]


def _hidden(pattern: Extension, family: list[Context]) -> list[Extension]:
    assert pattern.pattern is not None
    return [
        extension
        for context in family
        for extension in context.extensions
        if extension.steps
        and extension.name != pattern.name
        and extension.context != pattern.context
        and extension.name not in SPECIAL_EXTENSIONS
        and covers(pattern.pattern, extension)
    ]


def _hides(
    project: Project, include: Setting, pattern: Extension, hidden: list[Extension]
) -> Problem:
    names = list(dict.fromkeys(extension.name for extension in hidden))
    listed = ", ".join(names[:MAX_NAMED])
    if len(names) > MAX_NAMED:
        listed += f" and {len(names) - MAX_NAMED} more"
    place = project.lines.word(include.path, include.line, include.name, behind="=")
    message = f"{pattern.name} of [{pattern.context}] comes first and hides {listed}"
    return Problem(place, message)


@rule("SW223", Severity.WARNING)
def hidden_pattern(project: Project) -> Iterator[Problem]:
    """An extension that means the same numbers as another one.

    Two patterns of a context that let exactly the same numbers through, or a number that is
    written twice, once with dashes: only one of them is ever used.

    Wrong::

        [phones]
        exten => _1XX,1,Answer()
        exten => _1[0-9]X,1,Busy()

    Right::

        [phones]
        exten => _1XX,1,Answer()
        exten => _2XX,1,Busy()
    """
    for context in project.plan.contexts.values():
        seen: dict[tuple[object, str | None], Extension] = {}
        for extension in context.extensions:
            if 1 not in extension.numbers:
                continue
            first = seen.setdefault((_meaning(extension), extension.caller), extension)
            if first is not extension:
                step = extension.first
                place = project.lines.word(step.path, step.line, extension.name, behind="=")
                message = f"{extension.name} means the same as {first.name}, in line"
                yield Problem(place, f"{message} {first.first.line}: only one of them is used")


def _meaning(extension: Extension) -> object:
    if extension.pattern is None:
        name = extension.name
        return name.replace("-", "") if name.replace("-", "").isdigit() else name
    return tuple((symbol.characters, symbol.wildcard) for symbol in extension.pattern.symbols)


@rule("SW224", Severity.WARNING)
def takes_everything(project: Project) -> Iterator[Problem]:
    """The pattern `_.` or `_!`.

    It takes `h`, `i`, `t` and `s` too: when a call ends, its hangup handler starts the extension
    anew, and a wrong number never gets to `i`. `_X.` takes numbers only.

    Wrong::

        [phones]
        exten => _.,1,Answer()

    Right::

        [phones]
        exten => _X.,1,Answer()
    """
    for context in project.plan.contexts.values():
        for extension in context.extensions:
            if extension.pattern is not None and is_catch_all(extension.pattern):
                step = extension.first
                place = project.lines.word(step.path, step.line, extension.name, behind="=")
                yield Problem(place, f"{extension.name} takes h, i, t and s too")
