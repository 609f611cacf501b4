"""What Set() takes otherwise than it looks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from switchroom.tools.check import texts
from switchroom.tools.check.calls import Call, calls_to, place_of
from switchroom.tools.check.finding import Problem, Severity
from switchroom.tools.check.project import Project
from switchroom.tools.check.rule import rule
from switchroom.tools.check.texts import Word
from switchroom.tools.check.writes import Write, all_writes

_SECOND = re.compile(r"\s*_{0,2}[A-Za-z]\w*(?:\([^()]*\))?\s*=(?!=)")


def _by_set(project: Project) -> Iterator[Write]:
    return (w for w in project.once(all_writes) if w.call.key == "set" and w.word.offset == _at(w))


def _at(write: Write) -> int:
    """Where the first name in a Set() stands."""
    data = write.call.data
    return len(data) - len(data.lstrip())


@rule("SW403", Severity.WARNING)
def two_assignments(project: Project) -> Iterator[Problem]:
    """One Set() that looks like two.

    Since 1.6 everything behind the first `=` is the value: `Set(a=1,b=2)` sets `a` to "1,b=2" and
    leaves `b` alone. MSet() takes several.

    Wrong::

        [phones]
        exten => 100,1,Set(first=1,second=2)
         same => n,Verbose(1,${first} ${second})

    Right::

        [phones]
        exten => 100,1,Set(first=1)
         same => n,Set(second=2)
         same => n,Verbose(1,${first} ${second})
    """
    for write in _by_set(project):
        for word in texts.split_raw(write.value.text, ",")[1:]:
            if (match := _SECOND.match(word.text)) is not None:
                second = Word(match[0].strip(), word.offset).shifted(write.value.offset)
                place = place_of(project, write.call, Word(word.text, second.offset))
                message = f"this is part of the value of {write.word.text}, not an assignment"
                yield Problem(place, message)
                break


@rule("SW404", Severity.WARNING)
def blanks_around_equals(project: Project) -> Iterator[Problem]:
    """Blanks around the `=` of a Set().

    A blank behind it becomes part of the value, and a comparison with it fails later on.

    Wrong::

        [phones]
        exten => 100,1,Set(greeting = hello-world)
         same => n,Playback(${greeting})

    Right::

        [phones]
        exten => 100,1,Set(greeting=hello-world)
         same => n,Playback(${greeting})
    """
    for write in _by_set(project):
        value = write.value.text
        begins = write.word.offset + len(write.word.text)
        blank_before = write.value.offset - 1 - begins
        blank_behind = len(value) - len(value.lstrip()) if value.strip() else 0
        if not blank_before and not blank_behind:
            continue
        place = place_of(project, write.call, Word(" " * (blank_before + 1 + blank_behind), begins))
        what = "the value begins with it" if blank_behind else "it is of no use"
        yield Problem(place, f"a blank beside the =: {what}")


@rule("SW405", Severity.ERROR)
def nothing_assigned(project: Project) -> Iterator[Problem]:
    """A Set() without a `=`.

    It sets nothing.

    Wrong::

        [phones]
        exten => 100,1,Set(greeting,hello-world)
         same => n,Playback(${greeting})

    Right::

        [phones]
        exten => 100,1,Set(greeting=hello-world)
         same => n,Playback(${greeting})
    """
    for call in calls_to(project, "set"):
        if _lacks_equals(call):
            yield Problem(place_of(project, call), "this sets nothing: there is no = in it")


def _lacks_equals(call: Call) -> bool:
    return "=" not in call.data and not texts.has_parts(call.data)
