"""Variables, assignments, expressions and brackets: one step each, or a few."""

from pathlib import Path

import pytest

from tests.tools.check.support import checked, underlined

VALUES = "SW4"


def found_in(tmp_path: Path, text: str) -> list[tuple[str, str]]:
    report = checked(tmp_path, text, VALUES)
    return [(f.code, underlined(f)) for f in report.findings if f.code != "SW402"]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        # who sets what
        ("Verbose(1,${EXTEN}${DIALSTATUS}${ARG1}${EPOCH}${TRANSFER_CONTEXT})", []),
        ("Verbose(1,${nobody})", [("SW401", "nobody")]),
        ("Verbose(1,${CUT(nobody,-,1)})", [("SW401", "nobody")]),
        ("Verbose(1,${EXISTS(${nobody})})", []),
        ("Verbose(1,${${nobody}})", [("SW401", "nobody")]),
        ("Verbose(1,${line-${EXTEN}})", []),
        # assignments
        ("Set(a=1,b=2)", [("SW403", "b=2")]),
        ("Set(a=${CUT(EXTEN,-,1)})", []),
        ("Set(a=1,2)", []),
        ("Set(a=$[1=1],x)", []),
        ("MSet(a=1,b=2)", []),
        ("Set(a = 1)", [("SW404", " = ")]),
        ("Set(a= 1)", [("SW404", "= ")]),
        ("Set(a=1 )", []),
        ("Set(a=)", []),
        ("Set(a)", [("SW405", "Set")]),
        ("Set(${pair})", [("SW401", "pair")]),
        # comparisons
        ('GotoIf($["${EXTEN}" = "1"]?2)', []),
        ('GotoIf($["${EXTEN}" = 1]?2)', [("SW411", "1")]),
        ('GotoIf($[${EXTEN} = "1"]?2)', [("SW411", "${EXTEN}")]),
        ('GotoIf($["${EXTEN}"="1" & "${CONTEXT}"="x"]?2)', []),
        ('GotoIf($["${EXTEN}" =~ ^1]?2)', []),
        ("GotoIf($[${EXTEN} = 1]?2)", []),
        ("GotoIf($[${nobody} = 1]?2)", [("SW401", "nobody"), ("SW412", "${nobody}")]),
        ("GotoIf($[${HANGUPCAUSE} = 16]?2)", []),
        ("GotoIf($[${LEN(${EXTEN})} > 1]?2)", []),
        ("GotoIf($[${CALLERID(num)} = 1]?2)", [("SW412", "${CALLERID(num)}")]),
        ("GotoIf($[0${CALLERID(num)} = 1]?2)", []),
        ("GotoIf($[${DB(a/b)} + 1]?2)", [("SW412", "${DB(a/b)}")]),
        ("GotoIf($[1 + 1 = 2 & (${EXTEN} > 3)]?2)", []),
        ("GotoIf(${EXTEN} = 1?2)", [("SW414", "${EXTEN} = 1")]),
        ("GotoIf(${EXISTS(${EXTEN})}?2)", []),
        ("While(${EXTEN} < 3)", [("SW414", "${EXTEN} < 3")]),
        ("GotoIf($[1],2)", [("SW415", "GotoIf")]),
        # brackets
        ("Dial(PJSIP/${EXTEN,20)", [("SW421", "${")]),
        ("GotoIf($[${EXTEN} = 1?2)", [("SW421", "$[")]),
        ("Dial(PJSIP/${EXTEN}},20)", [("SW422", "}")]),
        ("Set(a=$[1 + 1]])", [("SW422", "]")]),
        ("Verbose(1,${LEN(${EXTEN}})", [("SW423", "LEN(${EXTEN}")]),
        ("Verbose(1,${LEN(${EXTEN})}", [("SW421", "${"), ("SW423", "LEN(${EXTEN}")]),
        ("Set(a=(1)", [("SW423", "Set")]),
        ("Verbose(1,a smile :))", []),
        (r"Set(a=\;)", []),
        ('GotoIf($["${EXTEN}" = "1]?2)', [("SW424", '"${EXTEN}" = "1')]),
    ],
)
def test_step(step: str, expected: list[tuple[str, str]], tmp_path: Path) -> None:
    text = f"[phones]\nexten => 100,1,{step}\n same => n,Hangup()\n"
    assert sorted(found_in(tmp_path, text)) == sorted(expected)


