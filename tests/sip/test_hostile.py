"""What somebody can send who means harm: nothing of it raises, takes long, or is passed on."""

import time
from collections.abc import Callable

import pytest

from switchroom.sdp.crypto import parse_crypto
from switchroom.sdp.description import parse_description
from switchroom.sip.dialog import Dialog
from switchroom.sip.digest import (
    Account,
    Authenticator,
    Verdict,
    ha1_of,
    parse_challenges,
    parse_credentials,
    prove,
)
from switchroom.sip.events import EndReason, InviteReceived, RequestReceived, Send
from switchroom.sip.flow import Flow
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.headers.via import parse_via
from switchroom.sip.message import Request, Response, build_request
from switchroom.sip.parser import MalformedMessageError, StreamParser, parse_datagram
from switchroom.sip.refusal import new_call
from switchroom.sip.stack import SipStack
from switchroom.sip.uri import parse_uri
from tests.sip.peers import OFFER, make_stack

FLOW = Flow("udp", ("192.0.2.9", 5999), ("192.0.2.2", 5060))
BRIEF = 0.25  #: seconds of processor time; what is guarded against took several, or minutes

REQUEST = (
    "OPTIONS sip:bob@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx;rport\r\n"
    "From: <sip:a@192.0.2.9>;tag=1\r\nTo: <sip:bob@192.0.2.2>\r\nCall-ID: c1\r\n"
    "CSeq: 1 OPTIONS\r\n\r\n"
)


def statuses(stack: SipStack) -> list[int]:
    sent = [item for item in stack.take_output() if isinstance(item, Send)]
    return [int(item.data.split()[1]) for item in sent]


