import textwrap
from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.sources import Files, Record
from switchroom.dialplan.ael.compiler import compile_ael
from switchroom.dialplan.ael.parser import parse_ael
from switchroom.dialplan.building import DialplanBuilder
from switchroom.dialplan.model import Dialplan
from switchroom.dialplan.old_syntax import NEW_SYNTAX, Syntax

FILE = Path("/etc/asterisk/extensions.ael")


class _Etc(Record):
    def matching(self, folder: Path, pattern: str) -> list[Path]:
        if pattern == "**x":
            raise ValueError("two stars")
        return super().matching(folder, pattern)


def compiled(text: str, syntax: Syntax = NEW_SYNTAX, **others: str) -> Dialplan:
    texts = {str(FILE): text} | {f"{FILE.parent}/{k}.ael": v for k, v in others.items()}
    matches = {path: [path] for path in texts}
    builder = DialplanBuilder()
    compile_ael(parse_ael(FILE, _Etc(texts, matches)), builder, syntax)
    return builder.build()


def listing(dialplan: Dialplan, context: str, name: str) -> str:
    extension = dialplan.contexts[context].extensions[name, None]
    return "\n".join(
        f"{number}{f'({step.label})' if step.label else ''} {step.application}({step.data})"
        for number, step in sorted(extension.priorities.items())
    )


def same(actual: str, expected: str) -> None:
    assert actual == textwrap.dedent(expected).strip()


def test_extensions() -> None:
    dialplan = compiled("""
        // a comment
        context default {            /* another,
                                        over two lines */
            1234 => Playback(tt-monkeys);
            8000 => {
                NoOp(one);
                NoOp;                // no parentheses
                Dial(PJSIP/100,
                     20,tT);
            };
            _5XXX/_12X => NoOp(it's a pattern!);
            hint(PJSIP/alice) 100 => Hangup();
            regexten 101 => Hangup();
            regexten hint(PJSIP/bob&Custom:x) 102 => { }
            s => {
                x = ${y} + 1;
                local z = 5;
                CALLERID(name) = Bob;
                goto again;
              again:
                goto 8000,1;
                goto other|s|start;
                jump 100;
                jump 100@other;
                jump 100,2@other;
            }
        };
    """)
    context = dialplan.contexts["default"]
    assert (context.made_by, dialplan.warnings) == ("pbx_ael", ())
    same(listing(dialplan, "default", "1234"), "1 Playback(tt-monkeys)")
    same(listing(dialplan, "default", "8000"), "1 NoOp(one)\n2 NoOp()\n3 Dial(PJSIP/100, 20,tT)")
    assert context.extensions["_5XXX", "_12X"].priorities[1].data == "it's a pattern!"
    assert [context.extensions[n, None].hint for n in ("100", "101", "102")] == [
        "PJSIP/alice", "", "PJSIP/bob&Custom:x",
    ]  # fmt: skip
    step = context.extensions["100", None].priorities[1]
    assert (step.registrar, step.made_by) == ("extensions.ael:13", "pbx_ael")
    same(
        listing(dialplan, "default", "s"),
        """
        1 Set(x=$[${y} + 1])
        2 Set(LOCAL(z)=$[5])
        3 Set(CALLERID(name)=$[Bob])
        4 Goto(again)
        5(again) Goto(8000,1)
        6 Goto(other,s,start)
        7 Goto(100,1)
        8 Goto(other,100,1)
        9 Goto(other,100,2)
        """,
    )


def test_conditions() -> None:
    dialplan = compiled("""
        context c {
            1 => {
                if ("${DIALSTATUS}" = "BUSY") { NoOp(busy); Hangup(17); }
                else if (${x} > 1) NoOp(one);
                else NoOp(two);
                ifTime (9:00-17:00|mon-fri|*|*) NoOp(open);
                random (60) NoOp(often);
            }
        }
    """)
    same(
        listing(dialplan, "c", "1"),
        """
        1 GotoIf($["${DIALSTATUS}" = "BUSY"]?2:5)
        2 NoOp(busy)
        3 Hangup(17)
        4 Goto(10)
        5 GotoIf($[${x} > 1]?6:8)
        6 NoOp(one)
        7 Goto(9)
        8 NoOp(two)
        9 NoOp(Finish if_c_1)
        10 NoOp(Finish if_c_2)
        11 GotoIfTime(9:00-17:00,mon-fri,*,*?12:13)
        12 NoOp(open)
        13 NoOp(Finish iftime_c_3)
        14 GotoIf($[${RAND(0,99)} < (60)]?15:16)
        15 NoOp(often)
        16 NoOp(Finish random_c_4)
        """,
    )


