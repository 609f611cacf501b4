from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.dialplan.model import HINT, Dialplan
from switchroom.dialplan.old_syntax import NEW_SYNTAX, Syntax
from switchroom.dialplan.parser import parse_dialplan
from switchroom.dialplan.switches import Place

FILE = Path("extensions.conf")


def parse(text: str, syntax: Syntax = NEW_SYNTAX, **more: object) -> Dialplan:
    return parse_dialplan(parse_config(text, path=FILE), syntax=syntax, **more)  # type: ignore[arg-type]  # passed through


def steps(dialplan: Dialplan, context: str, name: str, caller: str | None = None) -> list[object]:
    extension = dialplan.contexts[context].extensions[name, caller]
    return [
        (number, each.application, each.data)
        for number, each in sorted(extension.priorities.items())
    ]


def test_priorities_and_labels() -> None:
    dialplan = parse(
        "[a]\n"
        "exten => 100,hint,PJSIP/alice&Custom:away,CustomPresence:alice\n"
        "exten => 100,1(top),NoOp(a,b)\n"
        "exten => 100,n,Goto(top)\n"
        "exten => 100,n+2(later),NoOp\n"
        "exten => 100,s,Hangup()\n"
        " same => top+100,NoOp(busy)\n"
        " same => n(end)+2,Hangup()\n"
        "exten => 200,n,NoOp(goes on counting)\n"
        "exten = 300,1,Playback,one&two,noanswer\n"
    )
    extension = dialplan.contexts["a"].extensions["100", None]
    assert extension.hint == "PJSIP/alice&Custom:away,CustomPresence:alice"
    assert extension.labels == {"top": 1, "later": 4, "end": 103}
    assert steps(dialplan, "a", "100") == [
        (HINT, "PJSIP/alice&Custom:away,CustomPresence:alice", ""),
        (1, "NoOp", "a,b"),
        (2, "Goto", "top"),
        (4, "NoOp", ""),
        (101, "NoOp", "busy"),
        (103, "Hangup", ""),
    ]
    assert steps(dialplan, "a", "200") == [(104, "NoOp", "goes on counting")]
    assert steps(dialplan, "a", "300") == [(1, "Playback", "one&two,noanswer")]
    assert [w.line for w in dialplan.warnings] == [6]  # 100,s is there already


def test_the_first_to_name_a_priority_has_it() -> None:
    dialplan = parse(
        "[a]\nexten => 1,1,NoOp(one)\nexten => 1,1,NoOp(two)\n same => n(x),NoOp\n"
        "exten => 1,5(x),NoOp\n[a]\nexten => 1,1,NoOp(three)\n"
    )
    assert steps(dialplan, "a", "1") == [(1, "NoOp", "one"), (2, "NoOp", ""), (5, "NoOp", "")]
    assert [(w.line, w.message) for w in dialplan.warnings] == [
        (3, "1@a has a priority 1 already (extensions.conf:2): this one is ignored"),
        (5, "1@a has a label 'x' already, at priority 2"),
    ]


@pytest.mark.parametrize(
    ("call", "application", "data"),
    [
        ("NoOp", "NoOp", ""),
        ("NoOp()", "NoOp", ""),
        (" Dial( SIP/1 , 20 ) ", "Dial", " SIP/1 , 20 "),
        ("Set(x=a,b)", "Set", "x=a,b"),
        ('NoOp("quoted, text")', "NoOp", '"quoted, text"'),
        (r"NoOp(a\,b)", "NoOp", r"a\,b"),
        (r"NoOp(a\;b)", "NoOp", "a;b"),
        ("Set(x=$[(1+2)*3])", "Set", "x=$[(1+2)*3]"),
        ("Dial,SIP/1,20", "Dial", "SIP/1,20"),
        ("AGI,agi://host/x(1)", "AGI", "agi://host/x(1)"),
        ("NoOp(tail) rest", "NoOp", "tail"),
        ("SetVar(x=1)", "Set", "x=1"),
        ("SetGlobalVar(x=1)", "Set", "GLOBAL(x)=1"),
        ("DBget(x=fam/key)", "Set", "x=${DB(fam/key)}"),
        ("DBdel(fam/key)", "NoOp", "${DB_DELETE(fam/key)}"),
        ("SetCIDNum(100)", "Set", "CALLERID(num)=100"),
        ("DigitTimeout(3)", "Set", "TIMEOUT(digit)=3"),
        ("Dial(SIP/1|20)", "Dial", "SIP/1|20"),
    ],
)
def test_application_and_arguments(call: str, application: str, data: str) -> None:
    dialplan = parse(f"[a]\nexten => 1,1,{call}\n")
    assert steps(dialplan, "a", "1") == [(1, application, data)]


