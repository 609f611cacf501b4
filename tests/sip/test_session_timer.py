"""Session timers: what is written and agreed, by tables; then whole sessions on a clock."""

import pytest

from switchroom.sip.client import NewCall
from switchroom.sip.events import (
    EndReason,
    InviteReceived,
    OfferReceived,
    SessionEnded,
    SessionUpdated,
)
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.message import Request, Response
from switchroom.sip.reliable import Reliable
from switchroom.sip.session import Session, SessionState
from switchroom.sip.session_timer import Due, SessionTimer, TimerPolicy, Use
from switchroom.sip.stack_config import StackConfig
from switchroom.sip.validation import RefusedRequestError
from tests.sip.peers import ANSWER, OFFER, Pair, make_stack

KNOWS = {"supported": ["timer"]}


def invite(**headers: str) -> Request:
    fields = {name.replace("_", "-"): [value] for name, value in headers.items()}
    return Request("INVITE", "sip:x", fields)


def policy(use: Use = Use.YES, expires: int = 1800, minimum: int = 90) -> TimerPolicy:
    return TimerPolicy(use, expires, minimum)


@pytest.mark.parametrize(
    ("rules", "request_", "headers"),
    [
        (policy(), invite(), []),
        (policy(), invite(supported="timer"), ["Require: timer", "1800;refresher=uac"]),
        (
            policy(),
            invite(supported="replaces, timer", session_expires="600"),
            ["Require: timer", "600;refresher=uac"],
        ),
        (
            policy(),
            invite(supported="timer", session_expires="600;refresher=uas"),
            ["600;refresher=uas"],
        ),
        (
            policy(),
            invite(supported="timer", session_expires="600", min_se="900"),
            ["Require: timer", "900;refresher=uac"],
        ),
        (policy(Use.ALWAYS, 120), invite(), ["120;refresher=uas"]),
        (policy(Use.NO), invite(supported="timer", session_expires="600"), []),
        (
            policy(),
            invite(require="timer", session_expires="bad"),
            ["Require: timer", "1800;refresher=uac"],
        ),
    ],
)
def test_what_an_invite_is_answered_with(
    rules: TimerPolicy, request_: Request, headers: list[str]
) -> None:
    timer = SessionTimer(rules)
    timer.check(request_)
    written = timer.accept(request_, now=0.0)
    assert [v if n == "Session-Expires" else f"{n}: {v}" for n, v in written] == headers


@pytest.mark.parametrize(
    ("rules", "request_", "status"),
    [
        (policy(minimum=300), invite(supported="timer", session_expires="120"), 422),
        (policy(Use.REQUIRED), invite(), 421),
        (policy(Use.NO), invite(require="timer"), 420),
    ],
)
def test_what_is_refused(rules: TimerPolicy, request_: Request, status: int) -> None:
    with pytest.raises(RefusedRequestError) as raised:
        SessionTimer(rules).check(request_)
    assert raised.value.sip_status == status


@pytest.mark.parametrize(
    ("use", "answer", "interval", "we_refresh"),
    [
        (Use.YES, "", 0, False),
        (Use.YES, "600;refresher=uas", 600, False),
        (Use.YES, "600;refresher=uac", 600, True),
        (Use.YES, "600", 600, True),
        (Use.YES, "1", 90, True),
        (Use.ALWAYS, "", 1800, True),
        (Use.NO, "600", 0, False),
    ],
)
def test_what_an_answer_agrees_to(
    use: Use, answer: str, interval: int, *, we_refresh: bool
) -> None:
    timer = SessionTimer(policy(use))
    timer.agreed(Response(200, "OK", {"session-expires": [answer]}), now=0.0)
    assert (timer.interval, timer.we_refresh) == (interval, we_refresh)


def test_who_refreshes_and_who_only_waits() -> None:
    timer = SessionTimer(policy())
    assert timer.next_deadline() is None
    timer.agreed(Response(200, "OK", {"session-expires": ["600;refresher=uac"]}), now=0.0)
    assert timer.due(now=299.0) is None
    assert timer.due(now=300.0) is Due.REFRESH
    assert timer.due(now=567.0) is None
    assert timer.due(now=568.0) is Due.END
    assert timer.next_deadline() is None
    timer.agreed(Response(200, "OK", {"session-expires": ["90;refresher=uas"]}), now=0.0)
    assert timer.due(now=59.0) is None
    assert timer.due(now=60.0) is Due.END


