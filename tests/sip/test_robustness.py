from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchroom.sip.events import InviteReceived, RequestReceived, Send
from switchroom.sip.flow import Flow
from switchroom.sip.stack import SipStack
from switchroom.sip.stack_config import StackConfig
from tests.sip.peers import OFFER, make_stack

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "rfc4475"
FLOW = Flow("udp", ("192.0.2.9", 5999), ("192.0.2.2", 5060))

#: What a message must get: statuses, or what the layer above is given. RFC 4475's own verdicts; where it
#: leaves a choice, ours. wsinv carries a To tag: it is read, and belongs to no dialog of ours.
VERDICTS: dict[str, str] = {
    "wsinv": "481", "intmeth": "501", "esc01": "invite", "escnull": "request", "esc02": "501",
    "lwsdisp": "request", "longreq": "invite", "dblreq": "request", "semiuri": "request",
    "transports": "request", "mpart01": "405", "unreason": "dropped", "noreason": "dropped",
    "badinv01": "400", "clerr": "400", "ncl": "400", "scalar02": "400", "scalarlg": "dropped",
    "quotbal": "400", "ltgtruri": "400", "lwsruri": "400", "lwsstart": "400", "trws": "400",
    "escruri": "400", "baddate": "invite", "regbadct": "400", "badaspec": "400", "baddn": "request",
    "badvers": "505", "mismatch01": "400", "mismatch02": "400", "bigcode": "dropped",
    "badbranch": "request", "insuf": "400", "unkscm": "416", "novelsc": "416", "unksm2": "400",
    "bext01": "420", "invut": "415", "regaut01": "request", "multi01": "400", "mcl01": "400",
    "bcast": "dropped", "zeromf": "request", "cparam01": "request", "cparam02": "request",
    "regescrt": "request", "sdp01": "406", "inv2543": "invite",
}  # fmt: skip


def outcome(stack: SipStack, data: bytes) -> str:
    stack.receive(data, FLOW, now=0.0)
    for item in stack.take_output():
        if isinstance(item, InviteReceived):
            return "invite"
        if isinstance(item, RequestReceived):
            return "request"
        if isinstance(item, Send) and not item.data.startswith(b"SIP/2.0 100"):
            return item.data.split()[1].decode()
    return "dropped"


@pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the messages of RFC 4475 are not beside the project"
)
@pytest.mark.parametrize("name", VERDICTS)
def test_rfc_4475(name: str) -> None:
    stack = make_stack()
    assert outcome(stack, (FOLDER / f"{name}.dat").read_bytes()) == VERDICTS[name]


INVITE = (
    "INVITE sip:bob@192.0.2.2 SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKx;rport\r\n"
    "Max-Forwards: 70\r\nFrom: <sip:a@192.0.2.9>;tag=1\r\nTo: <sip:bob@192.0.2.2>\r\n"
    "Call-ID: c1\r\nCSeq: 1 INVITE\r\nContact: <sip:a@192.0.2.9>\r\n"
    f"Content-Type: application/sdp\r\nContent-Length: {len(OFFER)}\r\n\r\n{OFFER}"
).encode()
OPTIONS = INVITE.partition(b"\r\n\r\n")[0].replace(b"INVITE", b"OPTIONS").replace(
    str(len(OFFER)).encode(), b"0"
).replace(b"z9hG4bKx", b"z9hG4bKy") + b"\r\n\r\n"  # fmt: skip


@given(st.binary(max_size=300))
def test_no_octets_raise(data: bytes) -> None:
    stack = make_stack()
    outcome(stack, data)
    assert outcome(stack, OPTIONS) == "request"


