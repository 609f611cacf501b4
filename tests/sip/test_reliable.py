"""Reliable provisional responses, both roles: back to back on a network that loses."""

import pytest

from switchroom.sip.client import NewCall
from switchroom.sip.events import (
    EndReason,
    InviteReceived,
    OfferReceived,
    SessionAcknowledged,
    SessionAnswered,
    SessionEnded,
    SessionProgress,
)
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.message import Request, Response
from switchroom.sip.reliable import MAX_FORKS, HeardReliable, Reliable, is_reliable
from switchroom.sip.session import Session, SessionState
from switchroom.sip.session_timer import TimerPolicy
from switchroom.sip.stack_config import StackConfig
from switchroom.sip.validation import RefusedRequestError
from tests.sip.peers import ANSWER, OFFER, Lose, Pair, make_stack

CONFIG = StackConfig(
    methods=frozenset({"INVITE", "ACK", "BYE", "CANCEL", "UPDATE", "PRACK"}),
    extensions=frozenset({"timer", "100rel"}),
)


def ring(
    mine: Reliable, theirs: Reliable, *, lose: Lose = lambda _: False, sdp: str = OFFER
) -> tuple[Pair, Session, Session]:
    pair = Pair(lose=lose)
    pair.alice, pair.bob = make_stack("a", CONFIG), make_stack("b", CONFIG)
    what = NewCall("sip:bob@192.0.2.2", sdp, NameAddr("sip:alice@192.0.2.1"), reliable=mine)
    session = pair.alice.invite(what, pair.to_bob, now=pair.now)
    pair.settle()
    received = pair.events["bob"][-1]
    assert isinstance(received, InviteReceived)
    received.session.negotiate(TimerPolicy(), theirs)
    pair.sent.clear()
    return pair, session, received.session


@pytest.mark.parametrize(
    ("mine", "theirs", "reliably"),
    [
        (Reliable.NO, Reliable.PEER_SUPPORTED, False),
        (Reliable.YES, Reliable.NO, False),
        (Reliable.YES, Reliable.YES, False),
        (Reliable.YES, Reliable.PEER_SUPPORTED, True),
        (Reliable.YES, Reliable.REQUIRED, True),
        (Reliable.REQUIRED, Reliable.YES, True),
    ],
)
def test_when_a_response_is_acknowledged(
    mine: Reliable, theirs: Reliable, *, reliably: bool
) -> None:
    pair, session, called = ring(mine, theirs)
    called.provisional(180, now=pair.now)
    pair.settle()
    expected = ["bob 180", "alice PRACK", "bob 200"] if reliably else ["bob 180"]
    assert pair.sent == expected
    assert pair.last("alice") == SessionProgress(session, 180, "")
    pair.sent.clear()
    called.accept(ANSWER, now=pair.now)
    pair.settle()
    assert pair.sent == ["bob 200", "alice ACK"]
    pair.advance(60)
    assert not session.is_ended
    assert not called.is_ended


@pytest.mark.parametrize(
    ("mine", "theirs", "status"),
    [(Reliable.REQUIRED, Reliable.NO, 420), (Reliable.NO, Reliable.REQUIRED, 421)],
)
def test_what_does_not_go_together(mine: Reliable, theirs: Reliable, status: int) -> None:
    with pytest.raises(RefusedRequestError) as raised:
        ring(mine, theirs)
    assert raised.value.sip_status == status


def test_a_response_is_repeated_until_it_is_acknowledged() -> None:
    lost = {2, 4}  # the 180, then the PRACK of the second
    pair, _, called = ring(Reliable.YES, Reliable.REQUIRED, lose=lambda n: n in lost)
    called.provisional(180, now=pair.now)
    pair.settle()
    pair.advance(10)
    assert pair.sent == [
        "bob 180 lost", "bob 180", "alice PRACK lost", "alice PRACK", "bob 200",
    ]  # fmt: skip
    assert (
        pair.events["alice"].count(SessionProgress(next(iter(pair.alice.sessions.values())), 180))
        == 1
    )


def test_the_next_response_waits_and_the_answer_waits_for_a_description() -> None:
    pair, mine, called = ring(Reliable.YES, Reliable.REQUIRED, lose=lambda n: n == 2)
    called.provisional(183, now=pair.now, sdp=ANSWER)
    called.provisional(180, now=pair.now)
    called.accept(ANSWER, now=pair.now)
    pair.settle()
    assert pair.sent == ["bob 183 lost"]
    assert mine.state is SessionState.OUTGOING
    pair.advance(1)
    assert pair.sent[:3] == ["bob 183 lost", "bob 183", "alice PRACK"]
    assert pair.sent.index("bob 180") > 2
    assert "alice ACK" in pair.sent
    assert SessionAnswered(mine, ANSWER) in pair.events["alice"]
    assert called.state is SessionState.CONFIRMED


