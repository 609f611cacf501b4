"""Re-INVITEs of ours (RFC 3261 §14), and requests whose transport fails (§17.1.4)."""

import pytest

from switchroom.sip.client import NewCall, NewRequest
from switchroom.sip.digest import Account, Authenticator, parse_credentials
from switchroom.sip.errors import LocalSipError
from switchroom.sip.events import (
    EndReason,
    InviteReceived,
    OfferAnswered,
    OfferReceived,
    OfferRefused,
    RequestTimedOut,
    Send,
    SessionEnded,
)
from switchroom.sip.flow import Flow
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.message import Request
from switchroom.sip.parser import parse_datagram
from switchroom.sip.session import Session, SessionState
from tests.sip.peers import ALICE, ANSWER, BOB, OFFER, Lose, Pair, make_stack

HOLD = OFFER + "a=sendonly\r\n"
HELD = ANSWER + "a=recvonly\r\n"


def talk(pair: Pair, *, account: Account | None = None) -> tuple[Session, Session]:
    what = NewCall("sip:bob@192.0.2.2", OFFER, NameAddr("sip:alice@192.0.2.1"), account=account)
    mine = pair.alice.invite(what, pair.to_bob, now=pair.now)
    pair.settle()
    received = pair.events["bob"][-1]
    assert isinstance(received, InviteReceived)
    contact = ("Contact", "<sip:bob@192.0.2.2:5060>")
    received.session.accept(ANSWER, now=pair.now, headers=[contact])
    pair.settle()
    assert mine.state is SessionState.CONFIRMED
    pair.sent.clear()
    return mine, received.session


def test_an_offer_is_answered_and_acknowledged() -> None:
    pair = Pair()
    mine, theirs = talk(pair)
    mine.offer(HOLD, now=pair.now)
    pair.settle()
    assert pair.last("bob") == OfferReceived(theirs, HOLD)
    theirs.answer_offer(HELD, now=pair.now)
    pair.settle()
    assert pair.sent == ["alice INVITE", "bob 100", "bob 200", "alice ACK"]
    assert pair.last("alice") == OfferAnswered(mine, HELD)
    assert mine.remote_sdp == HELD
    mine.offer(OFFER, now=pair.now)  # and once more
    pair.settle()
    assert pair.last("bob") == OfferReceived(theirs, OFFER)


def test_the_called_party_may_offer_too() -> None:
    pair = Pair()
    mine, theirs = talk(pair)
    theirs.offer(HELD, now=pair.now)
    pair.settle()
    assert pair.last("alice") == OfferReceived(mine, HELD)
    mine.answer_offer(HOLD, now=pair.now)
    pair.settle()
    assert pair.last("bob") == OfferAnswered(theirs, HOLD)


def test_a_lost_ack_is_sent_again() -> None:
    lost: list[int] = []
    pair = Pair(lose=lambda n: n in lost)
    mine, theirs = talk(pair)
    lost.append(4 + 3)  # INVITE, 100, 200, ACK; INVITE, 100, 200, ACK
    mine.offer(HOLD, now=pair.now)
    pair.settle()
    theirs.answer_offer(HELD, now=pair.now)
    pair.settle()
    pair.advance(1)
    assert pair.sent[-3:] == ["alice ACK lost", "bob 200", "alice ACK"]
    assert sum(isinstance(e, OfferAnswered) for e in pair.events["alice"]) == 1
    pair.advance(60)
    assert theirs.state is SessionState.CONFIRMED


def test_an_offer_is_refused_and_the_session_goes_on() -> None:
    pair = Pair()
    mine, theirs = talk(pair)
    mine.offer(HOLD, now=pair.now)
    pair.settle()
    theirs.refuse_offer(488, now=pair.now)
    pair.settle()
    assert pair.last("alice") == OfferRefused(mine, 488)
    assert mine.remote_sdp == ANSWER
    mine.offer(HOLD, now=pair.now)
    pair.settle()
    assert pair.last("bob") == OfferReceived(theirs, HOLD)


