import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switchroom.ami.message import Action, Message
from switchroom.ami.wire import MAX_HEADERS, MAX_LINE_BYTES, ActionReader, WireError

PING = b"Action: Ping\r\nActionID: 7\r\n\r\n"


def headers(actions: list[Action]) -> list[tuple[tuple[str, str], ...]]:
    return [each.headers for each in actions]


def test_an_action_is_the_same_however_it_arrives() -> None:
    whole = headers(ActionReader().feed(PING + b"\r\n" + PING))
    assert whole == [(("Action", "Ping"), ("ActionID", "7"))] * 2
    reader = ActionReader()
    single = [each for byte in PING for each in reader.feed(bytes([byte]))]
    assert headers(single) == whole[:1]
    assert not reader.has_begun


def test_bare_line_feeds_and_blanks_are_taken() -> None:
    found = ActionReader().feed(b"action:Originate\nChannel :  Local/1@a:b \nnonsense\n\n")
    assert headers(found) == [(("action", "Originate"), ("Channel", "Local/1@a:b"))]
    assert found[0].name == "Originate"


def test_several_headers_of_one_name_are_all_there() -> None:
    action = ActionReader().feed(b"Variable: A=1\r\nvariable: B=2\r\n\r\n")[0]
    assert action.all("VARIABLE") == ["A=1", "B=2"]
    assert action.get("Variable") == "A=1"
    assert action.get("Other", "default") == "default"


@pytest.mark.parametrize(
    "data",
    [
        b"x" * (MAX_LINE_BYTES + 1),
        b"A: " + b"x" * (MAX_LINE_BYTES + 1) + b"\r\n",
        b"A: b\r\n" * (MAX_HEADERS + 1),
    ],
    ids=["line without end", "long line", "many headers"],
)
def test_what_no_client_needs_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        ActionReader().feed(data)


def test_line_ends_in_a_value_begin_no_header() -> None:
    message = Message([("Event", "VarSet"), ("Value", "a\r\nSecret: b\n\nEvent: Forged")])
    assert message.to_bytes() == (
        b"Event: VarSet\r\nValue: a\\r\\nSecret: b\\n\\nEvent: Forged\r\n\r\n"
    )


def test_bytes_that_are_no_text_come_through() -> None:
    action = ActionReader().feed(b"Value: \xff\xfe\r\n\r\n")[0]
    assert Message(action.headers).to_bytes() == b"Value: \xff\xfe\r\n\r\n"


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.binary(max_size=60), max_size=20))
def test_nothing_from_the_network_raises_but_a_wire_error(chunks: list[bytes]) -> None:
    reader = ActionReader()
    whole = ActionReader()
    try:
        found = [each for chunk in chunks for each in reader.feed(chunk)]
        at_once = whole.feed(b"".join(chunks))
    except WireError:
        return
    assert headers(found) == headers(at_once)
    for action in found:
        assert Message(action.headers).to_bytes().endswith(b"\r\n\r\n")
