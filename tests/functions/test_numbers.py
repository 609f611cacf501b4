import pytest

from tests.support.dialplan import value_of


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("ABS(-5)", "5"), ("ABS(-2147483648)", "-2147483648"), ("ABS()", ""), ("ABS(3.9)", "3"),
        ("MIN(3,-7)", "-7"), ("MIN(2.9,9)", "2"), ("MIN(1,x)", ""), ("MIN()", ""),
        ("MAX(-1,1)", "1"), ("MAX(10,9)", "10"), ("MAX(x)", ""), ("MAX(,5)", ""),
        ("RAND(-3,-3)", "-3"), ("RAND(4,x)", ""), ("DIGIT_SUM(1905)", "15"), ("DIGIT_SUM(-12)", "3"),
    ],
)  # fmt: skip
def test_value(call: str, value: str) -> None:
    if call == "RAND(4,x)":
        assert int(value_of(f"Set(R=${{{call}}})")) >= 4
    else:
        assert value_of(f"Set(R=${{{call}}})") == value


def test_rand_takes_its_bounds_in_any_order() -> None:
    drawn = {value_of("Set(R=${RAND(3,1)})") for _ in range(60)}
    assert drawn == {"1", "2", "3"}


@pytest.mark.parametrize(
    ("before", "call", "value"),
    [
        ("2147483647", "INC(v)", "-2147483648|-2147483648"), ("-1", "INC(v)", "0|0"),
        (" 7 ", "INC(v)", "8|8"), ("", "INC(v)", "|"), ("5x", "DEC(v)", "|5x"),
    ],
)  # fmt: skip
def test_stepping_a_variable(before: str, call: str, value: str) -> None:
    assert value_of(f"Set(v={before})", f"Set(R=${{{call}}}|${{v}})") == value


def test_stepping_what_is_not_set() -> None:
    assert value_of("Set(R=[${INC(nope)}][${nope}])") == "[][]"


def test_stepping_a_global_sets_the_channels_own() -> None:
    assert value_of("Set(GLOBAL(g)=4)", "Set(x=${INC(g)})", "Set(R=${g}|${GLOBAL(g)})") == "5|4"
