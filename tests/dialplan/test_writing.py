from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.dialplan.model import Dialplan
from switchroom.dialplan.parser import parse_dialplan
from switchroom.dialplan.writing import as_extensions_conf

FILE = Path("extensions.conf")


def parse(text: str) -> Dialplan:
    return parse_dialplan(parse_config(text, path=FILE))


def test_what_is_written_says_the_same() -> None:
    text = (
        "[general]\nstatic = yes\nwriteprotect = no\nautofallthrough = no\nclearglobalvars = no\n"
        "priorityjumping = yes\noverrideswitch = Local/@a\n"
        "\n[globals]\nA = >1\\;2\nB = \n"
        "\n[a]\nautohints = yes\ninclude => b,9:00-17:00,mon-fri,*,*\nlswitch => Local/1${EXTEN}@b\n"
        "ignorepat => 9\n"
        "exten => 100/555,hint,PJSIP/a&PJSIP/b\n same => 1(top),NoOp(a\\;b)\n same => n,Goto(top)\n"
        " same => 101,Hangup()\nexten => _X[1,2]./,5,Set(x= )\n"
        "\n[b]\n"
    )
    assert as_extensions_conf(parse(text)) == text


LINES = st.sampled_from(
    ["exten => 1,1,NoOp(a)", "exten => _X!/_2X,n(x),Set(a=b;c)", " same => n+3,App,x,y",
     "exten => 9,hint,PJSIP/9", "include => b|*|mon|*|*", "switch => Local/@b", "[b]", "[a](+)",
     "[c](!)", "ignorepat => 9", "exten => ${A}2,1,NoOp(;--)", "exten = 3,1(l),X(a\\;--b)", "[globals]",
     "A=1\\;", "[general]", "static=yes"]
)  # fmt: skip


@given(st.lists(st.one_of(LINES, st.text(st.characters(exclude_categories=["Cs"]), max_size=12))))
def test_written_and_read_again_nothing_changes(lines: list[str]) -> None:
    try:
        dialplan = parse("[a]\n" + "\n".join(lines))
    except ConfigError:
        return
    written = as_extensions_conf(dialplan)
    assert as_extensions_conf(parse(written)) == written