def test_nobody_acknowledges() -> None:
    pair, mine, called = ring(Reliable.YES, Reliable.REQUIRED)
    pair._lose = lambda n: True
    called.provisional(183, now=pair.now, sdp=ANSWER)
    called.accept(ANSWER, now=pair.now)
    pair.settle()
    pair.advance(70)
    assert SessionEnded(called, EndReason.TIMED_OUT) in pair.events["bob"]
    assert "bob 504 lost" in pair.sent
    assert mine.state is not SessionState.CONFIRMED


def test_an_offer_of_ours_is_answered_in_the_prack_of_a_peer() -> None:
    """The INVITE had none: the caller here is written by hand, since ours always offers."""
    pair, _, called = ring(Reliable.YES, Reliable.REQUIRED)
    called.provisional(183, now=pair.now, sdp=OFFER)
    sent = pair.bob.take_output()
    text = sent[-1].data.decode()  # type: ignore[union-attr]  # the 183
    rseq = next(line for line in text.splitlines() if line.startswith("RSeq")).split()[1]
    to = next(line for line in text.splitlines() if line.startswith("To:"))
    prack = (
        f"PRACK sip:bob@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKp\r\n"
        f"From: <sip:alice@192.0.2.1>;tag={called.dialog.remote_tag}\r\n{to}\r\n"
        f"Call-ID: {called.call_id}\r\nCSeq: 2 PRACK\r\nRAck: {rseq} 1 INVITE\r\n"
        f"Content-Type: application/sdp\r\nContent-Length: {len(ANSWER)}\r\n\r\n{ANSWER}"
    )
    wrong = (
        prack.replace(f"RAck: {rseq}", "RAck: 7")
        .replace("z9hG4bKp", "z9hG4bKq")
        .replace("CSeq: 2", "CSeq: 3")
    )
    back = pair.to_bob._replace(remote=pair.to_bob.local, local=pair.to_bob.remote)
    pair.bob.receive(prack.encode(), back, now=pair.now)
    pair.bob.receive(wrong.encode(), back, now=pair.now)
    pair.settle()
    assert pair.sent == ["bob 200", "bob 481"]
    assert SessionAcknowledged(called, ANSWER) in pair.events["bob"]


def test_early_updates() -> None:
    pair, mine, called = ring(Reliable.YES, Reliable.REQUIRED)
    called.provisional(183, now=pair.now, sdp=ANSWER)
    pair.settle()
    pair.sent.clear()
    pair.alice.request_in_dialog(
        mine,
        "UPDATE",
        now=pair.now,
        headers=[("Content-Type", "application/sdp")],
        body=OFFER.encode(),
    )
    pair.settle()
    assert pair.last("bob") == OfferReceived(called, OFFER)
    called.answer_offer(ANSWER, now=pair.now)
    pair.settle()
    assert pair.sent == ["alice UPDATE", "bob 200"]


def test_an_update_before_anything_was_agreed_is_put_off() -> None:
    pair, mine, called = ring(Reliable.NO, Reliable.NO)
    called.provisional(180, now=pair.now)
    pair.settle()
    pair.sent.clear()
    content = [("Content-Type", "application/sdp")]
    pair.alice.request_in_dialog(mine, "UPDATE", now=pair.now, headers=content, body=OFFER.encode())
    pair.settle()
    pair.bob.request_in_dialog(called, "UPDATE", now=pair.now, headers=content, body=OFFER.encode())
    pair.settle()
    assert pair.sent == ["alice UPDATE", "bob 500", "bob UPDATE", "alice 491"]


def response(rseq: str, tag: str = "1") -> Response:
    return Response(183, "", {"rseq": [rseq], "to": [f"<sip:x>;tag={tag}"]})


def test_responses_that_come_again_or_out_of_order_are_not_acknowledged() -> None:
    heard = HeardReliable()
    numbers = ["5", "5", "7", "6", "7", "x", ""]
    assert [heard.is_new(response(n)) for n in numbers] == [
        True, False, False, True, True, False, False,
    ]  # fmt: skip
    assert heard.is_new(response("1", "another fork"))
    many = [heard.is_new(response("1", f"fork {n}")) for n in range(100)]
    assert sum(many) == MAX_FORKS - 2


@pytest.mark.parametrize(
    ("policy", "fields", "expected"),
    [
        (Reliable.YES, {"supported": ["100REL"]}, False),
        (Reliable.PEER_SUPPORTED, {"supported": ["timer, 100REL"]}, True),
        (Reliable.NO, {"supported": ["100rel"]}, False),
        (Reliable.YES, {"require": ["100rel"]}, True),
    ],
)
def test_policy(policy: Reliable, fields: dict[str, list[str]], *, expected: bool) -> None:
    assert is_reliable(policy, Request("INVITE", "sip:x", fields)) is expected
