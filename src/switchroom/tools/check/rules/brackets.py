"""Brackets, parentheses and quotes that are not closed, or closed once too often."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.tools.check import texts
from switchroom.tools.check.calls import Call, all_calls, place_of
from switchroom.tools.check.finding import Problem, Severity
from switchroom.tools.check.project import Project
from switchroom.tools.check.rule import rule
from switchroom.tools.check.texts import Word

#: Their data is text for people: brackets in it mean nothing.
_PROSE = frozenset({"noop", "verbose", "log", "sendtext", "system", "trysystem", "userevent"})


def _own_calls(project: Project) -> Iterator[Call]:
    return (call for call in project.once(all_calls) if not call.is_nested)


@rule("SW421", Severity.ERROR)
def never_closed(project: Project) -> Iterator[Problem]:
    """A `${` or `$[` that is never closed.

    It swallows the rest of the line.

    Wrong::

        [phones]
        exten => 100,1,Dial(PJSIP/${EXTEN,20)

    Right::

        [phones]
        exten => 100,1,Dial(PJSIP/${EXTEN},20)
    """
    for call in _own_calls(project):
        for piece in texts.nested(call.data):
            if not piece.is_closed:
                opening = "${" if piece.kind == "variable" else "$["
                place = place_of(project, call, Word(opening, piece.start))
                yield Problem(place, f"this {opening} is never closed")
                break


@rule("SW422", Severity.WARNING)
def closed_too_often(project: Project) -> Iterator[Problem]:
    """A bracket that closes nothing.

    It stays in the text: `${EXTEN}}` dials "100}".

    Wrong::

        [phones]
        exten => 100,1,Dial(PJSIP/${EXTEN}},20)

    Right::

        [phones]
        exten => 100,1,Dial(PJSIP/${EXTEN},20)
    """
    for call in _own_calls(project):
        if call.key in _PROSE or not texts.has_parts(call.data):
            continue
        for opening, closing in ("{}", "[]"):
            at = _stray(call.data, opening, closing)
            if at >= 0:
                place = place_of(project, call, Word(closing, at))
                yield Problem(place, f"this {closing} closes nothing")


def _stray(text: str, opening: str, closing: str) -> int:
    """Where plain text closes what it did not open."""
    depth = 0
    for piece in texts.pieces(text):
        if piece.kind != "text":
            continue
        for position, letter in enumerate(piece.text):
            depth += (letter == opening) - (letter == closing)
            if depth < 0:
                return piece.start + position
    return -1


@rule("SW423", Severity.ERROR)
def parentheses(project: Project) -> Iterator[Problem]:
    """Parentheses that do not match.

    Of an application or of a function. What is read as its arguments is not what was meant.

    Wrong::

        [phones]
        exten => 100,1,Set(number=${FILTER(0-9,${EXTEN}})
         same => n,Verbose(1,${number})

    Right::

        [phones]
        exten => 100,1,Set(number=${FILTER(0-9,${EXTEN})})
         same => n,Verbose(1,${number})
    """
    for call in _own_calls(project):
        for reference in texts.references(call.data):
            inside = call.data[reference.offset : reference.offset + reference.length]
            plain = _plain(inside)
            if reference.is_function and _depth(plain) != 0:
                place = place_of(project, call, Word(inside, reference.offset))
                yield Problem(place, f"the parentheses of {reference.name}() do not match")
                break
        else:
            yield from _of_application(project, call)


def _plain(text: str) -> str:
    """A text without what is nested in it."""
    return "".join(piece.text for piece in texts.pieces(text) if piece.kind == "text")


def _depth(text: str) -> int:
    if "\\" not in text:
        return text.count("(") - text.count(")")
    depth = 0
    skip = False
    for letter in text:
        if skip:
            skip = False
        elif letter == "\\":
            skip = True
        else:
            depth += (letter == "(") - (letter == ")")
    return depth


def _of_application(project: Project, call: Call) -> Iterator[Problem]:
    step = call.step
    raw = project.lines.line(step.path, step.line)
    if not step.data_column or (raw.endswith(f"({step.data})") and _depth(step.data) == 0):
        return
    place = project.lines.data(step, 0, len(step.data))
    if raw[place.column - 2 : place.column - 1] != "(":
        return  # written as App,data
    escaped = step.data.count(";")  # each has its backslash in the file
    behind = raw[place.column - 1 + len(step.data) + escaped :]
    name = project.lines.name(step)
    if not behind.lstrip().startswith(")"):
        yield Problem(name, f"{call.name}( is never closed")
    elif call.key not in _PROSE and _depth(_plain(call.data)) != 0:
        yield Problem(name, f"the parentheses of {call.name}() do not match")


@rule("SW424", Severity.WARNING)
def odd_quotes(project: Project) -> Iterator[Problem]:
    """A quote in an expression that is never closed.

    Wrong::

        [phones]
        exten => 100,1,GotoIf($["${CALLERID(num)}" = "200]?yes,1)
        exten => yes,1,Answer()

    Right::

        [phones]
        exten => 100,1,GotoIf($["${CALLERID(num)}" = "200"]?yes,1)
        exten => yes,1,Answer()
    """
    for call in _own_calls(project):
        for piece in texts.expressions(call.data):
            if _plain(piece.text).count('"') % 2:
                place = place_of(project, call, Word(piece.text, piece.offset))
                yield Problem(place, "a quote in this expression is never closed")
