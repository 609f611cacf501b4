import pytest

from tests.support.dialplan import value_of


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (["Set(a =1)", "Set(R=[${a}][${a }])"], "[][1]"), (["Set(n=a )", "Set(${n}=1)", "Set(R=[${a}])"], "[]"),
        (["Set(a= 1 )", "Set(R=[${a}])"], "[ 1 ]"), (["Set(a)", "Set(R=on)"], "on"), (["MSet(a=1,b,c=3)", "Set(R=${a}${b}${c})"], "13"),
        (["MSet(a=1, b=2)", "Set(R=[${b}])"], "[]"), (["Set(R=${SET( a = x y )}|${a})"], "x y|x y"), (["Set(R=[${SET(a)}])"], "[]"),
        (["Set(R=${SET(GLOBAL(g)=1)}${g})"], "11"),
    ],
)  # fmt: skip
def test_names_and_values(lines: list[str], value: str) -> None:
    assert value_of(*lines) == value
