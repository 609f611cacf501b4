"""``${}`` and ``$[]`` in a text: against doing it the slow way, and what must never happen."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from switchroom.base.errors import DialplanError
from switchroom.dialplan.registry import Function, Rest
from switchroom.dialplan.substitution import MAX_RESULT, ComplexityError, Substitution, split_parts
from switchroom.pbx.channel import Channel
from tests.dialplan import direct
from tests.support.fakes import make_channel, make_pbx

VARIABLES = {"a": "7", "b": "text", "n": "a", "e": "", "ab": "both"}

PIECES = [
    "${a}", "${b}", "${e}", "${none}", "x", " ", "$", "{", "}", "]", "${a${e}}", "${${n}}",
    "${${n}b}", "$[${a} + 1]", "$[1 + ", "${a", "$[", "${", "$[$[${a} - 1] * ${a}]", "7",
]  # fmt: skip
pieces = st.sampled_from(PIECES)
texts = st.lists(pieces, max_size=8).map("".join)


@pytest.fixture(scope="module")
def channel() -> Channel:
    channel = make_channel(make_pbx())
    channel.variables.update(VARIABLES)
    return channel


def at_once(result: str | Awaitable[str]) -> str:
    """The result of something that may wait, but has nothing to wait for."""
    if isinstance(result, str):
        return result
    with pytest.raises(StopIteration) as end:
        next(result.__await__())
    return cast("str", end.value.value)


def substitute(channel: Channel, text: str, *functions: Function) -> str:
    known = {function.name: function for function in functions}
    return at_once(Substitution(known).compile(text).render(channel))


@given(texts)
@example("${a}" * 200)
@example("$[${a} + 1]" * 50)
def test_compiled_agrees_with_doing_it_directly(channel: Channel, text: str) -> None:
    assert substitute(channel, text) == direct.substituted(text, VARIABLES)[:MAX_RESULT]


@given(st.one_of(st.text(max_size=40), st.text("${}[]():abE", max_size=60)))
@example("${" * 100)
@example("$[" * 39 + "1" + "]" * 39)
@example("${a:" + "9" * 5000 + "}")
@example("${a}" * 5000)
def test_any_text_gives_a_text_or_is_too_complex(channel: Channel, text: str) -> None:
    try:
        assert isinstance(substitute(channel, text), str)
    except ComplexityError:
        assert len(text) > 40


@given(st.text("ab${}[]", max_size=30))
def test_parts_are_the_text(text: str) -> None:
    parts = split_parts(text)
    opening = {"text": "", "variable": "${", "expression": "$["}
    assert all(text.startswith(opening[p.kind] + p.text, p.begin) for p in parts)
    closing = {"text": 0, "variable": 3, "expression": 3}
    whole = sum(len(p.text) + closing[p.kind] for p in parts)
    assert whole in (len(text), len(text) + 1)  # the last one may not be closed


def test_what_a_caller_sent_is_not_substituted_again(channel: Channel) -> None:
    read: list[str] = []

    def spy(channel: Channel, text: Rest = "") -> str:
        read.append(text)
        return "!"

    function = Function("SPY")
    function.add(spy, write=False)
    channel.variables["sent"] = "}${SPY(1)}"
    assert substitute(channel, "${x${sent}}", function) == ""
    assert substitute(channel, "${SPY(${sent})}", function) == "!"
    assert read == ["}${SPY(1)}"]


def test_a_name_put_together_may_be_that_of_a_function(channel: Channel) -> None:
    def double(channel: Channel, text: Rest = "") -> str:
        return text * 2

    async def wait(channel: Channel, text: Rest = "") -> str:
        return f"waited for {text}"

    functions = [Function("DOUBLE"), Function("WAIT")]
    functions[0].add(double, write=False)
    functions[1].add(wait, write=False)
    channel.variables.update(name="DOUBLE", slow="WAIT")
    assert substitute(channel, "${${name}(ab):1}", *functions) == "bab"
    assert substitute(channel, "${${slow}(${b}):7}", *functions) == "for text"


def test_what_grows_is_cut(channel: Channel, caplog: pytest.LogCaptureFixture) -> None:
    channel.variables["long"] = "x" * MAX_RESULT
    assert substitute(channel, "${long}${long}") == "x" * MAX_RESULT
    assert "131072 characters are too many" in caplog.text


def test_a_failing_function_reads_as_nothing(
    channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(channel: Channel, text: Rest = "") -> str:
        raise DialplanError("it cannot be")

    function = Function("FAIL")
    function.add(fail, write=False)
    assert substitute(channel, "<${FAIL()}><${FAIL(${a})}><${NONE(1)}>", function) == "<><><>"
    assert caplog.text.count("it cannot be") == 2
    assert "function NONE is not registered" in caplog.text


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("${EXTEN}@${CONTEXT}:${PRIORITY}", "s@default:1"),
        ("${CHANNEL:5:1}", "1"),
        ("${b:1}|${b:-2}|${b:1:2}|${b:1:-1}|${b:x}", "ext|xt|ex|ex|text"),
        ("${b:${a}}|${b:$[${a} - 6]}", "|ext"),
    ],
)
def test_built_in_variables_and_slices(channel: Channel, text: str, result: str) -> None:
    assert substitute(channel, text) == result