def test_two_offers_that_cross_are_made_again_one_after_the_other() -> None:
    pair = Pair()
    mine, theirs = talk(pair)
    mine.offer(HOLD, now=pair.now)
    theirs.offer(HELD, now=pair.now)
    pair.settle()
    assert pair.sent.count("alice 491") == pair.sent.count("bob 491") == 1
    pair.advance(2)  # the called party waits at most 1.9 s, the caller at least 2.1 s
    assert pair.last("alice") == OfferReceived(mine, HELD)
    mine.answer_offer(OFFER, now=pair.now)
    pair.settle()
    assert pair.last("bob") == OfferAnswered(theirs, OFFER)


def test_an_offer_that_always_meets_another_is_given_up() -> None:
    pair = Pair()
    mine, theirs = talk(pair)
    theirs.offering = theirs.outgoing or object()  # type: ignore[assignment]  # one that never ends
    mine.offer(HOLD, now=pair.now)
    pair.settle()
    pair.advance(20)
    assert pair.sent.count("bob 491") == 4
    assert pair.last("alice") == OfferRefused(mine, 491)


@pytest.mark.parametrize("status", [408, 481])
def test_a_dialog_that_the_peer_has_lost_ends(status: int) -> None:
    pair = Pair()
    mine, theirs = talk(pair)
    mine.offer(HOLD, now=pair.now)
    pair.settle()
    theirs.refuse_offer(status, now=pair.now)
    pair.settle()
    assert SessionEnded(mine, EndReason.TIMED_OUT, status) in pair.events["alice"]
    assert SessionEnded(theirs, EndReason.REMOTE_BYE) in pair.events["bob"]


def test_a_peer_that_is_gone_ends_the_session() -> None:
    deaf = False
    pair = Pair(lose=lambda _: deaf)
    mine, _ = talk(pair)
    deaf = True
    mine.offer(HOLD, now=pair.now)
    pair.settle()
    pair.advance(33)
    assert pair.last("alice") == SessionEnded(mine, EndReason.TIMED_OUT, 408)
    assert "alice BYE lost" in pair.sent


def test_an_answer_after_the_end_is_acknowledged_only() -> None:
    pair = Pair()
    mine, theirs = talk(pair)
    mine.offer(HOLD, now=pair.now)
    pair.settle()
    mine.end(now=pair.now)
    theirs.answer_offer(HELD, now=pair.now)
    pair.settle()
    assert pair.sent.count("alice BYE") == 1
    assert not any(isinstance(e, OfferAnswered) for e in pair.events["alice"])


@pytest.mark.parametrize("when", ["calling", "offering", "asked", "ended"])
def test_an_offer_at_the_wrong_moment_is_our_mistake(when: str) -> None:
    pair = Pair()
    if when == "calling":
        what = NewCall("sip:bob@192.0.2.2", OFFER, NameAddr("sip:alice@192.0.2.1"))
        mine = pair.alice.invite(what, pair.to_bob, now=0.0)
    else:
        mine, theirs = talk(pair)
        match when:
            case "offering":
                mine.offer(HOLD, now=0.0)
            case "asked":
                theirs.offer(HELD, now=0.0)
                pair.settle()
            case _:
                mine.end(now=0.0)
    with pytest.raises(LocalSipError):
        mine.offer(HOLD, now=0.0)


def test_a_challenge_within_the_dialog_is_answered_once() -> None:
    """A proxy on the way may challenge every request, also those of a dialog."""
    pair = Pair()
    mine, theirs = talk(pair, account=Account("alice", "right"))
    judge = Authenticator(b"k" * 16)
    challenge = [("Proxy-Authenticate", judge.challenges("proxy", now=0.0)[0])]
    for _ in range(2):
        mine.offer(HOLD, now=pair.now)
        pair.settle()
        for attempt in range(2):
            asked = theirs.waiting_offer
            assert asked is not None
            credentials = parse_credentials(asked.request.get("proxy-authorization"))
            assert (credentials is not None) is (attempt == 1)
            theirs.waiting_offer = None
            asked.respond(407, now=pair.now, headers=challenge)
            pair.settle()
        assert pair.last("alice") == OfferRefused(mine, 407)