@pytest.mark.parametrize(
    ("minimum", "again"), [("300", True), ("90", False), ("", False), ("9" * 9, False)]
)
def test_a_422_is_answered_with_a_longer_interval(minimum: str, *, again: bool) -> None:
    timer = SessionTimer(policy(expires=120))
    assert timer.raise_minimum(Response(422, "", {"min-se": [minimum]})) is again
    assert dict(timer.request_headers())["Session-Expires"] == ("300" if again else "120")


CONFIG = StackConfig(
    methods=frozenset({"INVITE", "ACK", "BYE", "CANCEL", "UPDATE", "PRACK"}),
    extensions=frozenset({"timer", "100rel"}),
)


def talk(
    mine: TimerPolicy | None, theirs: TimerPolicy, *, update: bool = True
) -> tuple[Pair, Session, Session]:
    pair = Pair()
    config = CONFIG
    if not update:
        config = StackConfig(methods=CONFIG.methods - {"UPDATE"}, extensions=CONFIG.extensions)
    pair.alice, pair.bob = make_stack("a", config), make_stack("b", config)
    what = NewCall("sip:bob@192.0.2.2", OFFER, NameAddr("sip:alice@192.0.2.1"), timers=mine)
    session = pair.alice.invite(what, pair.to_bob, now=pair.now)
    pair.settle()
    received = pair.events["bob"][-1]
    assert isinstance(received, InviteReceived)
    received.session.negotiate(theirs, Reliable.NO)
    received.session.accept(ANSWER, now=pair.now)
    pair.settle()
    assert session.state is SessionState.CONFIRMED
    pair.sent.clear()
    return pair, session, received.session


def test_the_caller_refreshes_by_update() -> None:
    pair, mine, theirs = talk(policy(expires=100), policy())
    pair.advance(51)
    assert pair.sent == ["alice UPDATE", "bob 200"]
    assert isinstance(pair.last("bob"), SessionUpdated)
    pair.advance(500)
    assert pair.sent.count("alice UPDATE") == 11
    assert not mine.is_ended
    assert not theirs.is_ended


def test_without_update_the_refresh_is_a_re_invite() -> None:
    pair, mine, theirs = talk(policy(expires=100), policy(), update=False)
    pair.advance(51)
    assert pair.last("bob") == OfferReceived(theirs, OFFER)
    theirs.answer_offer(ANSWER, now=pair.now)
    pair.settle()
    assert pair.sent == ["alice INVITE", "bob 100", "bob 200", "alice ACK"]
    pair.advance(40)
    assert not mine.is_ended


def test_a_session_whose_peer_has_vanished_ends() -> None:
    pair, mine, theirs = talk(policy(expires=300), policy())
    pair._lose = lambda _: True
    pair.advance(300)
    assert SessionEnded(theirs, EndReason.TIMED_OUT) in pair.events["bob"]
    assert SessionEnded(mine, EndReason.TIMED_OUT, 408) in pair.events["alice"]
    pair.advance(100)
    assert not pair.alice.sessions
    assert not pair.bob.sessions


def test_a_peer_that_wants_longer_intervals_gets_them() -> None:
    pair = Pair()
    pair.alice, pair.bob = make_stack("a", CONFIG), make_stack("b", CONFIG)
    what = NewCall(
        "sip:bob@192.0.2.2", OFFER, NameAddr("sip:alice@192.0.2.1"), timers=policy(expires=100)
    )
    mine = pair.alice.invite(what, pair.to_bob, now=pair.now)
    pair.settle()
    first = pair.events["bob"][-1]
    assert isinstance(first, InviteReceived)
    with pytest.raises(RefusedRequestError) as raised:
        first.session.negotiate(policy(minimum=600), Reliable.NO)
    first.session.refuse(422, now=pair.now, headers=raised.value.headers)
    pair.settle()
    second = pair.events["bob"][-1]
    assert isinstance(second, InviteReceived)
    assert second.session.request is not None
    assert second.session.request.get("session-expires") == "600"
    assert second.session.request.get("min-se") == "600"
    assert second.session.remote_sdp == OFFER
    assert mine.state is SessionState.OUTGOING
