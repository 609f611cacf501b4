import itertools

import pytest

from switchroom.sip.client import NewCall, NewRequest
from switchroom.sip.digest import Account, Authenticator, Verdict, ha1_of, parse_credentials
from switchroom.sip.errors import LocalSipError
from switchroom.sip.events import (
    EndReason,
    InviteReceived,
    OfferReceived,
    RequestReceived,
    RequestTimedOut,
    ResponseReceived,
    Send,
    SessionAcknowledged,
    SessionAnswered,
    SessionEnded,
    SessionProgress,
)
from switchroom.sip.flow import Flow
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.session import Session, SessionState
from switchroom.sip.stack_config import StackConfig
from tests.sip.peers import ALICE, ANSWER, BOB, OFFER, Pair, make_stack

CALL = NewCall("sip:bob@192.0.2.2", OFFER, NameAddr("sip:alice@192.0.2.1", "Alice"))


def call(pair: Pair, what: NewCall = CALL) -> tuple[Session, Session]:
    mine = pair.alice.invite(what, pair.to_bob, now=pair.now)
    pair.settle()
    received = pair.events["bob"][-1]
    assert isinstance(received, InviteReceived)
    return mine, received.session


@pytest.mark.parametrize("protocol", ["udp", "tcp"])
def test_a_call_rings_is_answered_and_ended(protocol: str) -> None:
    pair = Pair(protocol=protocol)
    mine, theirs = call(pair)
    assert theirs.remote_sdp == OFFER
    theirs.provisional(180, now=pair.now)
    pair.settle()
    assert pair.last("alice") == SessionProgress(mine, 180, "")
    theirs.provisional(183, now=pair.now, sdp=ANSWER)
    pair.settle()
    assert pair.last("alice") == SessionProgress(mine, 183, ANSWER)
    theirs.accept(ANSWER, now=pair.now)
    pair.settle()
    assert pair.last("alice") == SessionAnswered(mine, ANSWER)
    assert pair.last("bob") == SessionAcknowledged(theirs)
    mine.end(now=pair.now)
    pair.settle()
    assert pair.last("alice") == SessionEnded(mine, EndReason.LOCAL)
    assert pair.last("bob") == SessionEnded(theirs, EndReason.REMOTE_BYE)
    pair.advance(120)
    assert not pair.alice.clients
    assert not pair.bob.servers
    assert not pair.alice.sessions
    assert not pair.bob.sessions
    assert not pair.bob.merging


def test_the_called_party_waits_for_the_ack_before_its_bye() -> None:
    pair = Pair(lose=lambda n: n == 3)  # INVITE, 100, 200, ACK lost
    mine, theirs = call(pair)
    theirs.accept(ANSWER, now=pair.now)
    theirs.end(now=pair.now, headers=[("Reason", "Q.850;cause=16")])
    pair.settle()
    assert "bob BYE" not in pair.sent
    pair.advance(0.5)
    assert pair.sent[3:] == ["alice ACK lost", "bob 200", "alice ACK", "bob BYE", "alice 200"]
    assert pair.last("alice") == SessionEnded(mine, EndReason.REMOTE_BYE, cause=16)


def test_no_ack_ends_the_session_with_a_bye_after_32_seconds() -> None:
    pair = Pair(lose=lambda n: n >= 2)
    _, theirs = call(pair)
    theirs.accept(ANSWER, now=pair.now)
    pair.settle()
    pair.advance(31)
    assert theirs.state is SessionState.ACCEPTED
    assert (
        pair.sent.count("bob 200 lost") == 10
    )  # at 0 0.5 1.5 3.5 7.5 11.5 … 31.5 is not yet there
    pair.advance(5)
    assert SessionEnded(theirs, EndReason.TIMED_OUT) in pair.events["bob"]
    assert "bob BYE lost" in pair.sent


def test_a_refusal_is_repeated_until_it_is_acknowledged() -> None:
    pair = Pair(lose=lambda n: n in {2, 4})
    mine, theirs = call(pair)
    theirs.refuse(486, now=pair.now)
    pair.settle()
    pair.advance(3)
    assert pair.sent[2:] == ["bob 486 lost", "bob 486", "alice ACK lost", "bob 486", "alice ACK"]
    assert pair.events["alice"] == [SessionEnded(mine, EndReason.REFUSED, status=486)]