@settings(max_examples=400)
@given(st.data())
def test_no_mutation_raises(data: st.DataObject) -> None:
    stack = make_stack()
    message = bytearray(INVITE)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(message) - 1))
        match data.draw(st.sampled_from(["change", "remove", "repeat"])):
            case "change":
                message[at] = data.draw(st.integers(0, 255))
            case "remove":
                del message[at : at + data.draw(st.integers(1, 20))]
            case _:
                message[at:at] = message[max(0, at - 20) : at]
        if not message:
            break
    outcome(stack, bytes(message))
    stack.tick(now=100.0)
    assert outcome(stack, OPTIONS.replace(b"z9hG4bKy", b"z9hG4bKz")) == "request"


def test_a_request_that_came_over_two_ways_is_refused_once() -> None:
    stack = make_stack()
    assert outcome(stack, INVITE) == "invite"
    assert outcome(stack, INVITE.replace(b"z9hG4bKx", b"z9hG4bKother")) == "482"


def test_a_retransmission_gets_the_same_answer_and_no_second_event() -> None:
    stack = make_stack()
    stack.receive(INVITE, FLOW, now=0.0)
    first = [item for item in stack.take_output() if isinstance(item, Send)]
    stack.receive(INVITE, FLOW, now=0.5)
    assert stack.take_output() == first


def test_responses_go_where_the_request_came_from() -> None:
    stack = make_stack()
    stack.receive(INVITE, FLOW, now=0.0)
    (invite,) = stack.take_output()
    assert isinstance(invite, InviteReceived)
    invite.session.trying(now=0.0)
    stack.tick(now=0.2)
    (trying,) = [item for item in stack.take_output() if isinstance(item, Send)]
    assert trying.flow == FLOW
    assert b"branch=z9hG4bKx;rport=5999\r\n" in trying.data


def test_too_many_sessions_are_refused_at_once() -> None:
    stack = make_stack(config=StackConfig(max_sessions=1))
    assert outcome(stack, INVITE) == "invite"
    second = INVITE.replace(b"Call-ID: c1", b"Call-ID: c2").replace(b"z9hG4bKx", b"z9hG4bKq")
    stack.receive(second, FLOW, now=0.0)
    (sent,) = stack.take_output()
    assert isinstance(sent, Send)
    assert sent.data.startswith(b"SIP/2.0 503 ")
    assert b"\r\nRetry-After: 5\r\n" in sent.data
    assert len(stack.servers) == 1


def test_too_many_transactions_are_refused_at_once() -> None:
    stack = make_stack(config=StackConfig(max_transactions=1))
    assert outcome(stack, INVITE) == "invite"
    assert outcome(stack, OPTIONS) == "503"


def test_keep_alives_are_ignored() -> None:
    stack = make_stack()
    for data in (b"", b"\r\n\r\n", b"\0\0\0\0"):
        assert outcome(stack, data) == "dropped"
    assert stack.dropped == 0


@pytest.mark.parametrize(
    ("answer_at", "statuses"), [(0.1, ["180"]), (0.3, ["100", "180"])], ids=["soon", "late"]
)
def test_100_is_sent_where_nothing_else_is_said_in_time(
    answer_at: float, statuses: list[str]
) -> None:
    stack = make_stack()
    stack.receive(INVITE, FLOW, now=0.0)
    (invite,) = stack.take_output()
    assert isinstance(invite, InviteReceived)
    invite.session.trying(now=0.0)
    stack.tick(now=answer_at)
    invite.session.provisional(180, now=answer_at)
    stack.tick(now=1.0)
    sent = [item.data.split()[1].decode() for item in stack.take_output() if isinstance(item, Send)]
    assert sent == statuses


def test_an_invite_that_comes_again_before_gets_its_100_at_once() -> None:
    stack = make_stack()
    stack.receive(INVITE, FLOW, now=0.0)
    (invite,) = stack.take_output()
    assert isinstance(invite, InviteReceived)
    invite.session.trying(now=0.0)
    stack.receive(INVITE, FLOW, now=0.1)
    (sent,) = stack.take_output()
    assert isinstance(sent, Send)
    assert sent.data.startswith(b"SIP/2.0 100 ")
    stack.tick(now=0.5)
    assert stack.take_output() == []
