import pytest

from switchroom.pbx.caller_id import CallerId, parse_caller_id


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