def test_cancel() -> None:
    pair = Pair()
    mine, theirs = call(pair)
    theirs.provisional(180, now=pair.now)
    pair.settle()
    mine.end(now=pair.now, headers=[("Reason", 'Q.850;cause=26;text="elsewhere"')])
    pair.settle()
    assert SessionEnded(theirs, EndReason.CANCELLED, cause=26) in pair.events["bob"]
    assert pair.last("alice") == SessionEnded(mine, EndReason.REFUSED, status=487)
    with pytest.raises(LocalSipError):
        theirs.accept(ANSWER, now=pair.now)


def test_a_cancel_waits_for_the_first_provisional_response() -> None:
    pair = Pair(lose=lambda n: n == 0)
    mine = pair.alice.invite(CALL, pair.to_bob, now=pair.now)
    mine.end(now=pair.now)
    pair.settle()
    assert pair.sent == ["alice INVITE lost"]
    pair.advance(1)
    assert pair.sent[1:4] == ["alice INVITE", "bob 100", "alice CANCEL"]
    assert pair.last("alice") == SessionEnded(mine, EndReason.REFUSED, status=487)


def test_a_cancelled_call_ends_though_nobody_answers_any_more() -> None:
    gone: list[bool] = []
    pair = Pair(lose=lambda _: bool(gone))
    mine, theirs = call(pair)
    theirs.provisional(180, now=pair.now)
    pair.settle()
    gone.append(True)
    mine.end(now=pair.now)
    pair.advance(40)
    assert pair.last("alice") == SessionEnded(mine, EndReason.TIMED_OUT, 408)
    assert not pair.alice.clients
    assert not pair.alice.sessions


def test_a_cancel_that_comes_too_late_becomes_a_bye() -> None:
    pair = Pair(lose=lambda n: n == 3)
    mine, theirs = call(pair)
    theirs.accept(ANSWER, now=pair.now)
    mine.end(now=pair.now)
    pair.settle()
    pair.advance(5)
    assert "alice BYE" in pair.sent
    assert SessionEnded(theirs, EndReason.REMOTE_BYE) in pair.events["bob"]
    assert pair.last("alice") == SessionEnded(mine, EndReason.LOCAL)


def test_nobody_answers() -> None:
    pair = Pair(lose=lambda _: True)
    mine = pair.alice.invite(CALL, pair.to_bob, now=0.0)
    pair.settle()
    pair.advance(40)
    assert pair.sent == ["alice INVITE lost"] * 7
    assert pair.events["alice"] == [SessionEnded(mine, EndReason.TIMED_OUT, status=408)]


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
def test_an_offer_within_the_session(method: str) -> None:
    pair = Pair()
    mine, theirs = call(pair)
    theirs.accept(ANSWER, now=pair.now)
    pair.settle()
    hold = OFFER + "a=sendonly\r\n"
    headers = [pair.alice.contact(pair.to_bob), ("Content-Type", "application/sdp")]
    mine.request_within(method, now=pair.now, headers=headers, body=hold.encode())
    pair.settle()
    assert pair.last("bob") == OfferReceived(theirs, hold)
    theirs.answer_offer(ANSWER, now=pair.now)
    pair.settle()
    assert "bob 200" in pair.sent[-2:]
    assert theirs.remote_sdp == hold


def test_info_within_and_outside_of_a_session() -> None:
    pair = Pair()
    mine, theirs = call(pair)
    theirs.accept(ANSWER, now=pair.now)
    pair.settle()
    mine.request_within("INFO", now=pair.now, headers=[("Content-Type", "a/b")], body=b"Signal=5")
    pair.settle()
    received = pair.last("bob")
    assert isinstance(received, RequestReceived)
    assert received.session is theirs
    assert received.incoming.request.body == b"Signal=5"
    received.incoming.respond(200, now=pair.now)
    pair.settle()
    stray = NewRequest("INFO", "sip:bob@192.0.2.2", NameAddr("sip:a@192.0.2.1"))
    pair.alice.request(stray, pair.to_bob, now=pair.now)
    pair.settle()
    answered = pair.last("alice")
    assert isinstance(answered, ResponseReceived)
    assert answered.response.status == 481


