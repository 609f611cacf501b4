"""Places that do not exist: contexts, extensions, priorities and labels that something leads to."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.tools.check.calls import place_of
from switchroom.tools.check.finding import Place, Problem, Severity
from switchroom.tools.check.parties import parties_of
from switchroom.tools.check.project import Project
from switchroom.tools.check.reach import SOURCES
from switchroom.tools.check.rule import rule
from switchroom.tools.check.targets import Missing, all_missing
from switchroom.tools.check.wording import did_you_mean


def _missing(project: Project, what: str) -> Iterator[Missing]:
    return (missing for missing in project.once(all_missing) if missing.what == what)


def _place(project: Project, missing: Missing) -> Place:
    return place_of(project, missing.jump.call, missing.jump.name or missing.word)


@rule("SW201", Severity.ERROR)
def no_such_context(project: Project) -> Iterator[Problem]:
    """A jump into a context that does not exist.

    Goto, Gosub, Macro, Local channels, option letters such as `U(…)`, hangup handlers: all are
    followed, and names that are partly put together at run time where no context can be meant.

    Wrong::

        [phones]
        exten => 100,1,Goto(voicemial,${EXTEN},1)
        [voicemail]
        exten => 100,1,VoiceMail(100)

    Right::

        [phones]
        exten => 100,1,Goto(voicemail,${EXTEN},1)
        [voicemail]
        exten => 100,1,VoiceMail(100)
    """
    for missing in _missing(project, "context"):
        name = missing.word.text
        hint = did_you_mean(name, missing.known)
        place = _place(project, missing)
        yield Problem(place, f"there is no context [{name}]{hint}")


@rule("SW202", Severity.ERROR)
def no_such_extension(project: Project) -> Iterator[Problem]:
    """A jump to an extension that does not exist.

    The call goes to the extension `i` of the context, if that has one, and otherwise ends. A jump
    without a context stays in the one that the caller is in: it is right when any context that
    includes this one has the extension.

    Wrong::

        [phones]
        exten => 100,1,Goto(phones,200,1)

    Right::

        [phones]
        exten => 100,1,Goto(phones,200,1)
        exten => 200,1,Answer()
    """
    for missing in _missing(project, "extension"):
        name = missing.word.text
        hint = did_you_mean(name, missing.known)
        place = _place(project, missing)
        yield Problem(place, f"there is no extension {name} in {missing.where}{hint}")


@rule("SW203", Severity.ERROR)
def no_such_priority(project: Project) -> Iterator[Problem]:
    """A jump to a priority or label that does not exist.

    Wrong::

        [phones]
        exten => 100,1,Goto(again)
         same => n(agian),Answer()

    Right::

        [phones]
        exten => 100,1,Goto(again)
         same => n(again),Answer()
    """
    for missing in _missing(project, "priority"):
        name = missing.word.text
        kind = "priority" if name.isdecimal() else "label"
        hint = did_you_mean(name, missing.known)
        place = _place(project, missing)
        yield Problem(place, f"there is no {kind} {name} in {missing.where}{hint}")


@rule("SW204", Severity.WARNING)
def no_such_include(project: Project) -> Iterator[Problem]:
    """An include of a context that does not exist.

    It adds nothing. Where it is a place for additions that nobody has made, an empty context of
    that name says so.

    Wrong::

        [phones]
        include => servces
        exten => 100,1,Answer()
        [services]
        exten => 200,1,Answer()

    Right::

        [phones]
        include => services
        exten => 100,1,Answer()
        [services]
        exten => 200,1,Answer()
    """
    plan = project.plan
    for context in plan.contexts.values():
        for include in context.includes:
            if "${" in include.name or plan.is_known(include.name):
                continue
            place = project.lines.word(include.path, include.line, include.name, behind="=")
            hint = did_you_mean(include.name, plan.contexts)
            yield Problem(place, f"there is no context [{include.name}]{hint}")


@rule("SW205", Severity.WARNING)
def include_loop(project: Project) -> Iterator[Problem]:
    """A context that includes itself.

    Directly or through others. What is reached the second time was searched already; one of the
    includes is not what was meant.

    Wrong::

        [phones]
        include => services
        exten => 100,1,Answer()
        [services]
        include => phones
        exten => 200,1,Answer()

    Right::

        [phones]
        include => services
        exten => 100,1,Answer()
        [services]
        exten => 200,1,Answer()
    """
    plan = project.plan
    for context in plan.contexts.values():
        for include in context.includes:
            if context in plan.family(include.name):
                place = project.lines.word(include.path, include.line, include.name, behind="=")
                message = f"[{include.name}] leads back to [{context.name}]"
                yield Problem(place, message)


@rule("SW206", Severity.ERROR)
def no_such_entrance(project: Project) -> Iterator[Problem]:
    """A context that calls come into and that does not exist.

    Named by an endpoint, a peer, a queue. Calls from there find no extension and are refused.

    Wrong::

        [phones]
        exten => 100,1,Answer()
        ; pjsip.conf
        [100]
        type = endpoint
        context = phnes
        auth = 100
        [100]
        type = auth
        username = 100
        password = L3s7jd92Kq

    Right::

        [phones]
        exten => 100,1,Answer()
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
    plan = project.plan
    if not plan.contexts:
        return
    for name in (*SOURCES, "queues.conf"):
        for section in project.sections(name):
            for entry in section.entries:
                is_context = entry.name.lower() in {"context", "message_context"}
                if is_context and entry.value and not plan.is_known(entry.value):
                    place = project.lines.word(entry.path, entry.line, entry.value, behind="=")
                    hint = did_you_mean(entry.value, plan.contexts)
                    yield Problem(place, f"there is no context [{entry.value}]{hint}")
    for party in project.once(parties_of).by_name.values():
        if party.context == "default" and not plan.is_known("default"):
            place = project.lines.whole(party.path, party.line)
            yield Problem(place, f"calls of {party.name} come into [default], which there is not")