def test_an_open_parenthesis_reaches_to_the_end_and_is_warned_of() -> None:
    dialplan = parse("[a]\nexten => 1,1,NoOp(open\n")
    assert steps(dialplan, "a", "1") == [(1, "NoOp", "open")]
    assert str(dialplan.warnings[0]).startswith("extensions.conf:2: 'NoOp(open' lacks")


@pytest.mark.parametrize(
    ("call", "application", "data"),
    [
        ("Dial(SIP/1|20|tT)", "Dial", "SIP/1,20,tT"),
        ("Goto(ctx|ext|1)", "Goto", "ctx,ext,1"),
        ("Macro(dial|${ARG1}|20)", "Macro", "dial,${ARG1},20"),
        ("GotoIf($[${A} = 1 | ${B} = 2]?x|1:y|1)", "GotoIf", "$[${A} = 1 | ${B} = 2]?x,1:y,1"),
        ("GotoIf($[$[1 | 0] | [2]]?x|1)", "GotoIf", "$[$[1 | 0] | [2]]?x,1"),
        ("Set(x=${CUT(y|-|2)})", "MSet", "x=${CUT(y,-,2)}"),
        ("Set(a=b|c=d)", "MSet", "a=b,c=d"),
        (r'NoOp(a\|b|"c|d")', "NoOp", r'a\|b,"c|d"'),
        ("AGI(agi://127.0.0.1/call_log|x)", "AGI", "agi://127.0.0.1/call_log,x"),
        ("NoOp(${CALLERIDNUM}${CALLERIDNUM:1}${LANGUAGES})",
         "NoOp", "${CALLERID(num)}${CALLERID(num):1}${LANGUAGES}"),
        ("ExecIf($[1]|Set|x=1)", "ExecIf", "$[1]?Set(x=1)"),
        ("ExecIf($[1]?NoOp(a|b))", "ExecIf", "$[1]?NoOp(a,b)"),
    ],
)  # fmt: skip
def test_old_files(call: str, application: str, data: str) -> None:
    dialplan = parse(f"[a]\nexten => 1,1,{call}\n", Syntax(pipes=True, set_many=True))
    assert steps(dialplan, "a", "1") == [(1, application, data)]


def test_callers() -> None:
    dialplan = parse(
        "[a]\nexten => 100/555,1,NoOp(five)\nexten => 100/_6X.,1,NoOp(six)\n"
        "exten => 100/,1,NoOp(withheld)\nexten => 100,1,NoOp(all)\n same => n,NoOp(rest)\n"
    )

    def answer(caller: str, priority: int = 1) -> str:
        found = dialplan.find("a", "100", priority, caller)
        return found.priorities[priority].data if found else ""

    assert [answer(c) for c in ("555", "6123", "6", "", "7")] == [
        "five", "six", "all", "withheld", "all",
    ]  # fmt: skip
    assert answer("555", 2) == "rest"


