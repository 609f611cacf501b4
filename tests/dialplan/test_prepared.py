"""What is settled before a call does what the application does with all of its data."""

from __future__ import annotations

from copy import copy
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from switchroom.base.errors import DialplanError
from switchroom.dialplan.compiler import compile_step
from switchroom.dialplan.registry import Application
from switchroom.pbx.channel import Channel
from tests.support.dialplan import make_interpreter, registries
from tests.support.fakes import make_channel, make_pbx

CONF = """
[default]
exten => s,1(top),NoOp()
 same => n(end),NoOp()
exten => other,1,NoOp()
[sub]
exten => s,1(top),Return()
"""
INTERPRETER = make_interpreter(CONF)
PREPARED = sorted(name for name, each in registries()[0].items() if each.prepare is not None)

PIECES = [
    "${v}", "${w}", "$[${v} > 1]", "=", "?", ":", "(", ")", ",", "top", "end", "s", "sub", "1", "2",
    "other", "x", "_y", "__z", " ", "LOCAL(", "GLOBAL(", '"', "\\", "0",
]  # fmt: skip
pieces = st.sampled_from(PIECES)
data = st.one_of(
    st.lists(pieces, max_size=10).map("".join),
    st.builds("{}={}".format, pieces, pieces),
    st.builds("{}?{}:{}".format, pieces, pieces, pieces),
    st.builds("{}({},{})".format, pieces, pieces, pieces),
)
values = st.sampled_from(
    ["", "0", "1", "7", "?end", "1?other,1:", "a=b", ")", "(", ",", "top", '"']
)


def outcome(application: Application, text: str, variables: dict[str, str]) -> dict[str, Any]:
    """What a channel and its node look like afterwards."""
    pbx = make_pbx(INTERPRETER)
    channel = make_channel(pbx)
    channel.variables.update(variables)
    error = ""
    try:
        waiting = compile_step(INTERPRETER.substitution, application, text)(channel)
        assert waiting is None
    except DialplanError as raised:
        error = f"{type(raised).__name__}: {raised}"
    found = {name: value for name, value in vars(channel).items() if name in SEEN}
    return {**found, "error": error, "globals": pbx.global_variables}


SEEN = {
    "context", "extension", "priority", "jumped", "application", "data", "variables", "inherited",
    "frames",
}  # fmt: skip


def test_some_are_prepared() -> None:
    assert {"set", "gotoif", "gosub"} <= set(PREPARED)


@pytest.mark.parametrize("name", PREPARED)
@given(text=data, v=values, w=values)
@example(text="${v}?end:top", v="1?other,1:", w="")
@example(text=" x =${v}", v="=", w="")
@example(text="sub,s,1(${v},${w})", v=")", w="(")
@example(text="LOCAL(x)=${v}", v="1", w="")
def test_prepared_agrees_with_the_application(name: str, text: str, v: str, w: str) -> None:
    application = registries()[0][name]
    plain = copy(application)
    plain.prepare = None
    variables = {"v": v, "w": w}
    assert outcome(application, text, variables) == outcome(plain, text, variables)


def test_the_channel_shows_the_data_as_it_was_substituted() -> None:
    channel: Channel = make_channel(make_pbx(INTERPRETER))
    channel.variables["v"] = "5"
    compile_step(INTERPRETER.substitution, registries()[0]["gosub"], "sub,s,1(${v},b)")(channel)
    assert (channel.application, channel.data) == ("Gosub", "sub,s,1(5,b)")
