"""Where a caller's own words get to."""

from pathlib import Path

import pytest

from tests.tools.check.support import checked, underlined

FUNC_ODBC = """\
; func_odbc.conf
[RAW]
readsql = SELECT a FROM b WHERE c = '${ARG1}'
[SAFE]
readsql = SELECT a FROM b WHERE c = '${SQL_ESC(${ARG1})}'
writesql = UPDATE b SET a = '${SQL_ESC(${VAL1})}'
"""


def leaks(tmp_path: Path, text: str) -> list[tuple[str, int]]:
    report = checked(tmp_path, text, "SW60")
    return [(f.code, f.place.line) for f in report.findings if f.code != "SW609"]


@pytest.mark.parametrize(
    ("extension", "resource", "is_found"),
    [
        ("_X.", "PJSIP/${EXTEN}@trunk", True),
        ("_X!", "PJSIP/${EXTEN}@trunk", True),
        ("_.", "PJSIP/${EXTEN}", True),
        ("_9NXXXXXX", "PJSIP/${EXTEN:1}@trunk", False),
        ("_9NXX.", "PJSIP/${EXTEN:1}@trunk", True),
        ("_9NXX.", "PJSIP/${EXTEN:1:3}", False),
        ("_9NXX.", "PJSIP/${EXTEN:0:4}", False),
        ("_9NXX.", "PJSIP/${EXTEN:1:9}", True),
        ("_9NXX.", "PJSIP/${EXTEN:-2}", True),
        ("_[a-z]XX", "PJSIP/${EXTEN}", False),
        ("_[&+]XX", "PJSIP/${EXTEN}", True),
        ("100", "PJSIP/${EXTEN}", False),
        ("_X.", "PJSIP/${FILTER(0-9,${EXTEN})}@trunk", False),
        ("_X.", "PJSIP/$[${EXTEN} + 0]@trunk", False),
        ("_X.", "PJSIP/$[${EXTEN}]@trunk", True),
        ("_X.", "PJSIP/${TOLOWER(${EXTEN})}", True),
        ("_X.", "PJSIP/${CUT(EXTEN,*,2)}", True),
        ("_X.", "PJSIP/${IF($[${EXTEN} > 5]?100:200)}", False),
        ("_X.", "PJSIP/${IF($[1]?${EXTEN}:200)}", True),
        ("_X.", "PJSIP/${DB(who/${EXTEN})}", False),
        ("100", "PJSIP/${CALLERID(num)}", True),
        ("100", "PJSIP/${CALLERID(pres)}", False),
        ("100", "PJSIP/${PJSIP_HEADER(read,X-To)}", True),
        ("100", "PJSIP/${CURL(http://x)}", True),
        ("100", "PJSIP/${ODBC_NEXT()}", True),
        ("100", "Local/${CALLERID(num)}@phones", True),
        ("100", "PJSIP/100&PJSIP/${CALLERID(num)}", True),
    ],
)
def test_sources(extension: str, resource: str, tmp_path: Path, *, is_found: bool) -> None:
    text = f"[phones]\nexten => {extension},1,Dial({resource},20)\n"
    assert leaks(tmp_path, text) == ([("SW601", 2)] if is_found else [])


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        # through variables
        (["Set(x=${EXTEN})", "Dial(PJSIP/${x})"], [("SW601", 3)]),
        (["MSet(a=1,x=${EXTEN})", "Dial(PJSIP/${x})"], [("SW601", 3)]),
        (["Set(x=${EXTEN})", "Set(x=${FILTER(0-9,${x})})", "Dial(PJSIP/${x})"], []),
        (["Set(x=${EXTEN})", "Set(x=100)", "Dial(PJSIP/${x})"], []),
        (["Set(x=${EXTEN})", "ExecIf($[${y}]?Set(x=100))", "Dial(PJSIP/${x})"], [("SW601", 4)]),
        (["ExecIf($[${y}]?Set(x=${EXTEN}))", "Dial(PJSIP/${x})"], [("SW601", 3)]),
        (["Verbose(1,${SET(x=${EXTEN})})", "Dial(PJSIP/${x})"], [("SW601", 3)]),
        (["Set(x=${EXTEN})", "Set(y=${x}1)", "Dial(PJSIP/${y})"], [("SW601", 4)]),
        (["Set(ARRAY(a,x)=1,${EXTEN})", "Dial(PJSIP/${x})"], [("SW601", 3)]),
        (["Set(CALLERID(num)=100)", "Dial(PJSIP/${CALLERID(num)})"], []),
        (["Set(CALLERID(num)=${FILTER(0-9,${CALLERID(num)})})", "Dial(PJSIP/${CALLERID(num)})"], []),
        (["Set(GLOBAL(g)=${EXTEN})"], [("SW601", 34)]),
        (["Set(GLOBAL(g)=${FILTER(0-9,${EXTEN})})"], []),
        (["While($[1])", "Dial(PJSIP/${x})", "Set(x=${EXTEN})", "EndWhile()"], [("SW601", 3)]),
        (["While($[1])", "While($[2])", "EndWhile()", "Dial(PJSIP/${x})", "Set(x=${EXTEN})", "EndWhile()"],
         [("SW601", 5)]),
        # tested
        (["GotoIf($[${REGEX(\"^[0-9]+$\" ${EXTEN})}]?3:9)", "NoOp()", "Dial(PJSIP/${EXTEN})"], []),
        (["Set(x=${EXTEN})", "GotoIf($[\"${x}\" =~ \"^[0-9]+$\"]?4:9)", "NoOp()", "Dial(PJSIP/${x})"], []),
        # keyed digits
        (["Read(x,beep)", "Dial(PJSIP/${x}@trunk)"], [("SW601", 3)]),
        (["Read(x,beep)", "Dial(DAHDI/g1/${x})"], [("SW601", 3)]),
        (["Read(x,beep)", "Dial(PJSIP/${x})"], []),
        (["Read(x,beep)", "Dial(Local/${x}@phones)"], []),
        (["Read(x,beep)", "System(echo ${x})"], [("SW602", 3)]),
        (["Read(x,beep)", "Set(DB(pin/${x})=1)"], []),
        (["Read(x,beep)", "Goto(phones,${x},1)"], []),
        # through jumps
        (["Set(x=${EXTEN})", "Goto(there,1)"], [("SW601", 20)]),
        (["Set(x=${EXTEN})", "GotoIf($[1]?there,1)"], [("SW601", 20)]),
        (["Set(x=${FILTER(0-9,${EXTEN})})", "Goto(there,1)"], []),
        (["Set(x=${EXTEN})", "GotoIf($[${REGEX(\"^1\" ${x})}]?there,1)"], []),
        (["Set(x=${EXTEN})", "Set(GOTO_ON_BLINDXFR=phones^there^1)"], [("SW601", 20)]),
        (["Set(x=${EXTEN})", "Dial(Local/there@phones)"], []),
        (["Set(__x=${EXTEN})", "Dial(Local/there@phones)"], [("SW601", 20)]),
        (["Set(x=${EXTEN})", "Set(CHANNEL(hangup_handler_push)=phones,there,1)"], [("SW601", 20)]),
        # through routines
        (["Gosub(ring,s,1(${EXTEN}))"], [("SW601", 22)]),
        (["Gosub(ring,s,1(100))"], []),
        (["Macro(ring,${EXTEN})"], [("SW601", 24)]),
        (["Gosub(clean,s,1(${EXTEN}))", "Dial(PJSIP/${GOSUB_RETVAL})"], []),
        (["Gosub(same,s,1(${EXTEN}))", "Dial(PJSIP/${GOSUB_RETVAL})"], [("SW601", 3)]),
        (["Set(x=${EXTEN})", "Gosub(overwrite,s,1)", "Dial(PJSIP/${x})"], []),
        (["Set(x=${EXTEN})", "GosubIf($[1]?overwrite,s,1)", "Dial(PJSIP/${x})"], [("SW601", 4)]),
        (["Gosub(same,s,1(1))", "Gosub(same,s,1(${EXTEN}))", "Hangup()"], []),
        (["Set(x=${EXTEN})", "Gosub(forever,s,1)", "Dial(PJSIP/${x})"], []),
        (["Set(x=${EXTEN})", "Gosub(nowhere,s,1)", "Dial(PJSIP/${x})"], [("SW601", 4)]),
        # other sinks
        (["System(echo ${EXTEN})"], [("SW602", 2)]),
        (["TrySystem(echo ${CALLERID(name)})"], [("SW602", 2)]),
        (["Verbose(1,${SHELL(echo ${EXTEN})})"], [("SW602", 2)]),
        (["MixMonitor(a.wav,,lame ${EXTEN})"], [("SW602", 2)]),
        (["System(echo ${QUOTE(${EXTEN})})"], [("SW608", 2)]),
        (["System(echo ${MD5(${EXTEN})})"], []),
        (["Verbose(1,${ODBC_RAW(${EXTEN})})"], [("SW603", 2)]),
        (["Verbose(1,${ODBC_RAW(${SQL_ESC(${EXTEN})})})"], []),
        (["Verbose(1,${ODBC_SAFE(${EXTEN})})"], []),
        (["Set(ODBC_SAFE(1)=${EXTEN})"], []),
        (["Verbose(1,${CURL(http://x/${EXTEN})})"], [("SW604", 2)]),
        (["Verbose(1,${CURL(http://x/${URIENCODE(${EXTEN})})})"], []),
        (["Goto(${EXTEN},s,1)"], [("SW605", 2)]),
        (["Goto(${EXTEN},1)"], [("SW605", 2)]),
        (["Goto(phones,${EXTEN},1)"], []),
        (["Exec(${EXTEN}())"], [("SW605", 2)]),
        (["ExecIf($[1]?${EXTEN}(x))"], [("SW605", 2)]),
        (["Set(${EXTEN}=1)"], [("SW605", 2)]),
        (["Verbose(1,${EVAL(${EXTEN})})"], [("SW605", 2)]),
        (["AGI(${EXTEN}.py)"], [("SW606", 2)]),
        (["AGI(lookup.py,${EXTEN})"], []),
        (["Record(/tmp/${EXTEN}.wav)"], [("SW607", 2)]),
        (["Verbose(1,${FILE(/tmp/${EXTEN})})"], [("SW607", 2)]),
        (["Originate(PJSIP/${EXTEN},app,Echo)"], [("SW601", 2)]),
        (["Originate(PJSIP/1,app,System,${EXTEN})"], [("SW602", 2)]),
        (["Verbose(1,${EXTEN} ${CALLERID(all)})", "NoOp(${EXTEN})", "SayDigits(${EXTEN})"], []),
    ],
)  # fmt: skip
def test_flow(steps: list[str], expected: list[tuple[str, int]], tmp_path: Path) -> None:
    lines = ["[phones]", *(f"exten => _X.,{n},{step}" for n, step in enumerate(steps, start=1))]
    lines += [""] * (19 - len(lines))
    lines += [
        "exten => there,1,Dial(PJSIP/${x})",
        "[ring]",
        "exten => s,1,Dial(PJSIP/${ARG1})",
        "[macro-ring]",
        "exten => s,1,Dial(PJSIP/${ARG1})",
        "[clean]",
        "exten => s,1,Return(${FILTER(0-9,${ARG1})})",
        "[same]",
        "exten => s,1,Return(${ARG1})",
        "[overwrite]",
        "exten => s,1,Set(x=100)",
        " same => n,Return()",
        "[forever]",
        "exten => s,1,Goto(1)",
        "exten => 7,1,Dial(PJSIP/${g})",
    ]
    text = "\n".join(lines) + "\n" + FUNC_ODBC
    assert leaks(tmp_path, text) == expected