def test_globals_are_known_everywhere() -> None:
    dialplan = parse(
        "[general]\nautofallthrough=no\nclearglobalvars=yes\npriorityjumping=yes\nstatic=yes\n"
        "extenpatternmatchnew=yes\nuserscontext=default\nfrobnicate=1\n"
        "[a]\nexten => ${PREFIX}00,1,NoOp(${PREFIX})\nexten => _${PREFIX}[${DIGITS}],1,NoOp\n"
        "include => ${OUT}\nignorepat => ${PREFIX}\n"
        "[Globals]\nPREFIX=12\nDIGITS=1,2\nOUT=out-${PREFIX}\nSHORT=${OUT:0:3}\nLAST=${OUT:-2}\n"
        "[out-12]\n"
    )
    assert set(dialplan.contexts["a"].extensions) == {("1200", None), ("_12[1,2]", None)}
    assert dialplan.contexts["a"].includes[0].context == "out-12"
    assert dialplan.contexts["a"].ignore_patterns == ["12"]
    assert dialplan.global_variables["SHORT"] == "out"
    assert dialplan.global_variables["LAST"] == "12"
    assert not dialplan.auto_fall_through
    assert dialplan.clear_global_variables
    assert dialplan.priority_jumping
    assert dialplan.may_be_saved
    assert [w.line for w in dialplan.warnings] == [8]


def test_includes_are_searched_in_order_and_in_their_time() -> None:
    now = 0.0
    dialplan = parse(
        "[a]\ninclude => day,9:00-17:00,mon-fri,*,*,UTC\ninclude => night\ninclude => a\n"
        "[day]\nexten => 1,1,NoOp(day)\n[night]\nexten => 1,1(x),NoOp(night)\n"
        "exten => _2X,1,NoOp\ninclude => a\n",
        clock=lambda: now,
    )

    def answer() -> str:
        found = dialplan.find("a", "1", 1)
        return found.priorities[1].data if found else ""

    now = 1_700_049_600.0  # Wednesday 12:00 UTC
    assert answer() == "day"
    now += 12 * 3600
    assert answer() == "night"
    assert dialplan.find_label("a", "1", "x") == 1
    assert dialplan.could_match_more("a", "2")
    assert dialplan.find("a", "nobody", 1) is None
    assert dialplan.contexts["a"].includes[0].text == "day,9:00-17:00,mon-fri,*,*,UTC"


def test_an_include_of_nothing_is_warned_of() -> None:
    dialplan = parse("[a]\ninclude => b\ninclude => c\ninclude => c\n[b]\n")
    assert [(w.line, w.message) for w in dialplan.warnings] == [
        (4, "[a] includes 'c' already"),
        (3, "[a] includes [c], which there is not"),
    ]


def test_a_switch_leads_elsewhere() -> None:
    dialplan = parse(
        "[globals]\nSITE=north\n"
        "[a]\nexten => 1,1,NoOp(own)\n"
        "switch => Local/12${EXTEN}@${SITE}/_3X\nlswitch => Loopback/@south:5/4.\n"
        "eswitch => Realtime/a@extensions\ninclude => b\n"
        "[b]\nexten => _XX,1,NoOp(b)\n"
        "[north]\nexten => _12.,1,NoOp(north)\n[south]\nexten => 45,5,NoOp(south)\n"
        "switch => Local/@a\n"
    )

    def answer(number: str) -> tuple[str, Place] | None:
        found = dialplan.find("a", number, 1)
        place = dialplan.place_of(Place("a", number, 1))
        return (found.priorities[place.priority].data, place) if found else None

    assert answer("1") == ("own", Place("a", "1", 1))
    assert answer("31") == ("north", Place("north", "1231", 1))
    assert answer("45") == ("south", Place("south", "45", 5))
    assert answer("46") == ("b", Place("a", "46", 1))
    assert answer("999") is None
    assert answer("46/") is None  # no place is written so
    assert [w.message for w in dialplan.warnings] == [
        "the switch Realtime/a@extensions leads nowhere: there is no Realtime here"
    ]


def test_a_switch_asks_its_source() -> None:
    table = parse("[t]\nexten => 7,1,NoOp(table)\n").contexts["t"]

    class Realtime:
        def context(self, data: str, within: str) -> object:
            return table if data == "t@extensions" else None

    dialplan = parse(
        "[general]\noverrideswitch=Realtime/none@x\n"
        "[a]\nswitch => Realtime/t@extensions\nswitch => Realtime/u@extensions\n",
        sources={"realtime": Realtime()},
    )
    found = dialplan.find("a", "7", 1)
    assert found is not None
    assert found.priorities[1].data == "table"
    assert dialplan.find("a", "8", 1) is None
    assert dialplan.warnings == ()