def took(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


# what takes long


def test_a_via_with_many_spaces_is_read_once() -> None:
    text = f"SIP/2.0/UDP host{' ' * 8000}x"

    def read() -> None:
        with pytest.raises(Exception, match="Bad Via"):
            parse_via(text)

    assert took(read) < BRIEF


def test_a_via_without_end_is_looked_at_once_under_load() -> None:
    data = REQUEST.replace("OPTIONS", "INVITE").replace("192.0.2.9;branch", f"{'a' * 60000};brunch")
    assert took(lambda: new_call(data.encode())) < BRIEF


def test_a_body_in_single_octets_does_not_have_its_head_read_again() -> None:
    lines = "".join(f"X-{number}: {'a' * 230}\r\n" for number in range(240))
    end = f"CSeq: 1 OPTIONS\r\n{lines}Content-Length: 5000\r\n\r\n"
    parser = StreamParser()
    assert parser.feed(REQUEST.replace("CSeq: 1 OPTIONS\r\n\r\n", end).encode()) == []
    found: list[object] = []

    def drip() -> None:
        for _ in range(5000):
            found.extend(parser.feed(b"x"))

    assert took(drip) < BRIEF
    (message,) = found
    assert isinstance(message, Request)
    assert message.body == b"x" * 5000
    assert parser.waiting_bytes == 0


def test_a_message_whose_body_has_not_begun_is_unfinished() -> None:
    parser = StreamParser()
    parser.feed(REQUEST.replace("\r\n\r\n", "\r\nContent-Length: 1\r\n\r\n").encode())
    assert parser.waiting_bytes > 0


# what raised


@pytest.mark.parametrize("digits", ["9" * 5000, "٣" * 11])
def test_a_number_too_long_for_a_cseq(digits: str) -> None:
    stack = make_stack()
    stack.receive(REQUEST.replace("CSeq: 1", f"CSeq: {digits}").encode(), FLOW, now=0.0)
    assert statuses(stack) == [400]


@pytest.mark.parametrize("line", ["a=ptime:", "a=fmtp:"])
def test_numbers_too_long_for_a_description(line: str) -> None:
    description = parse_description(f"{OFFER}{line}{'9' * 5000}\r\n")
    assert description.media[0].ptime is None
    assert description.media[0].formats[0].parameters == ""


def test_a_format_too_long_for_a_payload_type() -> None:
    description = parse_description(OFFER.replace("AVP 0", f"AVP {'9' * 5000} 0"))
    assert [each.payload_type for each in description.media[0].formats] == [0]


def test_a_key_of_letters_that_no_base64_has() -> None:
    assert parse_crypto(f"1 AES_CM_128_HMAC_SHA1_80 inline:{'ä' * 40}") is None


def known(algorithm: str) -> str:
    return ha1_of("alice", "pbx", "right", algorithm)


@pytest.mark.parametrize("where", ["response", "nonce"])
def test_credentials_that_are_not_even_utf_8(where: str) -> None:
    judge = Authenticator(b"k" * 16)
    challenge = parse_challenges(judge.challenges("pbx", now=0.0))[0]
    value = prove(challenge, Account("alice", "right"), "INVITE", "sip:x", cnonce="c")
    credentials = parse_credentials(value.replace(f'{where}="', f'{where}="\udcff'))
    verdict = judge.judge(credentials, "INVITE", known, now=0.0)
    assert verdict is (Verdict.WRONG if where == "response" else Verdict.MISSING)


# who proves what


def answer(judge: Authenticator, password: str, *, host: str, qop: bool = True) -> str:
    challenge = judge.challenges("pbx", now=0.0, host=host)[0]
    if not qop:
        challenge = challenge.replace(',qop="auth"', "")
    asked = parse_challenges([challenge])[0]
    return prove(asked, Account("alice", password), "INVITE", "sip:x", cnonce="c")


def test_an_answer_without_a_count_is_good_once() -> None:
    judge = Authenticator(b"k" * 16)
    credentials = parse_credentials(answer(judge, "right", host="", qop=False))
    assert judge.judge(credentials, "INVITE", known, now=1.0) is Verdict.GOOD
    assert judge.judge(credentials, "INVITE", known, now=1.1) is Verdict.STALE


@pytest.mark.parametrize(
    ("password", "host", "verdict"),
    [
        ("right", "192.0.2.9", Verdict.GOOD),
        ("right", "192.0.2.66", Verdict.STALE),
        ("wrong", "192.0.2.9", Verdict.WRONG),
        ("wrong", "192.0.2.66", Verdict.MISSING),
    ],
)
def test_a_nonce_is_for_the_host_that_was_asked(password: str, host: str, verdict: Verdict) -> None:
    """Otherwise wrong passwords under a false address would have somebody else banned."""
    judge = Authenticator(b"k" * 16)
    credentials = parse_credentials(answer(judge, password, host="192.0.2.9"))
    assert judge.judge(credentials, "INVITE", known, now=1.0, host=host) is verdict


def test_who_is_refused_once_leaves_nothing_behind() -> None:
    stack = make_stack()
    invite = REQUEST.replace("OPTIONS", "INVITE").encode()
    for _ in range(2):  # a retransmission: it is refused again
        stack.receive(invite, FLOW, now=0.0)
        event = stack.take_output()[0]
        assert isinstance(event, InviteReceived)
        assert event.session.incoming is not None
        event.session.incoming.answer_once(401, headers=[("WWW-Authenticate", "Digest x")])
        event.session.finish(EndReason.LOCAL)
        assert statuses(stack) == [401]
        assert (stack.servers, stack.sessions, stack.merging) == ({}, {}, {})
    stack.receive(invite.replace(b"INVITE sip", b"ACK sip").replace(b"1 INVITE", b"1 ACK"), FLOW,
                  now=0.1)  # fmt: skip
    stack.tick(now=40.0)
    assert statuses(stack) == []


# what would be passed on


@pytest.mark.parametrize("end", ["\n", "\r"])
def test_a_line_end_within_a_header_is_none(end: str) -> None:
    stack = make_stack()
    bad = REQUEST.replace("<sip:a@", f'"Bob{end}Contact: x" <sip:a@')
    stack.receive(bad.encode(), FLOW, now=0.0)
    assert statuses(stack) == [400]
    with pytest.raises(MalformedMessageError):
        parse_datagram(REQUEST.replace("bob@", f"b{end}b@", 1).encode())


def test_folded_lines_are_read_all_the_same() -> None:
    message = parse_datagram(REQUEST.replace("CSeq: 1 ", "CSeq: 1\r\n  ").encode())
    assert message.cseq == (1, "OPTIONS")


def test_escaped_line_ends_of_a_user_stay_escaped() -> None:
    uri = parse_uri("sip:1%0D%0AAction%3a%20x%00%7f@pbx")
    assert uri.user == "1%0D%0AAction: x%00%7f"


def test_nothing_that_we_write_ends_a_line_early() -> None:
    headers = [("From", '"a\r\nContact: evil" <sip:a@b>'), ("To", "<sip:\nx@y>")]
    data = build_request("INVITE", "sip:a\r\nb", headers, b"\n")
    assert data.split(b"\r\n") == [
        b"INVITE sip:a b SIP/2.0", b'From: "a Contact: evil" <sip:a@b>', b"To: <sip: x@y>",
        b"Content-Length: 1", b"", b"\n",
    ]  # fmt: skip


# what was misread


def test_rport_with_spaces_before_it() -> None:
    stack = make_stack()
    stack.receive(REQUEST.replace(";rport", "; rport").encode(), FLOW, now=0.0)
    (event,) = stack.take_output()
    assert isinstance(event, RequestReceived)
    assert event.incoming.request.get("via") == ("SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx;rport=5999")


def test_a_contact_with_a_comma_in_its_name() -> None:
    dialog = Dialog("c", "l", "r", NameAddr("sip:a@b"), NameAddr("sip:c@d"), "sip:old@d")
    dialog.refresh_target(
        Response(200, "OK", {"contact": ['"Doe, John" <sip:new@d>;q=1, <sip:o>']})
    )
    assert dialog.remote_target == "sip:new@d"


@pytest.mark.parametrize("host", ["999.1.1.1", "1.2.3", "[::1::]", "10.0.0.256"])
def test_what_only_looks_like_an_address_leads_nowhere_else(host: str) -> None:
    """To send there would mean to ask the DNS for a name, and to wait for it."""
    stack = make_stack()
    invite = REQUEST.replace("OPTIONS", "INVITE").replace(
        "CSeq", f"Contact: <sip:a@{host}>\r\nCSeq"
    )
    stack.receive(invite.encode(), FLOW, now=0.0)
    (event,) = stack.take_output()
    assert isinstance(event, InviteReceived)
    assert stack.flow_to(event.session) == FLOW
