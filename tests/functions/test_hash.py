from tests.support.dialplan import lines_of, run_dialplan, value_of


def test_the_key_that_was_set_last_is_first() -> None:
    lines = ["Set(HASH(h,a)=1)", "Set(HASH(h,b)=2)", "Set(HASH(h,a)=3)", "Set(HASH(hh,c)=4)"]
    assert value_of(*lines, "Set(R=${HASHKEYS(h)}|${HASH(h,a)}|${HASHKEYS(none)})") == "a,b|3|"


def test_columns_of_an_sql_result() -> None:
    lines = ["Set(~ODBCFIELDS~=name,age)", "Set(HASH(row)=Ann,42)"]
    assert (
        value_of(*lines, "Set(R=${HASH(row,age)}|${HASH(row)}|${HASHKEYS(row)})")
        == "42|Ann,42|age,name"
    )


def test_clear_hash() -> None:
    lines = ["Set(HASH(h,a)=1)", "Set(HASH(g,a)=2)", "ClearHash(h)"]
    assert value_of(*lines, "Set(R=[${HASHKEYS(h)}][${HASH(h,a)}][${HASH(g,a)}])") == "[][][2]"


def test_array() -> None:
    outcome = run_dialplan(lines_of("Set(c=old)", 'Set(ARRAY(a,GLOBAL(b),c,d)=1,"2,2")'))
    assert [outcome[name] for name in "acd"] == ["1", "", ""]
    assert outcome.global_variables == {"b": "2,2"}


def test_array_writes_functions_that_wait() -> None:
    assert value_of("Set(ARRAY(DB(f/k),x)=1,2)", "Set(R=${DB(f/k)}${x})") == "12"