def nothing_comes(_: int) -> bool:
    return True


@pytest.mark.parametrize("lose", [nothing_comes])
def test_an_unreachable_peer_is_told_at_once(lose: Lose) -> None:
    pair = Pair(protocol="tcp", lose=lose)
    call = NewCall("sip:bob@192.0.2.2", OFFER, NameAddr("sip:alice@192.0.2.1"))
    mine = pair.alice.invite(call, pair.to_bob, now=0.0)
    ask = NewRequest("OPTIONS", "sip:bob@192.0.2.2", NameAddr("sip:alice@192.0.2.1"))
    asked = pair.alice.request(ask, pair.to_bob, now=0.0)
    elsewhere = pair.to_bob._replace(remote=("192.0.2.77", 5060))
    other = pair.alice.request(ask, elsewhere, now=0.0)
    assert pair.alice.has_unanswered
    pair.alice.unreachable(pair.to_bob, now=0.0)
    pair.settle()
    assert pair.events["alice"] == [
        SessionEnded(mine, EndReason.TIMED_OUT, 503),
        RequestTimedOut(asked),
    ]
    assert list(pair.alice.clients.values()) == [other]


def test_a_call_gives_up_when_it_is_told_to() -> None:
    pair = Pair(lose=nothing_comes)
    call = NewCall("sip:bob@192.0.2.2", OFFER, NameAddr("sip:alice@192.0.2.1"), give_up_after=10.0)
    mine = pair.alice.invite(call, pair.to_bob, now=0.0)
    pair.settle()
    pair.advance(9.9)
    assert not mine.is_ended
    pair.advance(0.1)
    assert pair.events["alice"] == [SessionEnded(mine, EndReason.TIMED_OUT, 408)]
    assert not pair.alice.has_unanswered


def test_a_reinvite_goes_to_the_contact_of_the_peer() -> None:
    pair = Pair()
    mine, _ = talk(pair)
    mine.offer(HOLD, now=pair.now)
    sent = [item for item in pair.alice.take_output() if hasattr(item, "data")]
    request = parse_datagram(sent[0].data)
    assert isinstance(request, Request)
    assert request.uri == "sip:192.0.2.2:5060"
    assert request.to.tag
    assert request.cseq == (2, "INVITE")


def test_an_offer_of_theirs_waits_for_the_answer_to_ours() -> None:
    """The INVITE had none, our 2xx had one, and its ACK is not there yet (RFC 3261 §14.2)."""
    stack = make_stack()
    flow = Flow("udp", ALICE, BOB)

    def receive(method: str, number: int, sdp: str = "", to: str = "") -> list[str]:
        kind = "Content-Type: application/sdp\r\n" if sdp else ""
        text = (
            f"{method} sip:bob@192.0.2.2 SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{method}{number}\r\nMax-Forwards: 70\r\n"
            "From: <sip:alice@192.0.2.1>;tag=a\r\nCall-ID: late\r\n"
            f"To: <sip:bob@192.0.2.2>{to}\r\nCSeq: {number} {method}\r\n"
            f"Contact: <sip:alice@192.0.2.1>\r\n{kind}Content-Length: {len(sdp)}\r\n\r\n{sdp}"
        )
        stack.receive(text.encode(), flow, now=0.0)
        output = stack.take_output()
        for event in output:
            if isinstance(event, InviteReceived):
                event.session.accept(OFFER, now=0.0)
                output += stack.take_output()
        return [item.data.decode() for item in output if isinstance(item, Send)]

    accepted = receive("INVITE", 1)[-1]
    assert accepted.startswith("SIP/2.0 200 ")
    tag = f";tag={parse_datagram(accepted.encode()).to.tag}"
    assert receive("INVITE", 2, HOLD, tag)[-1].startswith("SIP/2.0 491 ")
    assert receive("UPDATE", 3, HOLD, tag)[-1].startswith("SIP/2.0 491 ")
    receive("ACK", 1, ANSWER, tag)
    assert receive("INVITE", 4, HOLD, tag)[-1].startswith("SIP/2.0 100 ")
