"""A caller's own words at places that obey them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from switchroom.tools.check.finding import Problem, Severity
from switchroom.tools.check.functions import odbc_names
from switchroom.tools.check.project import Project
from switchroom.tools.check.rule import rule
from switchroom.tools.check.taint.sinks import Leak, all_leaks, raw_arguments


def _leaks(project: Project, sink: str) -> Iterator[Leak]:
    return (leak for leak in project.once(all_leaks) if leak.sink == sink)


def _problem(leak: Leak, remedy: str) -> Problem:
    return Problem(leak.place, f"{leak.mark.source} gets into {leak.what}; {remedy}")


@rule("SW601", Severity.ERROR)
def into_dial(project: Project) -> Iterator[Problem]:
    """A caller's own words in what is dialled.

    A SIP address can hold any letter: under `_X.` a caller can dial "100&PJSIP/00900123@trunk" and
    has your trunk called too; with a comma he adds options. A name can hold anything as well, and
    digits that were asked for can be any number where they are dialled at a trunk. FILTER() lets
    through what you name; a pattern without `.` and `!` lets only its own digits through.

    Wrong::

        [phones]
        exten => _X.,1,Dial(PJSIP/${EXTEN}@trunk)

    Right::

        [phones]
        exten => _X.,1,Dial(PJSIP/${FILTER(0-9,${EXTEN})}@trunk)
        exten => _NXXXXXX,1,Dial(PJSIP/${EXTEN}@trunk)
    """
    for leak in _leaks(project, "dial"):
        yield _problem(leak, "let FILTER(0-9,…) pass, or dial from patterns of a fixed length")


@rule("SW602", Severity.ERROR)
def into_shell(project: Project) -> Iterator[Problem]:
    """A caller's own words in a command of the system.

    System(), TrySystem(), SHELL() and the command of MixMonitor() are run by a shell: a caller
    whose name is "; rm -rf ~" runs that. Let only what you expect through.

    Wrong::

        [phones]
        exten => 100,1,System(/usr/local/bin/notify ${CALLERID(name)})

    Right::

        [phones]
        exten => 100,1,System(/usr/local/bin/notify "${FILTER(a-zA-Z0-9 ,${CALLERID(name)})}")
    """
    for leak in _leaks(project, "shell"):
        if not leak.mark.is_quoted:
            yield _problem(leak, "let FILTER(…) pass what is expected")


@rule("SW603", Severity.ERROR)
def into_query(project: Project) -> Iterator[Problem]:
    """A caller's own words in a query to a database.

    Functions of func_odbc.conf put their arguments into SQL. Escape them in the query, with
    `${SQL_ESC(${ARG1})}`, or where the function is called. A query that is given and escapes all
    its arguments is not reported.

    Wrong::

        [phones]
        exten => 100,1,Set(who=${ODBC_NAME(${CALLERID(num)})})
         same => n,Verbose(1,${who})

    Right::

        [phones]
        exten => 100,1,Set(who=${ODBC_NAME(${SQL_ESC(${CALLERID(num)})})})
         same => n,Verbose(1,${who})
    """
    for leak in _leaks(project, "sql"):
        if not (leak.mark.is_escaped or leak.mark.is_quoted):
            yield _problem(leak, "let SQL_ESC() escape it")


@rule("SW604", Severity.WARNING)
def into_address(project: Project) -> Iterator[Problem]:
    """A caller's own words in the address of a request.

    With a `&`, a `#` or a `/` they change what is asked, or who.

    Wrong::

        [phones]
        exten => 100,1,Set(who=${CURL(http://crm.example/name?number=${CALLERID(num)})})
         same => n,Verbose(1,${who})

    Right::

        [phones]
        exten => 100,1,Set(who=${CURL(http://crm.example/name?number=${URIENCODE(${CALLERID(num)})})})
         same => n,Verbose(1,${who})
    """
    for leak in _leaks(project, "url"):
        yield _problem(leak, "let URIENCODE() encode it")


@rule("SW605", Severity.ERROR)
def into_dialplan(project: Project) -> Iterator[Problem]:
    """A caller's own words in what the dialplan does.

    In the context of a Goto or Gosub, the name of an application, the name of a variable that is
    set, the text of EVAL(): the caller chooses what is run. Goto(${EXTEN},1) is among them, as a
    warning, since a comma in what was dialled makes a context of it; name the context, or filter.

    Wrong::

        [phones]
        exten => _X.,1,Goto(${EXTEN},s,1)
        [office]
        exten => s,1,Answer()

    Right::

        [phones]
        exten => _X.,1,Goto(office,${EXTEN},1)
        [office]
        exten => _X.,1,Answer()
    """
    for leak in _leaks(project, "place"):
        yield _problem(leak, "let FILTER(…) pass what is expected")
    for leak in _leaks(project, "extension"):
        problem = _problem(leak, "name the context, or let FILTER(…) pass what is expected")
        yield replace(problem, severity=Severity.WARNING)


@rule("SW606", Severity.ERROR)
def into_program(project: Project) -> Iterator[Problem]:
    """A caller's own words in the name of a program.

    AGI() runs what it is told, from the AGI folder or from anywhere, or asks any server. Give the
    caller's words as arguments behind a comma instead: those are handed on as they are.

    Wrong::

        [phones]
        exten => 100,1,AGI(${CALLERID(name)}.py)

    Right::

        [phones]
        exten => 100,1,AGI(lookup.py,${CALLERID(name)})
    """
    for leak in _leaks(project, "program"):
        yield _problem(leak, "name the program, and give this as an argument")


@rule("SW607", Severity.WARNING)
def into_file_name(project: Project) -> Iterator[Problem]:
    """A caller's own words in the name of a file.

    A name that holds "../" leads elsewhere.

    Wrong::

        [phones]
        exten => 100,1,Record(/var/spool/asterisk/${CALLERID(name)}.wav)

    Right::

        [phones]
        exten => 100,1,Record(/var/spool/asterisk/${UNIQUEID}.wav)
    """
    for leak in _leaks(project, "file"):
        yield _problem(leak, "let FILTER(…) pass what is expected, or use UNIQUEID")


@rule("SW608", Severity.WARNING)
def quoted_for_the_shell(project: Project) -> Iterator[Problem]:
    """QUOTE() where a shell reads it.

    It puts a text into double quotes, and within those a shell still runs `$(…)` and what stands
    in backquotes.

    Wrong::

        [phones]
        exten => 100,1,System(/usr/local/bin/notify ${QUOTE(${CALLERID(name)})})

    Right::

        [phones]
        exten => 100,1,System(/usr/local/bin/notify "${FILTER(a-zA-Z0-9 ,${CALLERID(name)})}")
    """
    for leak in _leaks(project, "shell"):
        if leak.mark.is_quoted:
            yield _problem(leak, "QUOTE() does not stop $( ) and backquotes, FILTER(…) does")


@rule("SW609", Severity.WARNING)
def unescaped_query(project: Project) -> Iterator[Problem]:
    """A query that takes its arguments as they are.

    In func_odbc.conf. Whoever calls the function would have to remember to escape them.

    Wrong::

        [phones]
        exten => 100,1,Verbose(1,${ODBC_NAME(100)})
        ; func_odbc.conf
        [NAME]
        dsn = office
        readsql = SELECT name FROM people WHERE number = '${ARG1}'

    Right::

        [phones]
        exten => 100,1,Verbose(1,${ODBC_NAME(100)})
        ; func_odbc.conf
        [NAME]
        dsn = office
        readsql = SELECT name FROM people WHERE number = '${SQL_ESC(${ARG1})}'
    """
    for section in project.sections("func_odbc.conf"):
        if section.name not in (odbc_names(project) or {}).values():
            continue
        for entry in section.entries:
            if entry.name.lower() in {"readsql", "writesql", "insertsql"}:
                for name in dict.fromkeys(raw_arguments(entry.value)):
                    written = f"${{{name}}}"
                    place = project.lines.word(entry.path, entry.line, written, behind="=")
                    yield Problem(place, f"{written} is not escaped; write ${{SQL_ESC({written})}}")
