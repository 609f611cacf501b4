"""Applications and functions: those that nobody has, and those not built yet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from switchroom.tools.check import facts, texts
from switchroom.tools.check.calls import all_calls, place_of
from switchroom.tools.check.finding import Problem, Severity
from switchroom.tools.check.functions import Use, all_uses, odbc_names
from switchroom.tools.check.project import Project, known_here
from switchroom.tools.check.rule import rule
from switchroom.tools.check.wording import did_you_mean, once_each

_NAME = re.compile(r"\w[\w-]*$")


@rule("SW301", Severity.ERROR)
def unknown_application(project: Project) -> Iterator[Problem]:
    """An application that does not exist.

    A call that gets there ends: Asterisk hangs the channel up when it does not know an application.

    Wrong::

        [phones]
        exten => 100,1,Plaback(hello-world)

    Right::

        [phones]
        exten => 100,1,Playback(hello-world)
    """
    known = facts.applications()
    here = known_here()[0]
    names = [application.name for application in known.values()]
    for call in project.once(all_calls):
        key = call.key
        if not key or key in known or key in here or key in facts.legacy_applications():
            continue
        if texts.has_parts(call.name):
            continue
        hint = did_you_mean(call.name, names)
        yield Problem(place_of(project, call), f"there is no application {call.name}{hint}")


@rule("SW302", Severity.ERROR)
def unknown_function(project: Project) -> Iterator[Problem]:
    """A function that does not exist.

    It reads as nothing, and assigning to it does nothing; a call goes on as if nothing were wrong.
    Names of functions are written in capitals: `${callerid(num)}` is not `${CALLERID(num)}`.

    Wrong::

        [phones]
        exten => 100,1,Verbose(1,${CALERID(num)})

    Right::

        [phones]
        exten => 100,1,Verbose(1,${CALLERID(num)})
    """
    known = facts.functions()
    odbc = odbc_names(project)
    for use in project.once(all_uses):
        if not _is_known(use, odbc) and _NAME.match(use.name):
            hint = did_you_mean(use.name, [*known, *(odbc or ())])
            yield Problem(use.place(project), f"there is no function {use.name}{hint}")


def _is_known(use: Use, odbc: dict[str, str] | None) -> bool:
    if odbc is None and use.name.startswith("ODBC_"):
        return True  # func_odbc.conf was not given: who knows
    return (
        use.name in facts.functions()
        or use.name in known_here()[1]
        or use.name in facts.legacy_functions()
        or use.name in (odbc or ())
    )


@rule("SW303", Severity.WARNING)
def not_built_yet(project: Project) -> Iterator[Problem]:
    """Known to Asterisk, but not built in Switchroom yet.

    The name is right; a call that gets there finds nothing behind it today. It is reported once a
    name, at its first place.
    """
    applications, functions = known_here()
    found = [
        (f"{call.key}()", place_of(project, call), facts.applications()[call.key].name)
        for call in project.once(all_calls)
        if call.key in facts.applications() and call.key not in applications
    ]
    found += [
        (use.name, use.place(project), use.name)
        for use in project.once(all_uses)
        if use.name in facts.functions() and use.name not in functions
    ]
    for problem in once_each(found):
        message = f"{problem.message}: known to Asterisk, not built in Switchroom yet"
        yield Problem(problem.place, message)