@pytest.mark.parametrize("password", ["right", "wrong"])
def test_digest_by_itself(password: str) -> None:
    pair = Pair()
    judge = Authenticator(b"k" * 16)
    register = NewRequest(
        "REGISTER",
        "sip:192.0.2.2",
        NameAddr("sip:alice@192.0.2.2"),
        account=Account("alice", password),
        headers=(("Contact", "<sip:alice@192.0.2.1>"),),
    )
    pair.alice.request(register, pair.to_bob, now=0.0)
    verdicts: list[Verdict] = []
    for _ in range(2):
        pair.settle()
        received = pair.last("bob")
        assert isinstance(received, RequestReceived)
        incoming = received.incoming
        credentials = parse_credentials(incoming.request.get("authorization"))
        verdict = judge.judge(
            credentials, "REGISTER", lambda a: ha1_of("alice", "pbx", "right", a), now=pair.now
        )
        verdicts.append(verdict)
        if verdict is Verdict.GOOD:
            incoming.respond(200, now=pair.now)
            break
        challenges = judge.challenges("pbx", now=pair.now)
        incoming.respond(401, now=pair.now, headers=[("WWW-Authenticate", c) for c in challenges])
    pair.settle()
    answered = pair.last("alice")
    assert isinstance(answered, ResponseReceived)
    good = password == "right"
    assert verdicts == [Verdict.MISSING, Verdict.GOOD if good else Verdict.WRONG]
    assert answered.response.status == (200 if good else 401)


def test_a_request_that_nobody_answers_times_out() -> None:
    pair = Pair(lose=lambda _: True)
    what = NewRequest(
        "OPTIONS", "sip:bob@192.0.2.2", NameAddr("sip:a@192.0.2.1"), give_up_after=3.0
    )
    sent = pair.alice.request(what, pair.to_bob, now=0.0)
    pair.settle()
    pair.advance(10)
    assert pair.events["alice"] == [RequestTimedOut(sent)]
    assert pair.sent == ["alice OPTIONS lost"] * 3


@pytest.mark.parametrize("lost", list(itertools.combinations(range(8), 2)))
def test_any_two_losses_are_survived(lost: tuple[int, int]) -> None:
    pair = Pair(lose=lambda n: n in lost)
    mine = pair.alice.invite(CALL, pair.to_bob, now=0.0)
    pair.settle()
    pair.advance(5)
    received = next(e for e in pair.events["bob"] if isinstance(e, InviteReceived))
    received.session.accept(ANSWER, now=pair.now)
    pair.settle()
    pair.advance(10)
    assert SessionAnswered(mine, ANSWER) in pair.events["alice"]
    assert SessionAcknowledged(received.session) in pair.events["bob"]
    mine.end(now=pair.now)
    pair.settle()
    pair.advance(80)
    assert SessionEnded(received.session, EndReason.REMOTE_BYE) in pair.events["bob"]
    assert not pair.bob.servers
    assert not pair.alice.clients


def test_a_slow_network_is_given_its_time() -> None:
    """``timer_t1`` and ``timer_b``."""
    stack = make_stack(config=StackConfig(t1=2.0, timer_b=20.0))
    flow = Flow("udp", BOB, ALICE)
    stack.invite(NewCall("sip:bob@192.0.2.2", OFFER, NameAddr("sip:a@b")), flow, now=0.0)
    what = NewRequest("OPTIONS", "sip:bob@192.0.2.2", NameAddr("sip:a@b"))
    stack.request(what, flow, now=0.0)
    sent: dict[str, list[float]] = {"INVITE": [], "OPTIONS": []}
    ended: dict[type, float] = {}
    for tenth in range(1300):
        for item in stack.take_output():
            if isinstance(item, Send):
                sent[item.data.split()[0].decode()].append(max(0, tenth - 1) / 10)
            else:
                ended[type(item)] = (tenth - 1) / 10
        stack.tick(now=tenth / 10)
    assert sent["INVITE"] == [0.0, 2.0, 6.0, 14.0]
    assert sent["OPTIONS"][:5] == [0.0, 2.0, 6.0, 10.0, 14.0]
    assert ended == {SessionEnded: 20.0, RequestTimedOut: 128.0}


def test_an_answer_to_a_slow_network_is_repeated_slowly() -> None:
    stack = make_stack(config=StackConfig(t1=2.0))
    pair = Pair()
    pair.alice.invite(
        NewCall("sip:bob@192.0.2.2", OFFER, NameAddr("sip:a@b")), pair.to_bob, now=0.0
    )
    (invite,) = [item for item in pair.alice.take_output() if isinstance(item, Send)]
    stack.receive(invite.data, Flow("udp", ALICE, BOB), now=0.0)
    (event,) = stack.take_output()
    assert isinstance(event, InviteReceived)
    event.session.accept(ANSWER, now=0.0)
    at: list[float] = []
    for tenth in range(1300):
        stack.tick(now=tenth / 10)
        at += [tenth / 10 for each in stack.take_output() if isinstance(each, Send)
               and each.data.startswith(b"SIP/2.0 200")]  # fmt: skip
    assert at[:4] == [0.0, 2.0, 6.0, 10.0]
    assert at[-1] < 128.0
