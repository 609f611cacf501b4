"""181 Call Is Being Forwarded, to callers and from called parties, over a socket."""

import pytest

from switchroom.channels.sip.diverting import MAX_HEARD
from switchroom.sip.events import Event, SessionProgress
from switchroom.sip.message import Header, Response
from switchroom.sip.session import Session
from tests.channels.sip_far_end import OFFER, Side, play

PHONES = """\
[alice]
type=endpoint
context=in
allow=ulaw
aors=alice
{more}
[alice]
type=aor
contact=sip:alice@127.0.0.1:{far}
[bob]
type=endpoint
context=in
allow=ulaw
aors=bob
[bob]
type=aor
contact=sip:bob@127.0.0.1:{far}
"""
DIALPLAN = """\
[in]
exten => 2,1,Dial(PJSIP/bob,20)
exten => 3,1,Dial(PJSIP/bob,20,I)
exten => 4,1,Dial(Local/2@in,20)
exten => 5,1,Dial(PJSIP/bob&PJSIP/bob,20)
exten => 6,1,Set(REDIRECTING(from-num,i)=6)
 same => n,Set(REDIRECTING(reason)=cfb)
 same => n,Answer()
 same => n,Set(REDIRECTING(reason)=cfu)
 same => n,Wait(60)
exten => 7,1,Set(REDIRECTING_SEND_SUB=seen,s,1)
 same => n,Goto(2,1)
exten => 300,1,Wait(1)
 same => n,Answer()
 same => n,Wait(60)
[seen]
exten => s,1,Set(REDIRECTING(from-num,i)=999)
 same => n,Return()
"""


class Caller(list[Event]):
    """Calls; of the events of the far end it keeps what each provisional response said then."""

    def __init__(self, side: Side) -> None:
        super().__init__()
        self._side = side
        self.told: list[Response] = []
        side.far.events = self

    def append(self, event: Event) -> None:
        super().append(event)
        if isinstance(event, SessionProgress) and event.status == 181:
            assert event.session.response is not None
            self.told.append(event.session.response)

    async def call(self, number: str) -> None:
        await self._side.far.call(self._side.uri(number), self._side.flow)


def sends_on(side: Side, status: int, headers: list[Header], times: int = 1) -> None:
    """Let the called party send its call on."""

    def invited(session: Session) -> None:
        if status == 302:
            session.refuse(302, now=side.far.now, headers=headers)
            return
        for number in range(times):
            numbered = [(name, value.replace("#", str(number))) for name, value in headers]
            session.provisional(status, now=side.far.now, headers=numbered)
        session.accept(OFFER, now=side.far.now)

    side.far.on_invite = invited
    side.far.answers = lambda incoming: incoming.respond(200, now=side.far.now)


MOVED: list[Header] = [("Contact", "<sip:300@x>"), ("Diversion", "<sip:2@x>;reason=user-busy")]


@pytest.mark.parametrize(
    ("number", "diversions"),
    [
        ("2", ["<sip:2@127.0.0.1>;reason=user-busy"]), ("3", []),
        ("4", ["<sip:2@127.0.0.1>;reason=user-busy"]), ("5", []),
        ("7", ["<sip:999@127.0.0.1>;reason=user-busy"]),
    ],
)  # fmt: skip
def test_a_caller_is_told_of_a_302(number: str, diversions: list[str]) -> None:
    async def story(side: Side) -> None:
        sends_on(side, 302, MOVED)
        caller = Caller(side)
        await caller.call(number)
        assert [each.get("diversion") for each in caller.told] == diversions

    play(story, PHONES.replace("{more}", ""), dialplan=DIALPLAN)


def test_what_the_called_party_says_goes_on_to_the_caller() -> None:
    async def story(side: Side) -> None:
        sends_on(side, 181, [("Diversion", "<sip:2@x>;reason=no-answer;privacy=full")])
        caller = Caller(side)
        await caller.call("2")
        (told,) = caller.told
        assert told.get("diversion") == "<sip:2@127.0.0.1>;reason=no-answer;privacy=full"
        assert told.get("history-info") == "<sip:2@127.0.0.1>;index=1"

    play(story, PHONES.replace("{more}", "send_history_info=yes"), dialplan=DIALPLAN)


@pytest.mark.parametrize(
    ("diversion", "count"),
    [("<sip:2@x>;reason=no-answer", 1), ("<<", 0), ("<sip:#@x>", MAX_HEARD)],
)
def test_it_is_told_once_and_not_without_end(diversion: str, count: int) -> None:
    async def story(side: Side) -> None:
        sends_on(side, 181, [("Diversion", diversion)], times=3 * MAX_HEARD)
        caller = Caller(side)
        await caller.call("2")
        assert len(caller.told) == count

    play(story, PHONES.replace("{more}", ""), dialplan=DIALPLAN)


@pytest.mark.parametrize(("more", "found"), [("", "<sip:6@127.0.0.1>;reason=user-busy"),
                                             ("send_diversion=no", "")])  # fmt: skip
def test_the_dialplan_tells_it_before_the_answer(more: str, found: str) -> None:
    async def story(side: Side) -> None:
        caller = Caller(side)
        await caller.call("6")
        assert [each.get("diversion") for each in caller.told] == [found]

    play(story, PHONES.replace("{more}", more), dialplan=DIALPLAN)
