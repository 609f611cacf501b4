"""What ``sip.conf`` says about signalling, as phones see it."""

import asyncio

import pytest

from switchroom.channels.sip.endpoints.settings import merge
from switchroom.config.acl import read_acl
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import PjsipConfig
from switchroom.config.sip.peers import read_sip
from switchroom.pbx.states.mailboxes import Mailboxes
from switchroom.sip.session import Session
from tests.channels.sip_far_end import OFFER, Side, play

SIP = """\
[general]
context=in
MORE
[alice]
type=friend
host=dynamic
[bob]
type=peer
host=127.0.0.1
port={far}
PEER
"""
DIALPLAN = "[in]\nexten => 2,1,Dial(SIP/bob,20)\nexten => 20,1,Ringing()\n same => n,Wait(3)\n"


def conf(general: str = "", peer: str = "") -> str:
    return SIP.replace("MORE", general).replace("PEER", peer)


def test_mailboxes_are_told() -> None:
    async def story(side: Side) -> None:
        side.pbx.datastore(Mailboxes).count = lambda mailbox: (3, 1)
        side.far.answers = lambda incoming: incoming.respond(200, now=side.far.now)
        contact = ("Contact", f"<sip:alice@127.0.0.1:{side.far.port}>")
        answer = await side.far.request("REGISTER", side.uri(), side.flow, headers=(contact,))
        assert answer.status == 200
        await side.far.until(lambda: side.far.requests("NOTIFY"))
        body = side.far.requests("NOTIFY")[0].body.decode()
        assert "Voice-Message: 3/1" in body
        assert "Message-Account: sip:*97@" in body

    sip = conf("mailbox=100@office\nvmexten=*97\n", "mailbox=").replace("127.0.0.1", "192.0.2.9")
    play(story, "", sip=sip, dialplan=DIALPLAN)


@pytest.mark.parametrize(("overlap", "status"), [("yes", 484), ("no", 404)])
def test_numbers_that_are_not_whole(overlap: str, status: int) -> None:
    async def story(side: Side) -> None:
        session = await side.far.call(side.uri("21"), side.flow)
        assert session.response is not None
        assert session.response.status == status

    plan = DIALPLAN + "exten => 2105,1,NoOp()\n"
    play(story, "", sip=conf(f"allowoverlap={overlap}\n"), dialplan=plan)


def test_a_redirection_to_another_host() -> None:
    async def story(side: Side) -> None:
        asked: list[str] = []

        def invite(session: Session) -> None:
            assert session.request is not None
            asked.append(session.request.uri)
            if len(asked) == 1:
                contact = f"<sip:carol@127.0.0.1:{side.far.port}>"
                session.refuse(302, now=side.far.now, headers=[("Contact", contact)])
            else:
                session.accept(OFFER, now=side.far.now)

        side.far.on_invite = invite
        await side.far.call(side.uri("2"), side.flow)
        assert asked[1] == f"sip:carol@127.0.0.1:{side.far.port}"

    play(story, "", sip=conf(peer="promiscredir=yes\n"), dialplan=DIALPLAN)


def test_ringing_as_a_tone() -> None:
    async def story(side: Side) -> None:
        session = side.far.invite(side.uri("20"), side.flow)
        await side.far.until(lambda: session.response)
        await asyncio.sleep(1)
        assert session.response is not None
        assert session.response.status == 183

    play(story, "", sip=conf("progressinband=yes\n"), dialplan=DIALPLAN)


def test_what_is_taken_over() -> None:
    named = read_acl(parse_config("[office]\ndeny=0.0.0.0/0\npermit=192.0.2.0/24\n"))
    text = conf(
        "allowsubscribe=no\nsubscribecontext=lamps\nallowtransfer=no\nusereqphone=yes\n"
        "outofcall_message_context=texts\n",
        "allowtransfer=yes\nrpid_update=yes\nrpid_immediate=yes\nacl=office\n"
        "contactdeny=192.0.2.7\n",
    ).replace("{far}", "5080")
    config = read_sip(parse_config(text), named)
    assert config.warnings == ()
    endpoints = merge(PjsipConfig(), config, user_agent="x").endpoints
    alice, bob = endpoints["alice"], endpoints["bob"]
    assert (alice.allows_subscribe, alice.subscribe_context) == (False, "lamps")
    assert (alice.allows_transfer, bob.allows_transfer) == (False, True)
    assert alice.message_context == "texts"
    assert alice.manners.says_phone
    assert (bob.line.by_update, bob.line.before_answer) == (True, True)
    assert bob.manners.may_call_from.allows("192.0.2.8")
    assert not bob.manners.may_call_from.allows("192.0.3.8")
    assert not bob.manners.may_register_from.allows("192.0.2.7")


def test_what_has_no_effect_is_named_once() -> None:
    text = conf("busylamp=yes\n", "busylamp=no\n").replace("{far}", "5080")
    (warning,) = read_sip(parse_config(text)).warnings
    assert warning.message.startswith("busylamp has no effect")
