"""Applications that are a line or two each."""

from tests.support.dialplan import lines_of, run_dialplan, value_of


def test_dbdeltree() -> None:
    lines = ["Set(DB(a/b/c)=1)", "Set(DB(a/b/d)=2)", "Set(DB(a/e)=3)", "Set(DB(f/g)=4)"]
    read = "Set(R=${DB_KEYS(a)}|${DB_KEYS(f)})"
    assert value_of(*lines, "DBdeltree(a/b)", read) == "e|g"
    assert value_of(*lines, "DBdeltree(a)", read) == "|g"
    assert value_of(*lines, "DBdeltree(/)", "DBdeltree(none)", read) == "b,e|g"


def test_raise_exception() -> None:
    conf = lines_of("RaiseException(lunch, of course)", "NoOp(no)")
    conf += "exten => e,1,Set(R=${EXCEPTION(reason)}|${EXCEPTION(exten)}|${EXCEPTION(priority)})\n"
    assert run_dialplan(conf)["R"] == "lunch, of course|s|1"


def test_raise_exception_without_e_ends_the_call() -> None:
    outcome = run_dialplan(lines_of("RaiseException(x)", "Set(R=no)"))
    assert outcome["R"] == ""
