import tracemalloc

import pytest

from switchroom.dialplan.compiler import MAX_RESULT
from tests.support.dialplan import value_of


@pytest.mark.parametrize(
    ("before", "call", "value"),
    [
        ("a-b c", "REPLACE(v,\\x2d,_)", "a-b c"), ("a-b", "REPLACE(v,\\\\x2d,_)", "a_b"),
        ("aéb", "REPLACE(v,é)", "ab"), ("a b", "REPLACE(v, ,\\x2d)", "a-b"), ("ab", "REPLACE(v)", ""),
        ("ab", "REPLACE(v,a,\\,)", ",b"), ("ab", "REPLACE(v,\\\\x,y)", ""),
        ("aXbX", "STRREPLACE(v,X,YY)", "aYYbYY"), ("aXbX", "STRREPLACE(v,X,Y,1)", "aYbX"),
        ("aXbX", "STRREPLACE(v,X,Y,0)", "aXbX"), ("aXbX", "STRREPLACE(v,X,Y,-1)", "aYbY"),
        ("aXbX", "STRREPLACE(v,X,Y,x)", "aXbX"), ("a,b", "STRREPLACE(v,\\,,-)", "a-b"),
        ("aaa", "STRREPLACE(v,aa,b)", "ba"), ("x", "STRREPLACE(TOUPPER(aXb),X)", "AB"),
        ("a-b", "FILTER(-,${v})", "-"), ("a-b", "FILTER(a-,${v})", "a-"), ("a-b", "FILTER(\\x2d,${v})", "-"),
        ("a,b\"", "FILTER(\\,,${v})", ","), ("aé", "FILTER(é,${v})", "é"), ("az", "FILTER(z-a,${v})", "az"),
        ("mn", "FILTER(z-a,${v})", ""), ("abc", "FILTER(a-c)", ""), ("1,2", "FILTER(0-9,,${v})", "12"),
        ("abc", "STRBETWEEN(v,-)", "a-b-c"), ("a", "STRBETWEEN(v,-)", "a"), ("ab", "STRBETWEEN(v,)", "ab"),
        ("ab", "STRBETWEEN(v,-,)", ""), ("ab", "STRBETWEEN(v,\\,)", "a,b"), ("ab", "STRBETWEEN(v)", ""),
    ],
)  # fmt: skip
def test_value(before: str, call: str, value: str) -> None:
    assert value_of(f"Set(v={before})", f"Set(R=${{{call}}})") == value


@pytest.mark.parametrize("between", ["-", "é" * 7, "x" * 30_000, "y" * 60_000])
def test_what_would_grow_beyond_what_is_kept_is_cut_before(between: str) -> None:
    value = "ab" * 15_000
    tracemalloc.start()
    between_all = value_of(f"Set(v={value})", f"Set(w={between})", "Set(R=${STRBETWEEN(v,${w})})")
    replaced = value_of(f"Set(v={value})", f"Set(w={between})", "Set(R=${STRREPLACE(v,b,${w})})")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    few = value[: 2 * (MAX_RESULT // len(between) + 2)]
    assert between_all == between.join(few)[:MAX_RESULT]
    assert replaced == few.replace("b", between)[:MAX_RESULT]
    assert most < 50_000_000
