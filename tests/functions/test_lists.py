import pytest

from tests.support.dialplan import value_of


@pytest.mark.parametrize(
    ("before", "call", "value"),
    [
        ("a-b-c", "CUT(v,-,2)", "b"), ("10:ten", "CUT(v,\\\\n,2)", ""), ("a,b", "CUT(v,\\,,2)", "b"),
        ("a b", "CUT(v, ,2)", "b"), ("éxé", "CUT(v,x,2)", "é"),
        ("a-b", "FIELDQTY(v,-)", "2"), ("", "FIELDQTY(v,-)", "0"), ("a,b,c", "FIELDQTY(v,\\,)", "3"),
        ("a b", "FIELDQTY(v,\\x20)", "2"), ("a-", "FIELDQTY(v,-)", "2"),
        ("a-B-c", "FIELDNUM(v,-,b)", "2"), ("a--c", "FIELDNUM(v,-,)", "2"), ("aaa", "FIELDNUM(v,,aaa)", "0"),
        ("a,b", "FIELDNUM(v,\\,,b)", "2"), ("a-b", "FIELDNUM(v,-)", ""), ("a-b", "FIELDNUM(v,-,a,b)", "0"),
        ("a-b-a", "LISTFILTER(v,-,a)", "b"), ("a", "LISTFILTER(v,-,a)", ""), ("a--b", "LISTFILTER(v,-,)", "a-b"),
        ("a::b", "LISTFILTER(v,::,a)", "b"), ("aaa", "LISTFILTER(v,,aaa)", ""), ("a-b", "LISTFILTER(v,-)", ""),
        ("a,b,c", "SHIFT(v)", "a"), ("a b", "SHIFT(v,\\x20)", "a"), (",a", "SHIFT(v)", ""),
        ("a,b,c", "POP(v)", "c"), ("a\\,b", "POP(v,\\,)", "b"), ("a,", "POP(v)", ""),
        ("a-b", "CUT(CHANNEL,/,1)", "Fake"), ("a-b", "FIELDQTY(TOUPPER(x-y),-)", "2"),
        ("x", "SHIFT(TOUPPER(v))", ""), ("x", "SHIFT()", ""), ("x", "CUT(EVAL(v),-,1)", ""),
    ],
)  # fmt: skip
def test_value(before: str, call: str, value: str) -> None:
    assert value_of(f"Set(v={before})", f"Set(R=${{{call}}})") == value


@pytest.mark.parametrize(
    ("before", "assignment", "value"),
    [
        ("a,b", "PUSH(v)=c,d", "a,b,c,d"), ("a", "PUSH(v,\\x20)=b", "a b"), ("a", "PUSH(v,)=b", "a,b"),
        ("b", "UNSHIFT(v,::)=a", "a:b"), ("b", "UNSHIFT(v)=", ",b"),
    ],
)  # fmt: skip
def test_putting_in(before: str, assignment: str, value: str) -> None:
    assert value_of(f"Set(v={before})", f"Set({assignment})", "Set(R=${v})") == value


def test_a_list_is_used_up() -> None:
    lines = ["Set(v=1,2,3)", "Set(R=${R}${SHIFT(v)}${POP(v)})", "GotoIf($[${LEN(${v})} > 0]?2)"]
    assert value_of(*lines) == "132"


@pytest.mark.parametrize(
    ("pairs", "value"),
    [
        ("a:3,b:1,c:2", "b,c,a"), ("a:1,b:1,c:0", "c,a,b"), ("a:-1.5,b:-2", "b,a"),
        ("x,a:1", "a"), ("10:ten,2:two", "10,2"), ("", ""), (":1,a:2", "a"),
    ],
)  # fmt: skip
def test_sort(pairs: str, value: str) -> None:
    assert value_of(f"Set(R=${{SORT({pairs})}})") == value


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ("9" * 5000, ""), ("0" * 5000 + "2", "b"), (f"2-{'9' * 5000}", "b-c"), ("٢", ""), ("²", ""), ("1-٢", ""),
        ("0", ""), ("-2", "a-b"),
    ],
)  # fmt: skip
def test_cut_counts_in_plain_digits(fields: str, value: str) -> None:
    assert value_of("Set(v=a-b-c)", f"Set(R=${{CUT(v,-,{fields})}})") == value
