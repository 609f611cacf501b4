"""Called parties that answer with 302, over a socket."""

import pytest

from switchroom.sip.events import SessionAnswered, SessionEnded
from switchroom.sip.session import Session
from tests.channels.sip_far_end import OFFER, Side, play

PHONES = """\
[alice]
type=endpoint
context=in
allow=ulaw
aors=alice
[alice]
type=aor
contact=sip:alice@127.0.0.1:{far}
[bob]
type=endpoint
context=in
allow=ulaw
aors=bob
redirect_method=METHOD
[bob]
type=aor
contact=sip:bob@127.0.0.1:{far}
"""
DIALPLAN = """\
[in]
exten => 2,1,Dial(PJSIP/bob,20)
exten => 3,1,Dial(PJSIP/bob,20,i)
exten => 300,1,Set(DB(t/from)=${REDIRECTING(from-num)} ${REDIRECTING(reason)})
 same => n,Answer()
 same => n,Wait(60)
"""


class Bob:
    """Sends callers elsewhere, as long as there is somewhere."""

    def __init__(self, side: Side, contacts: list[str], reason: str = "") -> None:
        self.asked: list[str] = []
        self._side, self._contacts, self._reason = side, contacts, reason
        side.far.on_invite = self._invite
        side.far.answers = lambda incoming: incoming.respond(200, now=side.far.now)

    def _invite(self, session: Session) -> None:
        assert session.request is not None
        self.asked.append(session.request.uri)
        if not self._contacts:
            session.accept(OFFER, now=self._side.far.now)
            return
        headers = [("Contact", self._contacts.pop(0))]
        if self._reason:
            headers.append(("Diversion", f"<sip:bob@x>;reason={self._reason}"))
        session.refuse(302, now=self._side.far.now, headers=headers)


def phones(method: str) -> str:
    return PHONES.replace("METHOD", method)


@pytest.mark.parametrize(("reason", "word"), [("", "cfu"), ("user-busy", "cfb")])
def test_the_number_is_dialled(reason: str, word: str) -> None:
    async def story(side: Side) -> None:
        Bob(side, ["<sip:nobody@x>;q=0.2, <sip:300@x>;q=0.8"], reason)
        alice = await side.far.call(side.uri("2"), side.flow)
        assert isinstance(side.far.outcome(alice), SessionAnswered)
        assert side.pbx.astdb.get("t", "from") == f"2 {word}"

    play(story, phones("user"), dialplan=DIALPLAN)


@pytest.mark.parametrize("method", ["uri_core", "uri_pjsip"])
def test_the_uri_is_called(method: str) -> None:
    async def story(side: Side) -> None:
        target = f"sip:carol@127.0.0.1:{side.far.port}"
        bob = Bob(side, [f"<{target}>"])
        alice = await side.far.call(side.uri("2"), side.flow)
        assert isinstance(side.far.outcome(alice), SessionAnswered)
        assert bob.asked[1:] == [target]
        called = sorted(name for name in side.pbx.channels if "bob" in name)
        assert called == ["PJSIP/bob-00000002" if method == "uri_core" else "PJSIP/bob-00000001"]

    play(story, phones(method), dialplan=DIALPLAN)


def test_no_call_goes_round_for_ever() -> None:
    async def story(side: Side) -> None:
        bob = Bob(side, [f"<sip:bob@127.0.0.1:{side.far.port}>"] * 99)
        alice = await side.far.call(side.uri("2"), side.flow)
        assert isinstance(side.far.outcome(alice), SessionEnded)
        assert len(bob.asked) == 6

    play(story, phones("uri_pjsip"), dialplan=DIALPLAN)


@pytest.mark.parametrize("contact", ["<sip:300@x>", "<tel:+1>", "<<", "<sip:x>"])
def test_it_is_not_followed(contact: str) -> None:
    """Dial() does not want to (``i``), or there is no number."""

    async def story(side: Side) -> None:
        bob = Bob(side, [contact])
        extension = "3" if "300" in contact else "2"
        alice = await side.far.call(side.uri(extension), side.flow)
        assert isinstance(side.far.outcome(alice), SessionEnded)
        assert len(bob.asked) == 1

    play(story, phones("user"), dialplan=DIALPLAN)
