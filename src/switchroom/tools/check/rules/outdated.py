"""What Asterisk has taken out or is about to, and what is there instead."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.tools.check import facts, texts
from switchroom.tools.check.calls import Call, all_calls, calls_to, place_of
from switchroom.tools.check.facts import ApplicationFacts, FunctionFacts, Replaced
from switchroom.tools.check.finding import Place, Problem, Severity
from switchroom.tools.check.functions import all_uses
from switchroom.tools.check.jumps import options_of
from switchroom.tools.check.project import Project
from switchroom.tools.check.resources import all_resources
from switchroom.tools.check.rule import rule
from switchroom.tools.check.texts import Word
from switchroom.tools.check.variables import variables_of
from switchroom.tools.check.wording import once_each

#: Their arguments stand in a fixed order, so that a ``|`` in them can only be meant to separate.
_ORDERED = frozenset(
    {"dial", "goto", "gosub", "macro", "read", "queue", "playback", "background", "voicemail"}
    | {"meetme", "confbridge", "retrydial", "page", "record", "authenticate", "disa", "directory"}
    | {"gotoif", "gosubif", "gotoiftime", "monitor", "mixmonitor", "waitexten", "originate"}
)
_ORDERED_FUNCTIONS = frozenset(
    {"CUT", "FIELDQTY", "FILTER", "STRFTIME", "HASH", "MATH", "CALLERID", "CHANNEL", "CDR"}
)


@rule("SW321", Severity.WARNING)
def outdated(project: Project) -> Iterator[Problem]:
    """An application or function that is gone, or about to go.

    The finding says since which version, and what does the same today. What is only deprecated is
    a note. Each name is reported once, at its first place.

    Wrong::

        [phones]
        exten => 100,1,Macro(announce,hello-world)
        [macro-announce]
        exten => s,1,Playback(${ARG1})

    Right::

        [phones]
        exten => 100,1,Gosub(announce,s,1(hello-world))
        [announce]
        exten => s,1,Playback(${ARG1})
         same => n,Return()
    """
    gone: list[tuple[str, Place, str]] = []
    going: list[tuple[str, Place, str]] = []
    for call in project.once(all_calls):
        written = call.name if call.is_nested else call.step.written or call.name
        replaced = facts.legacy_applications().get(written.lower())
        known = facts.applications().get(call.key)
        if replaced is not None:
            gone.append((written, place_of(project, call), f"{written} is gone{_by(replaced)}"))
        elif known is not None and _is_outdated(known):
            (gone if known.removed else going).append(
                (known.name, place_of(project, call), _state(known))
            )
    for use in project.once(all_uses):
        replaced = facts.legacy_functions().get(use.name)
        about = facts.functions().get(use.name)
        name = f"{use.name}()"
        if replaced is not None:
            gone.append((name, use.place(project), f"{name} is gone{_by(replaced)}"))
        elif about is not None and _is_outdated(about):
            (gone if about.removed else going).append((name, use.place(project), _state(about)))
    yield from once_each(gone)
    yield from once_each(going, Severity.INFO)


def _is_outdated(known: ApplicationFacts | FunctionFacts) -> bool:
    return known.removed is not None or known.deprecated is not None


def _by(replaced: Replaced) -> str:
    since = f" by version {replaced.gone_by}" if replaced.gone_by else ""
    return since + (f"; use {replaced.instead}" if replaced.instead else "")


def _state(known: ApplicationFacts | FunctionFacts) -> str:
    instead = f"; use {known.instead}" if known.instead else ""
    if known.removed:
        return f"{known.name} is gone from Asterisk {known.removed}{instead}"
    since = f" since Asterisk {known.deprecated}" if known.deprecated else ""
    return f"{known.name} is deprecated{since}{instead}"


@rule("SW322", Severity.WARNING)
def outdated_technology(project: Project) -> Iterator[Problem]:
    """A channel technology that is gone.

    `SIP/` is a note: Switchroom takes `SIP/…` and `PJSIP/…` alike, Asterisk has no chan_sip since
    version 21. Each is reported once, at its first place.

    Wrong::

        [phones]
        exten => 100,1,Dial(Zap/1)

    Right::

        [phones]
        exten => 100,1,Dial(DAHDI/1)
    """
    gone: list[tuple[str, Place, str]] = []
    still_here: list[tuple[str, Place, str]] = []
    for resource in project.once(all_resources):
        replaced = facts.legacy_technologies().get(resource.key)
        if replaced is not None:
            place = place_of(
                project, resource.call, Word(resource.technology, resource.word.offset)
            )
            message = f"{resource.technology}/ is gone{_by(replaced)}"
            (still_here if resource.key == "sip" else gone).append((resource.key, place, message))
    yield from once_each(gone)
    yield from once_each(still_here, Severity.INFO)


@rule("SW323", Severity.WARNING)
def outdated_variable(project: Project) -> Iterator[Problem]:
    """A variable that is a function today.

    It reads as nothing.

    Wrong::

        [phones]
        exten => 100,1,Verbose(1,${CALLERIDNUM})

    Right::

        [phones]
        exten => 100,1,Verbose(1,${CALLERID(num)})
    """
    variables = project.once(variables_of)
    for read in variables.reads:
        replaced = facts.legacy_variables().get(read.name)
        if replaced is not None and read.name not in variables.writes:
            place = place_of(project, read.call, Word(read.name, read.offset))
            instead = f"${{{replaced.instead}}}"
            message = f"{read.name} is gone by version {replaced.gone_by}; use {instead}"
            yield Problem(place, message)


@rule("SW324", Severity.WARNING)
def pipes(project: Project) -> Iterator[Problem]:
    """Arguments that `|` separates.

    Since 1.6 commas do; the `|` is a letter like any other. `pbx_realtime = 1.4` in section
    `[compat]` of asterisk.conf brings the old way back.

    Wrong::

        [phones]
        exten => 100,1,Dial(PJSIP/100|20|t)

    Right::

        [phones]
        exten => 100,1,Dial(PJSIP/100,20,t)
    """
    for call in calls_to(project, *_ORDERED):
        if "|" in call.data:
            at = _pipe(call)
            if at >= 0:
                place = place_of(project, call, Word("|", at))
                yield Problem(place, "arguments are separated by commas, since version 1.6")
    for use in project.once(all_uses):
        if use.name in _ORDERED_FUNCTIONS and "," not in use.arguments.text:
            words = texts.split_raw(use.arguments.text, "|")
            if len(words) > 1:
                at = words[1].offset - 1 + use.arguments.offset
                yield Problem(
                    use.place(project, Word("|", at)),
                    "arguments are separated by commas, since version 1.6",
                )


def _pipe(call: Call) -> int:
    """Where the first ``|`` separates arguments; -1 where none does."""
    if len(texts.split_raw(call.data, ",")) > 1:
        return -1
    words = texts.split_raw(call.data, "|")
    return words[1].offset - 1 if len(words) > 1 else -1


@rule("SW325", Severity.WARNING)
def outdated_option(project: Project) -> Iterator[Problem]:
    """An option letter that is gone.

    Wrong::

        [phones]
        exten => 100,1,Dial(PJSIP/100,20,M(announce))
        [macro-announce]
        exten => s,1,Playback(hello-world)

    Right::

        [phones]
        exten => 100,1,Dial(PJSIP/100,20,U(announce))
        [announce]
        exten => s,1,Playback(hello-world)
         same => n,Return()
    """
    for key, gone in facts.legacy_options().items():
        known = facts.applications()[key]
        for call in calls_to(project, key):
            for letter, _ in options_of(call, known.options_at or 0):
                if (replaced := gone.get(letter.text)) is not None:
                    message = f"option {letter.text} of {known.name} is gone{_by(replaced)}"
                    yield Problem(place_of(project, call, letter), message)