def test_loops() -> None:
    dialplan = compiled("""
        context c {
            1 => {
                for (x = 0; ${x} < 3; x = ${x} + 1) {
                    if (${x} = 1) continue;
                    NoOp(${x});
                }
                while (1) { if (${done}) { break; } Wait(1); }
                for (;;) { return; }
            }
        }
    """)
    same(
        listing(dialplan, "c", "1"),
        """
        1 Set(x=$[0])
        2 GotoIf($[${x} < 3]?3:9)
        3 GotoIf($[${x} = 1]?4:5)
        4 Goto(7)
        5 NoOp(Finish if_c_1)
        6 NoOp(${x})
        7 Set(x=$[${x} + 1])
        8 Goto(2)
        9 NoOp(Finish for_c_2)
        10 GotoIf($[1]?11:16)
        11 GotoIf($[${done}]?12:13)
        12 Goto(16)
        13 NoOp(Finish if_c_3)
        14 Wait(1)
        15 Goto(10)
        16 NoOp(Finish while_c_4)
        17 GotoIf($[1]?18:20)
        18 Goto(21)
        19 Goto(17)
        20 NoOp(Finish for_c_5)
        21 NoOp(End of Extension 1)
        """,
    )


def test_a_switch_is_an_extension_a_case() -> None:
    dialplan = compiled("""
        context c {
            _777X => {
                switch (${EXTEN}) {
                    case 7771:
                        NoOp(${EXTEN:1});
                        break;
                    case 7772:
                        NoOp(falls);
                    pattern 777[4-9]:
                        goto out;
                    default:
                        NoOp(none);
                }
                Hangup();
              out:
                Congestion();
            }
        }
    """)
    same(
        listing(dialplan, "c", "_777X"),
        """
        1 Set(~~EXTEN~~=${EXTEN})
        2 Goto(sw_1_${EXTEN},10)
        3 NoOp(Finish switch_c_1)
        4 Hangup()
        5(out) Congestion()
        """,
    )
    same(listing(dialplan, "c", "sw_1_7771"), """
        10 NoOp(${~~EXTEN~~:1})
        11 Goto(${~~EXTEN~~},3)
        12 Goto(sw_1_7772,10)
        """)  # fmt: skip
    same(listing(dialplan, "c", "sw_1_7772"), "10 NoOp(falls)\n11 Goto(sw_1~3,10)")
    same(listing(dialplan, "c", "sw_1~3"), "10 Goto(${~~EXTEN~~},out)\n11 Goto(sw_1_.,10)")
    same(listing(dialplan, "c", "_sw_1_777[4-9]"), "10 Goto(sw_1~3,10)")
    same(listing(dialplan, "c", "_sw_1_."), "10 NoOp(none)\n11 Goto(${~~EXTEN~~},3)")
    same(listing(dialplan, "c", "sw_1_"), "10 Goto(sw_1_.,10)")


def test_a_switch_without_default_goes_on_behind() -> None:
    dialplan = compiled("context c { 1 => switch (${x}) { case a: NoOp(a); } }")
    same(listing(dialplan, "c", "_sw_1_."), "10 Goto(1,3)")


def test_macros() -> None:
    dialplan = compiled("""
        macro std(ext, dev) {
            Dial(${dev},20);
            if ("${DIALSTATUS}" = "BUSY") return;
            catch a { VoiceMailMain(${ext}); return; }
            includes { more; }
        }
        macro plain() { catch h { NoOp(own); } }
        context c { 100 => &std(${EXTEN}, PJSIP/100); more => &plain(); }
        context more {}
    """)
    same(
        listing(dialplan, "std", "~~s~~"),
        """
        1 Set(LOCAL(ext)=${ARG1})
        2 Set(LOCAL(dev)=${ARG2})
        3 Dial(${dev},20)
        4 GotoIf($["${DIALSTATUS}" = "BUSY"]?5:6)
        5 Return()
        6 NoOp(Finish if_std_1)
        7 Return()
        """,
    )
    same(listing(dialplan, "std", "a"), "1 VoiceMailMain(${ext})\n2 Return()\n3 Return()")
    same(listing(dialplan, "c", "100"), "1 Gosub(std,~~s~~,1(${EXTEN},PJSIP/100))")
    includes = {
        name: [i.context for i in each.includes] for name, each in dialplan.contexts.items()
    }
    assert includes["std"] == ["more", "ael-builtin-h-bubble"]
    assert includes["plain"] == []