def test_queries_are_looked_at_themselves(tmp_path: Path) -> None:
    text = "[phones]\nexten => 1,1,Answer()\n" + FUNC_ODBC
    found = checked(tmp_path, text, "SW609").findings
    assert [(f.place.path.name, underlined(f)) for f in found] == [("func_odbc.conf", "${ARG1}")]


def test_a_loop_of_routines_comes_to_an_end(tmp_path: Path) -> None:
    text = """\
[phones]
exten => _X.,1,Set(a=${EXTEN})
 same => n,Gosub(one,s,1(${a}))
[one]
exten => s,1,Set(b=${ARG1})
 same => n,Gosub(two,s,1(${b}))
 same => n,Return(${GOSUB_RETVAL})
[two]
exten => s,1,Set(c=${ARG1})
 same => n,Gosub(one,s,1(${c}))
 same => n,Dial(PJSIP/${GOSUB_RETVAL})
 same => n,Return(${c})
"""
    assert leaks(tmp_path, text) == []  # nothing ever comes back: Dial() is not reached
    ending = text.replace(
        "exten => s,1,Set(b=",
        "exten => s,1,GotoIf($[${x}]?9)\nexten => s,9,Return(${ARG1})\nexten => s,2,Set(b=",
    )
    assert [code for code, _ in leaks(tmp_path, ending)] == ["SW601"]
