from dataclasses import fields

import pytest

from switchroom.pbx.caller_id import CallerId, Subaddress, parse_caller_id


@pytest.mark.parametrize(
    ("text", "name", "number", "shown"),
    [
        ('"Alice" <100>', "Alice", "100", '"Alice" <100>'),
        ("Alice Smith <100>", "Alice Smith", "100", '"Alice Smith" <100>'),
        ("<100>", "", "100", "<100>"),
        ("100", "", "100", "<100>"),
        ("+49 30 123", "", "+49 30 123", "<+49 30 123>"),
        ("Alice", "Alice", "", '"Alice" <>'),
        ('"A \\"q\\" b" <1>', 'A "q" b', "1", '"A "q" b" <1>'),
        ("", "", "", "<>"),
    ],
)
def test_parse(text: str, name: str, number: str, shown: str) -> None:
    caller = parse_caller_id(text)
    assert caller == CallerId(name=name, number=number)
    assert caller.all == shown


def test_a_copy_says_the_same_and_is_another_one() -> None:
    caller = CallerId(
        name="A", number="1", name_known=True, name_presentation=0x20, tag="t", ani2=3
    )
    caller.number_presentation, caller.number_plan, caller.name_charset = 0x43, 2, "x"
    caller.number_known, caller.dnid = False, "9"
    for party in (caller, caller.private, caller.ani):
        party.subaddress = Subaddress("sub", is_valid=True, kind=2, is_odd=True)
    caller.dialed.subaddress, caller.dialed.plan, caller.private.name = Subaddress("d"), 5, "P"
    copy = caller.copy()
    assert copy == caller
    assert all(getattr(copy, f.name) == getattr(caller, f.name) for f in fields(CallerId))
    for party in (copy, copy.private, copy.ani):
        party.number, party.subaddress = "2", Subaddress("other")
    copy.dialed.number, copy.dialed.subaddress = "8", Subaddress("other")
    assert (caller.number, caller.private.number, caller.ani.number) == ("1", "", "")
    assert caller.subaddress.text == caller.private.subaddress.text == "sub"
    assert (caller.dnid, caller.dialed.subaddress.text) == ("9", "d")
