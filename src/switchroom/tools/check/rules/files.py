"""Lines that cannot be read, or that say something else than it seems."""

from __future__ import annotations

import re
from collections.abc import Iterator

from switchroom.tools.check.finding import Place, Problem, Severity
from switchroom.tools.check.project import Project
from switchroom.tools.check.rule import rule

_ARROW = re.compile(
    r"\s*(?P<word>exten|same|include|switch|ignorepat|hint)\s*"
    r"(?P<arrow>->|-->|==>|=\s+>|>=|=<|~>|=>\s*>|=>\s*=|>)",
    re.IGNORECASE,
)


@rule("SW101", Severity.ERROR)
def unreadable_line(project: Project) -> Iterator[Problem]:
    """A line that cannot be read.

    Switchroom refuses a file with such a line and goes on with the last good one; Asterisk passes
    the line over with a warning, and what it should have said is missing.

    Wrong::

        [phones]
        exten => 100,1,Answer()
         same => Hangup()

    Right::

        [phones]
        exten => 100,1,Answer()
         same => n,Hangup()
    """
    arrows = {(place.path, place.line) for place, _ in _arrows(project)}
    for error in project.errors:
        if error.path is None or (error.path, error.line) in arrows:
            continue
        whole = project.lines.whole(error.path, error.line)
        place = whole
        if error.column:
            length = max(whole.column + whole.length - error.column, 1)
            place = Place(error.path, error.line, error.column, length)
        yield Problem(place, error.message)


@rule("SW102", Severity.INFO)
def without_effect(project: Project) -> Iterator[Problem]:
    """A line that is accepted and has no effect.

    An option that Switchroom knows and does not act on, one that Asterisk passes over, or a line
    that says what another one says already. Nobody should rely on it.

    Wrong::

        [phones]
        include => services
        include => services
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
    for warning in project.warnings:
        yield Problem(project.lines.whole(warning.path, warning.line), warning.message)


@rule("SW103", Severity.ERROR)
def mistyped_arrow(project: Project) -> Iterator[Problem]:
    """Something else where `=>` was meant.

    `exten = 100,…` and `exten => 100,…` are the same. `exten -> 100,…` is no line at all, and with
    `exten = > 100,…` the extension is called "> 100", which nobody can dial.

    Wrong::

        [phones]
        exten = > 100,1,Answer()

    Right::

        [phones]
        exten => 100,1,Answer()
    """
    for place, written in _arrows(project):
        yield Problem(place, f"{written!r} is no arrow; write =>")


def _arrows(project: Project) -> Iterator[tuple[Place, str]]:
    file = project.files.get("extensions.conf")
    for path in file.texts if file is not None else ():
        for number, line in enumerate(project.lines.of(path), start=1):
            match = _ARROW.match(line) if ">" in line or "<" in line else None
            if match is not None:
                arrow = match["arrow"]
                yield Place(path, number, match.start("arrow") + 1, len(arrow)), arrow


@rule("SW104", Severity.ERROR)
def duplicate_priority(project: Project) -> Iterator[Problem]:
    """A priority that another line has already.

    The first line of a priority counts, every further one is passed over. Mostly an extension was
    copied and its number left as it was. Where the first stands in another file, as overrides do,
    this is a note.

    Wrong::

        [phones]
        exten => 100,1,Answer()
        exten => 100,1,Playback(hello-world)

    Right::

        [phones]
        exten => 100,1,Answer()
         same => n,Playback(hello-world)
    """
    for duplicate in project.plan.duplicates:
        where = f", at {duplicate.other}" if duplicate.other else ""
        message = f"the extension has its {duplicate.what} already{where}: this line does not count"
        is_override = duplicate.other.partition(":")[0] not in {"", duplicate.path.name}
        severity = Severity.INFO if is_override else None
        yield Problem(project.lines.whole(duplicate.path, duplicate.line), message, severity)