def test_words_hold_references_and_escapes() -> None:
    dialplan = compiled(r"""
        context c {
            ;
            includes { ; d; };
            _${PRE{x}}\ 1$[1+1] => NoOp;
            1 => {
                a:
                b:
                NoOp(x\) y);
                x = a\;b;
                if (1) { NoOp(); c: }
                while (0) { d: }
                e:
            }
        }
        context d { }
        globals { ; }
    """)
    assert r"_${PRE{x}}\ 1$[1+1]" in {name for name, _ in dialplan.contexts["c"].extensions}
    same(
        listing(dialplan, "c", "1"),
        r"""
        1(a) NoOp()
        2(b) NoOp(x\) y)
        3 Set(x=$[a\;b])
        4 GotoIf($[1]?5:7)
        5 NoOp()
        6(c) NoOp()
        7 NoOp(Finish if_c_1)
        8 GotoIf($[0]?9:11)
        9(d) NoOp()
        10 Goto(8)
        11 NoOp(Finish while_c_2)
        12(e) NoOp(End of Extension 1)
        """,
    )


def test_a_file_that_cannot_be_read_is_named() -> None:
    with pytest.raises(ConfigError, match=r"cannot read /etc/asterisk/extensions\.ael: "):
        parse_ael(FILE, Record())
    record = Record(
        {str(FILE): '\n#include "gone.ael"'}, {f"{FILE.parent}/gone.ael": ["/gone.ael"]}
    )
    with pytest.raises(ConfigError, match=r"extensions\.ael:2: cannot read /gone\.ael"):
        parse_ael(FILE, record)


def test_calls_of_1_4() -> None:
    old = Syntax(pipes=True, set_many=True)
    dialplan = compiled(
        "macro m(a, b) { } context c { 1 => { &m(x|y); Dial(SIP/1|20); Set(a=1|b=2); z = 1 | 0; } }",
        old,
    )
    same(
        listing(dialplan, "c", "1"),
        """
        1 Gosub(m,~~s~~,1(x,y))
        2 Dial(SIP/1,20)
        3 MSet(a=1,b=2)
        4 Set(z=$[1 | 0])
        """,
    )


def test_globals_lists_and_included_files() -> None:
    dialplan = compiled(
        """
        globals { TRUNK = PJSIP/trunk; PREFIX=9; NAME=${TRUNK}/x; }
        #include "more.ael"
        context c {
            ignorepat => ${PREFIX};
            includes { "day"; night|18:00-8:00|mon-fri|*|*; }
            switches { Local/@night; };
            eswitches { Realtime/c@extensions; };
            NEW=5;
        }
        abstract context night { }
        context day { 1 => NoOp(first); }
        override context day { 2 => NoOp(second); }
        extend context day { 3 => NoOp(third); }
        """,
        more="context more { 1 => NoOp(more); }\n// end",
    )
    context = dialplan.contexts["c"]
    assert dialplan.global_variables == {
        "TRUNK": "PJSIP/trunk", "PREFIX": "9", "NAME": "PJSIP/trunk/x", "NEW": "5",
    }  # fmt: skip
    assert context.ignore_patterns == ["9"]
    assert [i.text for i in context.includes] == ["day", "night,18:00-8:00,mon-fri,*,*"]
    assert context.includes[1].timing is not None
    assert [str(s) for s in context.switches] == ["Local/@night", "Realtime/c@extensions"]
    assert sorted(name for name, _ in dialplan.contexts["day"].extensions) == ["2", "3"]
    assert dialplan.contexts["more"].extensions["1", None].priorities[1].registrar == "more.ael:1"


