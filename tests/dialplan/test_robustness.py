"""No text makes the readers of dialplans raise anything but ConfigError."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.config.language.sources import Record
from switchroom.dialplan.ael.compiler import compile_ael
from switchroom.dialplan.ael.parser import parse_ael
from switchroom.dialplan.building import DialplanBuilder
from switchroom.dialplan.model import Dialplan
from switchroom.dialplan.old_syntax import Syntax
from switchroom.dialplan.parser import parse_dialplan
from switchroom.dialplan.writing import as_extensions_conf

CONF_PIECES = st.sampled_from(
    ["[a]", "[b](!)", "[a](+)", "[c](b)", "[general]", "[globals]", "exten => ", "same => ", "1", "n",
     ",", "(", ")", "_X.", "[", "]", "hint", "${", "}", "$[", "|", "=", "=>", "+=", ";", ";--", "--;",
     "\\;", "\n", "\n", "\n", "#include ", "#exec ", '"x.conf"', "include => b", "switch => Local/@a",
     "9:00-17:00", "mon-fri", "*", "/", "5", "-", "autofallthrough=yes", "Set(x=1)", "\r", "\0", " "]
)  # fmt: skip
AEL_PIECES = st.sampled_from(
    ["context ", "macro ", "globals ", "a ", "{", "}", "{", "}", "(", ")", "=> ", "=", ";", ";", ",",
     "|", ":", "&", "@", "if ", "else ", "while ", "for ", "switch ", "case ", "pattern ", "default",
     "break", "continue", "return", "goto ", "jump ", "local ", "catch h", "random ", "ifTime ",
     "hint", "regexten ", "includes ", "switches ", "ignorepat ", "NoOp(x)", "_X", "[", "${", "$[",
     "/*", "*/", "//", "\n", '#include "extensions.ael"', "\\", '"', " ", "abstract ", "1 "]
)  # fmt: skip


CONF = """[general]
static=yes
[globals]
A=1${ENV(HOME)}
[t](!)
exten => _X./_5X,1(top),Dial(PJSIP/${EXTEN:1},20,tT)
 same => n+2,GotoIf($["${A}" = "1" | ${B}]?top:out,1)
[c](t)
exten => ${A}00,hint,PJSIP/x&Custom:y
include => d,9:00-17:00,mon-fri,1-5,jan-mar,Europe/Berlin
switch => Local/1${EXTEN}@d:2/_X.
;-- block --;
[d]
exten => s,1,Set(a=b\\;c) ; comment
"""
AEL = """globals { A=1; }
macro m(x, y) { local z = ${x}; catch h { NoOp(h); } return; }
abstract context c {
  includes { "d"; e|9:00-17:00|mon-fri|*|*; }
  ignorepat => 9;
  hint(PJSIP/a) 100 => { again: &m(1, ${EXTEN:1}); goto again; }
  regexten _X.[1-3] => {
    for (i = 0; ${i} < 3; i = ${i} + 1) { if (${i} = 2) break; else continue; }
    while (1) { switch (${EXTEN}) { case 1: case 2: NoOp(a); break; pattern 1X: jump 5@d; default: ; } }
    random (50) NoOp(x); ifTime (*|sat|*|*) { CALLERID(name) = Bob; }
  }
}
context d { 5 => Hangup(); } context e { }
"""


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """A good text with pieces cut out, doubled, moved or changed."""
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(text)))
        end = begin + draw(st.integers(0, 12))
        at = draw(st.integers(0, len(text)))
        match draw(st.sampled_from(["cut", "move", "change"])):
            case "cut":
                text = text[:begin] + text[end:]
            case "move":
                text = text[:at] + text[begin:end] + text[at:]
            case _:
                text = text[:begin] + draw(st.text(max_size=3)) + text[end:]
    return text


def texts(pieces: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    any_text = st.text(max_size=8)
    return st.lists(st.one_of(pieces, pieces, pieces, any_text), max_size=30).map("".join)


@given(st.one_of(texts(CONF_PIECES), damaged(CONF)), st.booleans())
def test_no_text_breaks_extensions_conf(text: str, old: bool) -> None:  # noqa: FBT001  # drawn
    errors: list[ConfigError] = []
    try:
        file = parse_config(text, path=Path("extensions.conf"))
    except ConfigError as error:
        errors.append(error)
    else:
        dialplan = parse_dialplan(file, syntax=Syntax(old, old), errors=errors)
        look_up(dialplan)
        as_extensions_conf(dialplan)
    shown(errors)


@given(st.one_of(texts(AEL_PIECES), damaged(AEL)))
def test_no_text_breaks_ael(text: str) -> None:
    path = Path("/etc/asterisk/extensions.ael")
    record = Record({str(path): text}, {str(path): [str(path)]})
    errors: list[ConfigError] = []
    builder = DialplanBuilder()
    try:
        compile_ael(parse_ael(path, record), builder)
    except ConfigError as error:
        errors.append(error)
    else:
        look_up(builder.build())
    assert all(error.path == path for error in errors)
    shown(errors)


def look_up(dialplan: Dialplan) -> None:
    for context in dialplan.contexts:
        dialplan.find(context, "1", 1)
        dialplan.could_match_more(context, "1")


def shown(errors: list[ConfigError]) -> None:
    for error in errors:
        assert error.render()
        assert 0 <= error.column <= len(error.source) + 1 or not error.source


def test_the_good_texts_are_good() -> None:
    assert parse_dialplan(parse_config(CONF, path=Path("extensions.conf"))).warnings == ()
    path = Path("/etc/asterisk/extensions.ael")
    builder = DialplanBuilder()
    compile_ael(parse_ael(path, Record({str(path): AEL}, {})), builder)
    assert builder.build().warnings == ()
