"""Our registration against a registrar of our own, back to back, and against awkward answers."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from switchroom.sip.digest import Account, Authenticator, Verdict, ha1_of, parse_credentials
from switchroom.sip.events import Registered, RegistrationFailed, RequestReceived, Unregistered
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.message import Header
from switchroom.sip.registrar import Binding, RegistrarPolicy, register
from switchroom.sip.registration import ClientRegistration, NewRegistration, RetryPolicy, State
from switchroom.sip.server import IncomingRequest
from tests.sip.peers import Pair

CONTACT = "sip:alice@192.0.2.1:5060"
WHAT = NewRegistration(
    "sip:192.0.2.2", NameAddr("sip:alice@192.0.2.2"), CONTACT, Account("alice", "right"), 600, 10.0
)

Answer = Callable[[IncomingRequest], None]


class Registrar:
    """Bob as a registrar: with digest, or with the answers that a test gives him."""

    def __init__(
        self,
        *answers: tuple[int, list[Header]] | None,
        policy: RegistrarPolicy | None = None,
        password: str = "right",
        what: NewRegistration = WHAT,
    ) -> None:
        self.pair = Pair(lose=lambda _: self.deaf)
        self.deaf = False
        self.bindings: tuple[Binding, ...] = ()
        self.asked: list[tuple[float, int, str]] = []  #: when, CSeq, Expires
        self.call_ids: set[str] = set()
        self._answers = list(answers)
        self._policy = policy or RegistrarPolicy()
        self._password = password
        self._judge = Authenticator(b"k" * 16)
        self.registration = ClientRegistration(self.pair.alice, what, self.pair.to_bob)

    def start(self) -> None:
        self.registration.start(now=self.pair.now)
        self.settle()

    def stop(self) -> None:
        self.registration.stop(now=self.pair.now)
        self.settle()

    def settle(self) -> None:
        self.pair.settle()
        while received := [e for e in self.pair.events["bob"] if isinstance(e, RequestReceived)]:
            self.pair.events["bob"].clear()
            for event in received:
                self._answer(event.incoming)
            self.pair.settle()

    def advance(self, seconds: float) -> None:
        end = self.pair.now + seconds
        while self.pair.now < end:
            self.pair.advance(min(0.5, end - self.pair.now))
            self.settle()

    @property
    def told(self) -> list[Registered | RegistrationFailed | Unregistered]:
        kinds = (Registered, RegistrationFailed, Unregistered)
        return [e for e in self.pair.events["alice"] if isinstance(e, kinds)]

    def _answer(self, incoming: IncomingRequest) -> None:
        request, now = incoming.request, self.pair.now
        self.asked.append((now, request.cseq[0], request.get("expires")))
        self.call_ids.add(request.call_id)
        if self._answers:
            answer = self._answers.pop(0)
            if answer is not None:
                incoming.respond(answer[0], now=now, headers=answer[1])
            return
        verdict = self._judge.judge(
            parse_credentials(request.get("authorization")),
            "REGISTER",
            lambda algorithm: ha1_of("alice", "pbx", self._password, algorithm),
            now=now,
        )
        if verdict is not Verdict.GOOD:
            challenges = self._judge.challenges("pbx", now=now)
            incoming.respond(401, now=now, headers=[("WWW-Authenticate", c) for c in challenges])
            return
        result = register(request, self.bindings, self._policy, now=now)
        self.bindings = result.bindings
        incoming.respond(result.status, now=now, headers=result.headers)


def test_it_is_made_refreshed_before_it_expires_and_removed() -> None:
    pbx = Registrar(policy=RegistrarPolicy(maximum=120))
    pbx.start()
    mine = pbx.registration
    assert pbx.told == [Registered(mine, 120)]
    assert [b.uri for b in pbx.bindings] == [CONTACT]
    pbx.advance(107)
    assert len(pbx.asked) == 2  # the first attempt and the answer to its challenge
    pbx.advance(2)
    assert pbx.told == [Registered(mine, 120)] * 2
    assert [(round(at), cseq) for at, cseq, _ in pbx.asked[2:]] == [(108, 3), (108, 4)]
    assert len(pbx.call_ids) == 1
    pbx.stop()
    assert pbx.told[-1] == Unregistered(mine)
    assert pbx.bindings == ()
    assert pbx.asked[-1][2] == "0"
    pbx.advance(600)
    assert len(pbx.asked) == 6  # nothing after the end


def test_a_wrong_password_is_refused_for_good() -> None:
    pbx = Registrar(password="other")
    pbx.start()
    assert pbx.told == [RegistrationFailed(pbx.registration, 401)]
    pbx.advance(3600)
    assert len(pbx.asked) == 2
    pbx.stop()
    assert len(pbx.told) == 1


def test_a_nonce_that_got_old_on_the_way_is_answered_once_more() -> None:
    stale = [("WWW-Authenticate", 'Digest realm="pbx",nonce="1",algorithm=MD5,stale=TRUE')]
    pbx = Registrar((401, stale), (401, stale))
    pbx.start()
    assert pbx.told == [RegistrationFailed(pbx.registration, 401)]
    assert len(pbx.asked) == 3
    pbx = Registrar((401, stale), (401, stale), (200, []))
    pbx.start()
    assert pbx.told == [Registered(pbx.registration, 600)]


def test_a_registrar_that_wants_longer_registrations_gets_one() -> None:
    pbx = Registrar(policy=RegistrarPolicy(minimum=900))
    pbx.start()
    assert pbx.told == [Registered(pbx.registration, 900)]
    assert [expires for _, _, expires in pbx.asked] == ["600", "600", "900", "900"]


def test_a_registrar_that_is_never_content_is_asked_twice() -> None:
    answers = [(423, [("Min-Expires", str(1000 * n))]) for n in range(1, 9)]
    pbx = Registrar(*answers)
    pbx.start()
    assert pbx.told == [RegistrationFailed(pbx.registration, 423)]
    assert [expires for _, _, expires in pbx.asked] == ["600", "1000"]


@pytest.mark.parametrize(
    ("answer", "status", "after"),
    [
        ((503, []), 503, 30.0),
        ((503, [("Retry-After", "7 (maintenance);duration=3")]), 503, 7.0),
        ((500, [("Retry-After", "99999999")]), 500, 3600.0),
        ((480, []), 480, 30.0),
        (None, 0, 30.0),
    ],
)
def test_a_registrar_in_trouble_is_asked_again(
    answer: tuple[int, list[Header]] | None, status: int, after: float
) -> None:
    pbx = Registrar(answer)
    pbx.start()
    if answer is None:
        pbx.advance(10)  # nobody answers
    mine = pbx.registration
    assert pbx.told == [RegistrationFailed(mine, status, after)]
    pbx.advance(after)
    assert pbx.told[1:] == [Registered(mine, 600)]


@pytest.mark.parametrize(
    ("headers", "granted"),
    [
        ([("Contact", f"<{CONTACT}>;expires=50"), ("Expires", "70")], 50),
        ([("Contact", f"<sip:other@192.0.2.9>;expires=50, <{CONTACT}>;expires=60")], 60),
        ([("Contact", "<sip:alice@198.51.100.7:1024>;expires=50")], 50),
        ([("Contact", f"<{CONTACT}>"), ("Expires", "70")], 70),
        ([("Contact", "<<<"), ("Expires", "70")], 70),
        ([("Contact", "<sip:a@192.0.2.8>;expires=5"), ("Contact", "<sip:b@192.0.2.9>")], 600),
        ([], 600),
        ([("Expires", "4000000000")], 86_400),
    ],
)
def test_what_the_registrar_grants(headers: list[Header], granted: int) -> None:
    pbx = Registrar((200, headers))
    pbx.start()
    assert pbx.told == [Registered(pbx.registration, granted)]


def test_a_stop_waits_for_the_answer_on_its_way() -> None:
    pbx = Registrar(None, None)
    pbx.start()
    pbx.stop()
    assert pbx.registration.state is State.STOPPING
    assert [expires for _, _, expires in pbx.asked] == ["600"]
    pbx.advance(11)
    assert pbx.told == [Unregistered(pbx.registration)]


def test_a_stop_on_a_refresh_removes_the_binding() -> None:
    pbx = Registrar()
    pbx.start()
    pbx.advance(539)
    pbx.deaf = True
    pbx.advance(2)  # the refresh is on its way
    pbx.stop()
    assert pbx.registration.state is State.STOPPING
    pbx.deaf = False
    pbx.advance(4)
    assert pbx.told[-1] == Unregistered(pbx.registration)
    assert pbx.bindings == ()


def test_a_stop_before_the_start_and_a_second_one_do_nothing() -> None:
    pbx = Registrar()
    pbx.stop()
    pbx.start()
    pbx.stop()
    assert pbx.told == [Unregistered(pbx.registration)]
    assert pbx.asked == []


def test_nobody_takes_the_removal() -> None:
    pbx = Registrar()
    pbx.start()
    pbx.deaf = True
    pbx.stop()
    pbx.advance(11)
    assert pbx.told[-1] == Unregistered(pbx.registration)


def test_an_account_does_not_show_its_password() -> None:
    assert "right" not in repr(WHAT)


RETRIES = RetryPolicy(5.0, forbidden=6.0, refused=7.0, wrong_account=8.0, most=2)


@pytest.mark.parametrize(
    ("status", "after"), [(503, 5.0), (408, 5.0), (403, 6.0), (404, 7.0), (600, 7.0), (401, 8.0)]
)
def test_a_policy_says_when_it_is_tried_again_and_how_often(status: int, after: float) -> None:
    pbx = Registrar(*[(status, [])] * 5, what=replace(WHAT, retry=RETRIES))
    pbx.start()
    mine = pbx.registration
    assert pbx.told == [RegistrationFailed(mine, status, after)]
    pbx.advance(60)
    assert pbx.told[1:] == [
        RegistrationFailed(mine, status, after),
        RegistrationFailed(mine, status),
    ]
    assert mine.state is State.ENDED
    assert len(pbx.asked) == 3


def test_a_success_counts_the_attempts_anew() -> None:
    made = (200, [("Expires", "20")])
    pbx = Registrar((503, []), made, (503, []), (503, []), made, what=replace(WHAT, retry=RETRIES))
    pbx.start()
    pbx.advance(40)
    assert [type(each) for each in pbx.told] == [
        RegistrationFailed, Registered, RegistrationFailed, RegistrationFailed, Registered,
    ]  # fmt: skip


def test_it_knows_until_when_it_stands_and_through_whom_calls_go() -> None:
    route = ("Service-Route", "<sip:edge.example;lr>, <sip:core.example;lr>")
    pbx = Registrar((200, [("Expires", "60"), route]), (403, []))
    pbx.start()
    mine = pbx.registration
    assert mine.expires_at == 60.0
    assert mine.service_route == ("<sip:edge.example;lr>", "<sip:core.example;lr>")
    pbx.advance(60)
    assert mine.state is State.ENDED
    assert mine.expires_at is None