def test_switches_in_circles_end() -> None:
    dialplan = parse(
        "[a]\nswitch => Local/1${EXTEN}@b\nswitch => Local/2${EXTEN}@b\n"
        "[b]\nswitch => Local/3${EXTEN}@a\nswitch => Local/4${EXTEN}@a\n"
    )
    assert dialplan.find("a", "1", 1) is None


def test_templates_and_additions() -> None:
    dialplan = parse(
        "[base](!)\nexten => _X.,1,NoOp(${CONTEXT})\n same => n,Hangup()\ninclude => common\n"
        "[one](base)\nexten => 9,1,NoOp(one)\n[two](base)\n[common]\n"
        "[one](+)\nexten => 8,1,NoOp(added)\n"
    )
    assert set(dialplan.contexts) == {"one", "two", "common"}
    assert [name for name, _ in dialplan.contexts["one"].extensions] == ["_X.", "9", "8"]
    assert steps(dialplan, "two", "_X.") == [(1, "NoOp", "${CONTEXT}"), (2, "Hangup", "")]


@pytest.mark.parametrize(
    ("line", "words", "caret"),
    [
        ("exten => 100,x,NoOp()", "'x' is no priority", "x,N"),
        ("exten => 100,1,", "names no application", ""),
        ("exten => 100", "expected `exten", ""),
        ("exten => ,1,NoOp", "needs a name", ",1"),
        ("exten => 100,n,NoOp", "needs a priority before", "n,"),
        ("exten => 100,0,NoOp", "begin with 1", "0,"),
        ("exten => 100,1(a,NoOp", "not closed", "1(a"),
        ("exten => _[12,1,NoOp", "expected `exten", ""),
        ("exten => _]12[,1,NoOp", "lacks a closing", "_]12["),
        ("same => n,NoOp", "needs an `exten`", "n,NoOp"),
        ("extne => 100,1,NoOp", "unknown 'extne'", "extne"),
        ("include => day,9-17,*,*,*", "'9' is no time", "9-17"),
        ("include => ,*", "needs the name", ",*"),
        ("switch => Realtime", "Kind/data", "Realtime"),
        ("autohints = perhaps", "yes or no", "perhaps"),
        (r"exten => a\;b,x,NoOp", "'x' is no priority", "x,N"),
    ],
)
def test_what_makes_no_sense_is_shown(line: str, words: str, caret: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(f"[a]\n{line}\n")
    error = caught.value
    assert (error.path, error.line) == (FILE, 2)
    assert words in str(error)
    first, source, pointer = error.render().split("\n")
    assert first == str(error)
    assert source.strip() == line
    assert source[pointer.index("^") :].startswith(caret)
    if not caret:
        assert pointer.index("^") == len(source)


def test_all_errors_for_who_wants_them() -> None:
    errors: list[ConfigError] = []
    dialplan = parse("[a]\nexten => 1\nexten => 2,1,NoOp\nfoo=bar\n", errors=errors)
    assert [e.line for e in errors] == [2, 4]
    assert steps(dialplan, "a", "2") == [(1, "NoOp", "")]


def test_variables_where_there_is_no_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE", "north")
    text = f"[globals]\nA=${{ENV(SITE)}}${{ENV()}}${{LEN(x)}}\nB=$[${{A}}+1]\nC={'${' * 60}x{'}' * 60}.\n"
    assert parse(text).global_variables == {"A": "north", "B": "$[north+1]", "C": "."}


def test_a_switch_that_a_variable_tears_open_leads_nowhere() -> None:
    dialplan = parse(
        "[a]\nswitch => Local/@b/_[${EXTEN}\nswitch => Local/@b:${EXTEN}\nswitch => Local/@b:${EXTEN}\n"
        "[b]\nexten => _X!,1,NoOp\n"
    )
    assert dialplan.find("a", "x", 1) is None
    assert dialplan.find("a", "1", 1) is not None  # by the second
    assert [w.line for w in dialplan.warnings] == [4]  # the third is the second again
