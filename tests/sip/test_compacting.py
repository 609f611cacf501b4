from switchroom.sip.compacting import compact
from switchroom.sip.events import Send
from switchroom.sip.flow import Flow
from switchroom.sip.message import Request
from switchroom.sip.parser import parse_datagram
from switchroom.sip.stack_config import StackConfig
from tests.sip.peers import make_stack

INVITE = (
    b"INVITE sip:bob@host SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP a:5060;branch=z9hG4bK1\r\n"
    b"From: <sip:ann@a>;tag=1\r\n"
    b"To: <sip:bob@host>\r\n"
    b"Call-ID: one@a\r\n"
    b"CSeq: 1 INVITE\r\n"
    b"Contact: <sip:ann@a>\r\n"
    b"Supported: timer\r\n"
    b"X-Own: Via: no header\r\n"
    b"Content-Type: text/plain\r\n"
    b"Content-Length: 10\r\n"
    b"\r\n"
    b"Via: body\r\n"
)


def test_it_is_shorter_and_means_the_same() -> None:
    short = compact(INVITE)
    assert b"\r\nv: SIP/2.0/UDP a:5060;branch=z9hG4bK1\r\nf: <sip:ann@a>;tag=1\r\nt: " in short
    assert b"\r\nl: 10\r\n\r\nVia: body" in short
    assert b"X-Own: Via: no header" in short
    one, two = parse_datagram(INVITE[:-1]), parse_datagram(short[:-1])
    assert isinstance(one, Request)
    assert isinstance(two, Request)
    assert one.fields == two.fields
    assert one.body == two.body


def test_what_is_no_message_stays() -> None:
    for data in (b"", b"\r\n\r\n", b"\x00\x01", b"no colon\r\nhere"):
        assert compact(data) == data


def test_a_stack_that_is_told_to_sends_short_names() -> None:
    stack = make_stack(config=StackConfig(compacts=True))
    flow = Flow("udp", ("192.0.2.1", 5060), ("192.0.2.2", 5060))
    bye = INVITE.replace(b"INVITE", b"BYE").replace(
        b"<sip:bob@host>\r\n", b"<sip:bob@host>;tag=2\r\n"
    )
    stack.receive(bye[:-1], flow, now=0.0)
    (sent,) = (each for each in stack.take_output() if isinstance(each, Send))
    assert sent.data.startswith(b"SIP/2.0 481 ")
    assert b"\r\ni: one@a\r\n" in sent.data
    assert b"Call-ID" not in sent.data
