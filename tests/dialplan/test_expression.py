"""``$[ ]``: against a slow direct evaluator, compiled against evaluated, and anything at all."""

from __future__ import annotations

import pytest
from hypothesis import example, given, reject
from hypothesis import strategies as st

from switchroom.dialplan.arithmetic import source_of
from switchroom.dialplan.expression import evaluate
from switchroom.dialplan.substitution import Substitution
from switchroom.pbx.channel import Channel
from tests.dialplan import direct
from tests.support.fakes import make_channel, make_pbx

operators = st.sampled_from(
    ["|", "&", "||", "&&", "=", "==", ">", "<", ">=", "<=", "!=", "+", "-", "*", "/", "%", "~~"]
)
numbers = st.one_of(
    st.integers(0, 30).map(str),
    st.integers(0, 10**22).map(str),
    st.sampled_from(["0", "007", "1.5", "0.25", "3.0", "1000000007", "99999999999999999"]),
)
words = st.sampled_from(['""', '"0"', '"a"', '"a b"', "abc", "é", '"é"', "1a", "a1"])
names = st.sampled_from(["a", "b", "c"])
references = names.map(lambda name: "${" + name + "}")
quoted = st.lists(st.one_of(references, st.sampled_from(["x", " ", "1"])), max_size=3).map(
    lambda pieces: f'"{"".join(pieces)}"'
)
blanks = st.sampled_from(["", " "])


def joined(pieces: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{}{}{}{}{}".format, pieces, blanks, operators, blanks, pieces),
        st.builds("({})".format, pieces),
        st.builds("{}{}".format, st.sampled_from(["-", "!"]), pieces),
        st.builds("{} ? {} :: {}".format, pieces, pieces, pieces),
    )


#: Mostly well formed; with references where values are plugged in.
expressions = st.recursive(st.one_of(numbers, words, references, quoted), joined, max_leaves=8)
#: Anything that tokens can make.
muddles = st.lists(
    st.one_of(numbers, words, references, quoted, operators, st.sampled_from(list("()!?: \"'$"))),
    max_size=8,
).map("".join)
#: Values that are more, or less, than one plain operand.
HARMFUL = [
    "", "0", "007", "-3", "+4", "1.5", "abc", '"', '"q"', "1 + 1", "a?b", "²", "\u0661", " 5", "5 ",
    "1_000", "é", "\udcff", "x" * 1100, "9" * 17, "9" * 18, "(", ")", "| 1", "$", "}",
]  # fmt: skip
values = st.one_of(
    st.integers(0, 99).map(str),
    st.integers(0, 10**20).map(str),
    st.sampled_from(HARMFUL),
    st.text(max_size=4),
)


def directly(text: str) -> str:
    try:
        return direct.expression(text)
    except direct.NotCoveredError:
        reject()


@pytest.fixture(scope="module")
def channel() -> Channel:
    return make_channel(make_pbx())


@given(st.one_of(expressions, muddles))
@example("1 - 2 - 3")
@example("2 * 3 + 4 * 5 = 26 & 1")
def test_evaluation_agrees_with_the_direct_one(text: str) -> None:
    assert evaluate(text) == directly(text)


@given(st.one_of(expressions, muddles), values, values, values)
@example("${a} % ${b}", "7", "0", "")
@example("-${a} % ${b}", "7", "3", "")
@example("${a} * ${b} - ${c}", "9" * 17, "9" * 17, "1")
@example("${a} | ${b}", "0", "007", "")
@example("${a}${b} + 1", "1", "2", "")
@example('"${a}" = "${b}"', 'x" = "x', "x", "")
@example('"${a}" < "${b}"', "a", "a b", "")
@example("${a} + ${b} + ${a} + ${b} + ${a} + ${b} + ${a} + ${b}", "1", "2", "")
@example("1%(" * 60 + "${a}" + ")" * 60, "7", "", "")
@example("(" * 150 + "${a}" + ")" * 150, "7", "", "")
@example("${a}" + " + 1" * 50, "7", "", "")
def test_compiled_agrees_with_the_direct_one(
    channel: Channel, text: str, a: str, b: str, c: str
) -> None:
    channel.variables.update(a=a, b=b, c=c)
    compiled = Substitution({}).compile(f"$[{text}]").render(channel)
    assert compiled == directly(direct.substituted(text, {"a": a, "b": b, "c": c}))


@given(st.text(max_size=60))
@example("(" * 1000)
@example("1|1&1=1+1*(" * 100 + "1" + ")" * 100)
@example("!" * 3000 + "1")
@example("9" * 6000 + " + 1")
@example("9" * 4900 + " * " + "9" * 3000)
@example("LOG(0) + " + "9" * 400)
@example("\ud800 = \udcff")
def test_any_text_gives_a_text(text: str) -> None:
    assert isinstance(evaluate(text), str)


@pytest.mark.parametrize(
    "parts",
    [
        [None, " + 1"],
        [None, " < 70000"],
        ['"', None, '" = "BUSY"'],
        ["2000000 + ", None, " * 7"],
        [None, " % 2"],
        ["(", None, " + ", None, ") * ", None, " > 5 & !", None],
        ["-", None],
        [None, " / 2"],
    ],
)
def test_common_expressions_have_source(parts: list[str | None]) -> None:
    names = [f"t{n}" for n in range(parts.count(None))]
    assert source_of(parts, names, lambda value: "k") is not None


@pytest.mark.parametrize(
    "parts", [[None, None, " + 1"], ["1", None], [None, ".5"], ["LEN(", None, ")"], [None, " =~ a"]]
)
def test_what_depends_on_the_value_is_evaluated(parts: list[str | None]) -> None:
    names = [f"t{n}" for n in range(parts.count(None))]
    assert source_of(parts, names, lambda value: "k") is None