@pytest.mark.parametrize(
    ("text", "words", "caret"),
    [
        ("contxt c { }", "did you mean 'context'", "contxt"),
        ("context { }", "needs a name", "{ }"),
        ("context c ", "expected '{' behind context c", ""),
        ("context c { 1 => NoOp(x) }", "expected ';' behind NoOp()", "}"),
        ("context c { 1 => NoOp(x; }", "never closed", "(x;"),
        ("context c { 1 => { NoOp(x);", "never closed", "{ NoOp"),
        ("context c { 1 => &nobody(); }", "no macro nobody", "&nobody"),
        ("context c { 1 => break; }", "stands in no loop", "break"),
        ("context c { 1 => switch (x) { case 1: continue; } }", "in no loop", "continue"),
        ("context c { 1 => x; y }", "expected an extension", "y }"),
        ("context c { 1 => while (1) }", "expected a statement", "}"),
        ("context c { 1 => for (a;b) ; }", "(first; condition; each)", "for"),
        ("context c { 1 => for (a;b;c) ; }", "neither an assignment", "for"),
        ("context c { 1 => switch (x) { NoOp(); } }", "expected case", "NoOp"),
        ("context c { includes { a|9-17|*|*|*; } }", "no time of the day", "a|9"),
        ("context c { switches { nowhere; } }", "Kind/data", "nowhere"),
        ("context c { _[12 => NoOp(); }", "lacks a closing", "_[12"),
        ("/* open", "never closed", "/* open"),
        ('#include "nothing.ael"', "no file 'nothing.ael'", "#include"),
        ("macro m { }", "expected '('", "{ }"),
        ("macro m() {} macro m() {}", "already", "macro m() {}"),
        ("macro m() NoOp();", "expected '{' behind macro m()", "NoOp"),
        ("context c { =>", "expected an extension", "=>"),
        ("context c { 1 => NoOp();", "context c is never closed", ""),
        ("context c { hint PJSIP/a 1 => NoOp(); }", "expected '(' behind hint", "PJSIP"),
        ("context c { hint(PJSIP/a) => NoOp(); }", "expected an extension behind hint", "=>"),
        ("#include ;", "needs the name", "#include"),
        ('#include "**x"', "cannot look for '**x'", "#include"),
        ("context c { 1 => { x = (1; } }", "'(' here is never closed", "(1;"),
        ("context c { 1 => { x = 1 } }", "expected ';'", "1 }"),
        ("context c { 1 => local ; }", "name of a variable", "; }"),
        ("context c { 1 => &; }", "called as in &name", "&;"),
        ("context c { 1 => goto a,b,c,d; }", "goto leads to", "goto"),
        ("context c { 1 => goto a,; }", "goto leads to", "goto"),
        ("context c { 1 => jump @x; }", "jump leads to", "jump"),
        ("context c { 1 => jump 1@; }", "jump leads to", "jump"),
        ("macro m() { catch NoOp(); }", "caught as in", "catch"),
        ("context c { 1 => switch (x) {", "switch is never closed", "switch"),
        ("context c { 1 => switch (x) { case 1: NoOp();", "case is never closed", "case"),
        ("context c { ${x", "context c is never closed", ""),
    ],
)
def test_what_makes_no_sense_is_shown(text: str, words: str, caret: str) -> None:
    with pytest.raises(ConfigError) as caught:
        compiled(f"\n{text}\n")
    error = caught.value
    assert words in str(error)
    assert error.path == FILE
    if error.source:
        assert error.line == 2
        assert error.source[error.column - 1 :].startswith(caret)


def test_nesting_has_an_end() -> None:
    with pytest.raises(ConfigError, match="nested deeper"):
        compiled("context c { 1 => " + "{" * 10_000 + "}" * 10_000 + "}")
    chain = {f"f{n}": f'#include "f{n + 1}.ael"' for n in range(12)}
    with pytest.raises(ConfigError, match="nested deeper"):
        compiled('#include "f0.ael"', NEW_SYNTAX, **chain)


def test_a_file_cannot_include_itself() -> None:
    with pytest.raises(ConfigError, match=r"loop.ael includes itself"):
        compiled('#include "loop.ael"', loop='#include "other.ael"', other='#include "loop.ael"')


def test_many_files_may_be_included_side_by_side(tmp_path: Path) -> None:
    for number in range(15):
        (tmp_path / f"{number:02}.inc").write_text(f'context c{number} {{ }};\n#include "deep.x"\n')
    (tmp_path / "deep.x").write_text("context deep { };\n")
    (tmp_path / "extensions.ael").write_text('#include "*.inc"\n')
    builder = DialplanBuilder()
    compile_ael(parse_ael(tmp_path / "extensions.ael", Files()), builder, NEW_SYNTAX)
    names = list(builder.build().contexts)
    assert [name for name in names if name.startswith("c")] == [f"c{n}" for n in range(15)]
