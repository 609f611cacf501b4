"""The order of priorities: steps that are never reached, gaps, labels nobody uses."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.tools.check import texts
from switchroom.tools.check.entries import Entries, entries_of
from switchroom.tools.check.finding import Problem, Severity
from switchroom.tools.check.jumps import all_jumps
from switchroom.tools.check.plan import Extension, Step
from switchroom.tools.check.project import Project
from switchroom.tools.check.rule import rule
from switchroom.tools.check.targets import contexts_of, extensions_of

#: Behind these nothing goes on.
_ENDS = frozenset({"hangup", "return", "macroexit", "goto"})
#: These go on only when their time is over.
_ENDS_WITHOUT_TIME = frozenset({"busy", "congestion"})
#: Reached by the structure they belong to, whatever stands before.
_STRUCTURE = frozenset({"else", "elseif", "endif", "endwhile"})
#: A routine may come back from where these lead.
_LEADS_ON = frozenset(
    {"gotoif", "gotoiftime", "execif", "exec", "tryexec", "stackpop", "agi", "eagi", "stasis"}
    | {"waitexten", "background", "disa", "raiseexception"}
)
_JUMP_OFFSET = 101  #: how far a busy Dial jumped before 1.6


def _ends(step: Step) -> bool:
    key = step.application.lower()
    data = step.data.strip()
    if key in _ENDS:
        return not (key == "goto" and data[:1] in {"+", "-"})
    if key in _ENDS_WITHOUT_TIME:
        return not data
    if key in {"gotoif", "gotoiftime"}:
        branches = texts.split_branches(data)
        return branches is not None and all(side.text.strip() for side in branches[1:])
    return False


def _unreached(
    extension: Extension, entries: Entries, *, jumping: bool
) -> Iterator[tuple[Step, int, bool]]:
    """The first step of each run that nothing leads to, how long it is, whether a gap is why."""
    run: list[Step] = []
    is_gap = False
    before: Step | None = None
    for step in extension.steps:
        gap = step.number != (before.number + 1 if before else 1)
        flows = not gap and (before is None or not _ends(before)) and not run
        structural = step.application.lower() in _STRUCTURE or (
            jumping and step.number - _JUMP_OFFSET in extension.numbers
        )
        if flows or structural or entries.is_entered(extension, step):
            if run:
                yield run[0], len(run), is_gap
            run = []
        elif run and not gap:
            run.append(step)
        else:
            if run:
                yield run[0], len(run), is_gap
            run, is_gap = [step], gap
        before = step
    if run:
        yield run[0], len(run), is_gap


def _all_unreached(project: Project) -> list[tuple[Extension, Step, int, bool]]:
    entries = project.once(entries_of)
    return [
        (extension, step, count, is_gap)
        for context in project.plan.contexts.values()
        for extension in context.extensions
        if extension.steps and extension.steps[0].is_as_written
        for step, count, is_gap in _unreached(
            extension, entries, jumping=project.plan.has_priority_jumping
        )
    ]


@rule("SW211", Severity.WARNING)
def unreachable(project: Project) -> Iterator[Problem]:
    """A priority that is never reached.

    The step before it ends the call or goes elsewhere, and nothing jumps here. A Hangup() alone
    behind a jump does no harm and is a note.

    Wrong::

        [phones]
        exten => 100,1,Goto(200,1)
         same => n,Playback(vm-goodbye)
        exten => 200,1,Answer()

    Right::

        [phones]
        exten => 100,1,Playback(vm-goodbye)
         same => n,Goto(200,1)
        exten => 200,1,Answer()
    """
    for _, step, count, is_gap in project.once(_all_unreached):
        if not is_gap:
            more = f" (and the {count - 1} behind it)" if count > 1 else ""
            is_harmless = count == 1 and step.application.lower() == "hangup"
            yield Problem(
                project.lines.whole(step.path, step.line),
                f"this is never reached{more}: the step before it does not go on",
                Severity.INFO if is_harmless else None,
            )


@rule("SW212", Severity.ERROR)
def gap(project: Project) -> Iterator[Problem]:
    """A gap in the numbers of an extension.

    A call goes from priority 1 to 2 and ends where there is none: what stands behind a gap is
    reached by a jump only, and here is none. `n` numbers by itself. Priorities at n+101 count as
    reached where `priorityjumping = yes` in section `[general]` asks for the way of 1.2.

    Wrong::

        [phones]
        exten => 100,1,Answer()
        exten => 100,3,Playback(hello-world)

    Right::

        [phones]
        exten => 100,1,Answer()
         same => n,Playback(hello-world)
    """
    for extension, step, _, is_gap in project.once(_all_unreached):
        if not is_gap or step is extension.steps[0]:
            continue
        before = max(number for number in extension.numbers if number < step.number)
        message = f"priority {step.number} follows on {before}: nothing leads here"
        if step.number - _JUMP_OFFSET in extension.numbers:
            message += "; that a busy Dial jumps to n+101 is gone since 1.6, ask for DIALSTATUS"
        yield Problem(project.lines.whole(step.path, step.line), message)


@rule("SW213", Severity.ERROR)
def no_first_priority(project: Project) -> Iterator[Problem]:
    """An extension without a priority 1.

    Nobody can dial it. Mostly the `n` of another extension was copied, or `exten` was written
    where `same` was meant: `n` goes on counting from the line above, whatever extension that is.

    Wrong::

        [phones]
        exten => 100,1,Answer()
        exten => 200,n,Playback(hello-world)

    Right::

        [phones]
        exten => 100,1,Answer()
        exten => 200,1,Playback(hello-world)
    """
    for extension, step, _, is_gap in project.once(_all_unreached):
        if is_gap and step is extension.steps[0]:
            message = f"extension {extension.name} begins with priority {step.number}, not with 1"
            yield Problem(project.lines.whole(step.path, step.line), message)


@rule("SW214", Severity.INFO)
def unused_label(project: Project) -> Iterator[Problem]:
    """A label that nothing jumps to.

    Wrong::

        [phones]
        exten => 100,1,Answer()
         same => n(again),Playback(hello-world)

    Right::

        [phones]
        exten => 100,1,Answer()
         same => n(again),Playback(hello-world)
         same => n,Goto(again)
    """
    entries = project.once(entries_of)
    for context in project.plan.contexts.values():
        for extension in context.extensions:
            for step in extension.steps:
                if not step.label or not step.is_as_written:
                    continue
                if not entries.uses_label(extension, step.label):
                    place = project.lines.word(step.path, step.line, f"({step.label})", behind="=")
                    yield Problem(place, f"nothing jumps to the label {step.label}")


@rule("SW215", Severity.WARNING)
def never_comes_back(project: Project) -> Iterator[Problem]:
    """A routine without a Return().

    A Gosub() goes there, and behind the last step the call ends instead of coming back.

    Wrong::

        [phones]
        exten => 100,1,Gosub(announce,s,1)
         same => n,Dial(PJSIP/100)
        [announce]
        exten => s,1,Playback(hello-world)

    Right::

        [phones]
        exten => 100,1,Gosub(announce,s,1)
         same => n,Dial(PJSIP/100)
        [announce]
        exten => s,1,Playback(hello-world)
         same => n,Return()
    """
    plan = project.plan
    called: dict[Extension, None] = {}
    for jump in project.once(all_jumps):
        constant = jump.extension is not None and jump.extension.is_constant
        if jump.kind == "gosub" and jump.context is not None and constant:
            called.update(dict.fromkeys(extensions_of(plan, jump, contexts_of(plan, jump))))
    for extension in called:
        if not extension.steps or any(_comes_back(step) for step in extension.steps):
            continue
        step = extension.steps[-1]
        message = f"{extension.name}@{extension.context} is called by Gosub() and ends here"
        yield Problem(project.lines.whole(step.path, step.line), f"{message} without a Return()")


def _comes_back(step: Step) -> bool:
    """Whether a step returns, or leads to where something may."""
    return _ends(step) or step.application.lower() in _LEADS_ON or "Return" in step.data
