import pytest

from switchroom.sip.events import Send
from switchroom.sip.flow import Flow
from switchroom.sip.parser import parse_datagram
from switchroom.sip.refusal import acknowledges_refusal, new_call
from switchroom.sip.stack_config import StackConfig
from tests.sip.peers import make_stack
from tests.sip.test_robustness import INVITE

REMOTE = ("192.0.2.77", 6060)


def refuse(data: bytes) -> bytes:
    call = new_call(data)
    assert call is not None
    return call.refusal(REMOTE, "Switchroom", "abc")


def test_it_says_what_the_stack_would_say() -> None:
    stack = make_stack(config=StackConfig(max_sessions=0))
    stack.receive(INVITE, Flow("udp", REMOTE, ("192.0.2.2", 5060)), now=0.0)
    (sent,) = stack.take_output()
    assert isinstance(sent, Send)
    slow, quick = parse_datagram(sent.data), parse_datagram(refuse(INVITE))
    assert quick.fields.pop("to") == ["<sip:bob@192.0.2.2>;tag=fullabc"]
    del slow.fields["to"]
    assert quick.fields == slow.fields
    assert quick.get("retry-after") == "5"
    assert quick.get("via").endswith(";rport=6060;received=192.0.2.77")


def test_its_key_is_that_of_the_transaction() -> None:
    stack = make_stack()
    stack.receive(INVITE, Flow("udp", REMOTE, ("192.0.2.2", 5060)), now=0.0)
    call = new_call(INVITE.replace(b"Via:", b"v :"))
    assert call is not None
    assert call.key in stack.servers


def test_every_hop_stays_in_its_order() -> None:
    data = INVITE.replace(b"Max-", b"Via: SIP/2.0/TCP a;branch=z9hG4bK1\r\nMax-", 1)
    assert parse_datagram(refuse(data)).fields["via"][1] == "SIP/2.0/TCP a;branch=z9hG4bK1"


@pytest.mark.parametrize(
    "data",
    [
        INVITE.replace(b"INVITE", b"OPTIONS"),
        INVITE.replace(b"bob@192.0.2.2>\r\nCall", b"bob@192.0.2.2> ; Tag = 5\r\nCall"),
        INVITE.replace(b"Max-Forwards: 70", b"Subject: a\r\n folded"),
        INVITE.replace(b"branch=z9hG4bKx", b"branch=1"),
        INVITE.replace(b"Call-ID: c1\r\n", b""),
        INVITE.replace(b"Call-ID: c1\r\n", b"Call-ID: c1\r\ni: c2\r\n"),
        b"INVITE ",
        b"",
    ],
    ids=[
        "method",
        "in a dialog",
        "folded",
        "rfc 2543",
        "no Call-ID",
        "two Call-IDs",
        "cut",
        "none",
    ],
)
def test_what_is_left_to_the_parser(data: bytes) -> None:
    assert new_call(data) is None


@pytest.mark.parametrize(
    ("to", "refused"), [(b"<sip:b@x>;tag=fullabc", True), (b"<sip:b@x>;tag=t1", False)]
)
def test_the_ack_of_a_refusal_is_known(to: bytes, refused: bool) -> None:  # noqa: FBT001  # a case
    data = INVITE.replace(b"INVITE", b"ACK").replace(b"<sip:bob@192.0.2.2>", to)
    assert acknowledges_refusal(data) is refused
    assert not acknowledges_refusal(data.replace(b"ACK", b"BYE"))
