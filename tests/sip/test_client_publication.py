"""A publication of ours against a server that keeps it, and against awkward answers."""

from dataclasses import replace

import pytest

from switchroom.sip.client_publication import ClientPublication, NewPublication, Piece
from switchroom.sip.digest import Account
from switchroom.sip.events import RequestReceived
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.message import Header, Request
from switchroom.sip.publication import Publications
from switchroom.sip.server import IncomingRequest
from switchroom.sip.stack_config import SERVED_METHODS, StackConfig
from tests.sip.peers import Pair, counting_token, make_stack

ALICE = NameAddr("sip:alice@192.0.2.2")
WHAT = NewPublication("sip:alice@192.0.2.2", ALICE, ALICE, "presence", "text/plain", 600)
CHALLENGE: list[Header] = [("WWW-Authenticate", 'Digest realm="pbx",nonce="1",algorithm=MD5')]


class Server:
    """Bob keeps what Alice publishes, or answers as a test says."""

    def __init__(
        self,
        *answers: tuple[int, list[Header]] | None,
        what: NewPublication = WHAT,
        whole: tuple[Piece, ...] = (("a", b"first"),),
    ) -> None:
        self.pair = Pair(lose=lambda _: self.deaf)
        self.pair.bob = make_stack("b", StackConfig("bob", SERVED_METHODS | {"PUBLISH"}))
        self.deaf = False
        self.asked: list[tuple[float, Request]] = []
        self.kept = Publications(counting_token("e"))
        self._answers = list(answers)
        self.mine = ClientPublication(self.pair.alice, what, self.pair.to_bob, lambda: whole)

    def start(self) -> None:
        self.mine.start(now=self.pair.now)
        self.settle()

    def publish(self, name: str, body: bytes) -> None:
        self.mine.publish((name, body), now=self.pair.now)

    def stop(self) -> None:
        self.mine.stop(now=self.pair.now)
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

    def _answer(self, incoming: IncomingRequest) -> None:
        request, now = incoming.request, self.pair.now
        self.asked.append((now, request))
        if self._answers and (answer := self._answers.pop(0)) is not None:
            incoming.respond(answer[0], now=now, headers=answer[1])
            return
        found = self.kept.publish(request, "presence", "alice", owner="alice", now=now)
        incoming.respond(found.status, now=now, headers=found.headers)

    @property
    def state(self) -> bytes | None:
        found = self.kept.current("presence", "alice")
        return found.body if found is not None else None

    @property
    def said(self) -> list[bytes]:
        return [request.body for _, request in self.asked]


def test_it_is_made_changed_refreshed_and_taken_back() -> None:
    server = Server()
    server.start()
    assert server.state == b"first"
    first = server.asked[0][1]
    assert (first.get("event"), first.get("expires")) == ("presence", "600")
    assert (first.get("content-type"), first.get("sip-if-match")) == ("text/plain", "")
    server.publish("a", b"second")
    server.settle()
    assert server.state == b"second"
    assert server.asked[1][1].get("sip-if-match") == "e1"
    server.advance(539)
    assert len(server.asked) == 2
    server.advance(2)
    assert server.said[2:] == [b""]
    assert server.asked[2][1].get("sip-if-match") == "e2"
    assert (server.state, len(server.kept)) == (b"second", 1)
    server.stop()
    assert server.asked[-1][1].get("expires") == "0"
    assert server.mine.is_over
    assert len(server.kept) == 0
    server.publish("a", b"third")
    server.stop()
    server.advance(1000)
    assert len(server.asked) == 4


def test_pieces_go_one_after_another_and_the_last_word_of_each_counts() -> None:
    server = Server(whole=(("a", b"a1"), ("b", b"b1")))
    server.start()
    server.publish("c", b"c1")
    server.publish("d", b"d1")
    server.publish("d", b"d2")
    server.settle()
    assert server.said == [b"a1", b"b1", b"c1", b"d2"]
    assert len(server.kept) == 1


def test_what_the_server_has_forgotten_is_said_anew() -> None:
    server = Server(None, (412, []), whole=(("a", b"a1"), ("b", b"b1")))
    server.start()
    server.advance(2)
    assert server.said == [b"a1", b"b1", b"a1", b"b1"]
    assert server.asked[2][1].get("sip-if-match") == ""


def test_a_server_that_always_forgets_is_not_flooded() -> None:
    server = Server(*[(412, [])] * 100)
    server.start()
    server.advance(10)
    assert 8 <= len(server.asked) <= 12


def test_it_asks_for_more_time_once() -> None:
    brief: tuple[int, list[Header]] = (423, [("Min-Expires", "900")])
    server = Server(brief)
    server.start()
    assert [request.get("expires") for _, request in server.asked] == ["600", "900"]
    server = Server(brief, (423, [("Min-Expires", "1800")]))
    server.start()
    assert (len(server.asked), server.mine.is_over) == (2, True)


@pytest.mark.parametrize(
    ("answer", "after"),
    [((503, [("Retry-After", "5")]), 5), ((500, []), 60), ((480, []), 60), ((403, []), None)],
)
def test_what_is_tried_again(answer: tuple[int, list[Header]], after: float | None) -> None:
    server = Server(answer)
    server.start()
    server.publish("b", b"b1")
    server.settle()
    assert len(server.asked) == 1
    server.advance(3600 if after is None else after + 1)
    if after is None:
        assert (len(server.asked), server.mine.is_over) == (1, True)
    else:
        assert server.asked[1][0] == pytest.approx(after, abs=1)
        assert server.said[1:] == [b"first", b"b1"]


def test_a_silent_server_is_tried_again_and_left_in_peace_at_the_end() -> None:
    server = Server()
    server.deaf = True
    server.start()
    server.advance(40)
    server.deaf = False
    server.advance(60)
    assert server.state == b"first"
    server.deaf = True
    server.stop()
    server.advance(100)
    assert server.mine.is_over


def test_a_stop_waits_for_the_answer_on_its_way() -> None:
    server = Server()
    server.mine.start(now=0.0)
    server.stop()
    assert [request.get("expires") for _, request in server.asked] == ["600", "0"]
    assert (server.mine.is_over, len(server.kept)) == (True, 0)
    server = Server((500, []))
    server.mine.start(now=0.0)
    server.stop()
    assert (len(server.asked), server.mine.is_over) == (1, True)


def test_a_wrong_password_is_given_up_after_a_few_attempts() -> None:
    what = replace(WHAT, account=Account("alice", "wrong"), most_challenges=2)
    server = Server(*[(401, CHALLENGE)] * 50, what=what)
    server.start()
    server.advance(300)
    assert (server.mine.is_over, server.mine.status) == (True, 401)
    assert len(server.asked) == 4  # two attempts, each with a proof


def test_a_server_without_tags_is_told_again_in_time() -> None:
    server = Server((200, [("Expires", "100")]))
    server.start()
    assert len(server.asked) == 1
    server.advance(91)
    assert server.said == [b"first", b"first"]