@pytest.mark.parametrize(
    "setting",
    [
        "[globals]\nwho = alice\n[phones]\n",
        "[phones]\nexten => 1,1,Set(__who=alice)\n",
        "[phones]\nexten => 1,1,MSet(a=1,who=alice)\n",
        "[phones]\nexten => 1,1,Read(who)\n",
        "[phones]\nexten => 1,1,Set(ARRAY(a,who)=1,2)\n",
        "[phones]\nexten => 1,1,Verbose(1,${SET(who=alice)})\n",
        "[phones]\nexten => 1,1,Set(w${letter}o=alice)\nexten => 1,n,Set(letter=h)\n",
        "[phones]\nexten => 1,1,Set(GLOBAL(who)=alice)\n",
        "[phones]\nexten => 1,1,Originate(PJSIP/1,app,Echo,,,,v(who=alice^a=1))\n",
        "[phones]\nexten => 1,1,ExecIf($[1]?Set(who=alice))\n",
        "; pjsip.conf\n[1]\ntype = endpoint\nset_var = who=alice\n; extensions.conf\n[phones]\n",
        "; sip.conf\n[1]\ntype = friend\nsetvar = who=alice\n; extensions.conf\n[phones]\n",
    ],
)
def test_ways_to_set_a_variable(setting: str, tmp_path: Path) -> None:
    text = setting + "exten => 100,1,Verbose(1,${who})\n"
    assert [word for code, word in found_in(tmp_path, text) if code == "SW401"] == []


def test_who_may_be_set_by_a_program_is_a_note(tmp_path: Path) -> None:
    text = "[phones]\nexten => 1,1,AGI(lookup.py)\n same => n,Verbose(1,${result} ${who} ${whoo})\n"
    text += " same => n,Set(who=1)\n"
    found = checked(tmp_path, text, "SW401").findings
    assert [(f.message, f.severity.word) for f in found] == [
        ("nothing sets result; a program may, but nothing here does", "info"),
        ("nothing sets whoo; did you mean who?", "warning"),
    ]


@pytest.mark.parametrize(
    ("more", "is_unused"),
    [
        ("", True),
        ("exten => 2,1,Verbose(1,${who})\n", False),
        ("exten => 2,1,Verbose(1,${CUT(who,-,1)})\n", False),
        ("exten => 2,1,Verbose(1,${w${letter}})\n", False),
        ("exten => 2,1,Verbose(1,${${name}})\n", False),
        ("exten => 2,1,Set(who=bob)\n", True),
        ("; cdr_custom.conf\n[mappings]\nMaster.csv => ${who}\n", False),
    ],
)
def test_variables_that_nothing_reads(more: str, tmp_path: Path, *, is_unused: bool) -> None:
    text = "[phones]\nexten => 1,1,Set(who=alice)\n same => n,Set(QUEUE_PRIO=5)\n" + more
    found = [underlined(f) for f in checked(tmp_path, text, "SW402").findings]
    assert found == (["who"] if is_unused else [])


@pytest.mark.parametrize("name", ["who", "_who", "__who"])
def test_what_is_handed_on_is_read_by_its_name(name: str, tmp_path: Path) -> None:
    text = f"[phones]\nexten => 1,1,Set({name}=alice)\nexten => h,1,NoOp(<reads>)\n"
    assert len(checked(tmp_path, text, "SW402").findings) == 1
    text = text.replace("<reads>", "${who}")
    assert checked(tmp_path, text, "SW402").findings == ()


@pytest.mark.parametrize(
    ("before", "is_found"),
    [
        ("Read(x)", True),
        ("Set(x=)", True),
        ("Set(x=${DB(a/b)})", True),
        ("Set(x=${y})\nexten => 1,n,Set(y=${CALLERID(num)})", True),
        ("NoOp()", True),
        ("Set(x=5)", False),
        ("Set(x=$[1 + 1])", False),
        ("Set(x=${IF($[1]?1:0)})", False),
        ("Set(x=${IF($[1]?1:)})", True),
        ("Set(x=a${DB(a/b)})", False),
        ('Read(x)\nexten => 1,n,GotoIf($["${x}" = ""]?end)', False),
        ("Read(x)\nexten => 1,n,GotoIf(${ISNULL(${x})}?end)", False),
    ],
)
def test_what_can_be_empty(before: str, tmp_path: Path, *, is_found: bool) -> None:
    text = f"[phones]\nexten => 1,1,{before}\nexten => 1,n,GotoIf($[${{x}} = 1]?end)\n"
    text += "exten => 1,n(end),Hangup()\n"
    assert bool(checked(tmp_path, text, "SW412").findings) is is_found


@pytest.mark.parametrize(
    ("given", "is_found"), [("(5)", False), ("", True), ("(${DB(a/b)})", True)]
)
def test_arguments_of_a_routine(given: str, tmp_path: Path, *, is_found: bool) -> None:
    text = f"[phones]\nexten => 1,1,Gosub(count,s,1{given})\n"
    text += "[count]\nexten => s,1,GotoIf($[${ARG1} = 1]?2)\n same => n,Return()\n"
    assert bool(checked(tmp_path, text, "SW412").findings) is is_found
