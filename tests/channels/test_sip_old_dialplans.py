"""What older dialplans ask of SIP: AST_SORCERY, CHECKSIPDOMAIN, SIPSendCustomINFO, over a socket."""

import asyncio
import socket

import pytest

from switchroom.channels.sip.endpoints.domains import own_domains
from switchroom.config.language.reader import parse_config
from switchroom.config.sip.peers import SipGeneral, read_sip
from switchroom.sip.events import RequestReceived
from switchroom.sip.server import IncomingRequest
from tests.channels.sip_far_end import Side, play

PHONE = """\
[alice]
type=endpoint
context=in
allow=!all,ulaw,alaw
aors=alice,other
auth=alice
set_var=FLOOR=3
set_var=ROOM=12
set_var=DESK=1
[alice]
type=auth
username=alice
password=secret
[alice]
type=aor
max_contacts=2
contact=sip:alice@127.0.0.1:{far}
[other]
type=aor
[anybody]
type=endpoint
context=in
[ours]
type=domain_alias
domain=example.org
[here]
type=identify
endpoint=anybody
match=127.0.0.1
match=127.0.0.2
"""
SIP = "[general]\ndomain=Example.com\ndomain=example.net\n"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("AST_SORCERY(res_pjsip,endpoint,alice,context)", "in"),
        ("AST_SORCERY(res_pjsip,endpoint,alice,CONTEXT)", "in"),
        ("AST_SORCERY(res_pjsip,endpoint,alice,dtmf_mode)", "rfc4733"),
        ("AST_SORCERY(res_pjsip,aor,alice,max_contacts)", "2"),
        ("AST_SORCERY(res_pjsip,auth,alice,username)", "alice"),
        ("AST_SORCERY(res_pjsip,auth,alice,password)", ""),
        ("AST_SORCERY(res_pjsip,domain_alias,ours,domain)", "example.org"),
        ("AST_SORCERY(res_pjsip_endpoint_identifier_ip,identify,here,endpoint)", "anybody"),
        ("AST_SORCERY(res_pjsip,endpoint,alice,set_var)", "FLOOR=3,ROOM=12,DESK=1"),
        ("AST_SORCERY(res_pjsip,endpoint,alice,set_var,concat)", "FLOOR=3,ROOM=12,DESK=1"),
        ("AST_SORCERY(res_pjsip,endpoint,alice,set_var,concat, and )",
         "FLOOR=3 and ROOM=12 and DESK=1"),
        ("AST_SORCERY(res_pjsip,endpoint,alice,set_var,single)", "FLOOR=3"),
        ("AST_SORCERY(res_pjsip,endpoint,alice,set_var,single,3)", "DESK=1"),
        ("AST_SORCERY(res_pjsip,endpoint,alice,set_var,single,4)", ""),
        ("AST_SORCERY(res_pjsip,endpoint,alice,set_var,single,0)", ""),
        ("AST_SORCERY(res_pjsip,endpoint,alice,set_var,each)", ""),
        ("AST_SORCERY(res_pjsip,endpoint,alice,aors,single,2)", "other"),
        ("AST_SORCERY(res_pjsip,endpoint,alice,aors,concat,&)", "alice&other"),
        ("AST_SORCERY(res_pjsip,endpoint,nobody,context)", ""),
        ("AST_SORCERY(res_pjsip,endpoint,alice,bogus)", ""),
        ("AST_SORCERY(res_pjsip,elephant,alice,context)", ""),
        ("AST_SORCERY(res_music,endpoint,alice,context)", ""),
        ("CHECKSIPDOMAIN(example.com)", "example.com"),
        ("CHECKSIPDOMAIN(EXAMPLE.net)", "EXAMPLE.net"),
        ("CHECKSIPDOMAIN(ours)", "ours"),
        ("CHECKSIPDOMAIN(elsewhere.example)", ""),
    ],
)  # fmt: skip
def test_reading(expression: str, value: str) -> None:
    async def story(side: Side) -> None:
        await side.far.call(side.uri("1"), side.flow, sender="sip:x@127.0.0.1")
        assert side.pbx.astdb.get("t", "r") == f"[{value}]"

    plan = f"[in]\nexten => 1,1,Set(DB(t/r)=[${{{expression}}}])\n same => n,Hangup()\n"
    play(story, PHONE, dialplan=plan, sip=SIP)


def test_domains_of_the_host() -> None:
    general = SipGeneral(
        udp=("192.0.2.8", 5060), tcp=("0.0.0.0", 5060), external_host="pbx.example",
        domains=("a.example",), has_own_domains=True,
    )  # fmt: skip
    domains = own_domains(general)
    assert {"a.example", "192.0.2.8", "pbx.example", "127.0.0.1"} <= domains
    assert socket.gethostname().lower() in domains
    assert not domains & {"", "0.0.0.0"}


def test_domains_as_written() -> None:
    text = "[general]\ndomain=A.example\ndomain=b.example,incoming\nautodomain=yes\n"
    config = read_sip(parse_config(text))
    assert config.general.domains == ("a.example", "b.example")
    assert config.general.has_own_domains
    assert [str(each) for each in config.warnings] == [
        f"{config.warnings[0].path}:3: the context of a domain has no effect"
    ]
    assert own_domains(SipGeneral(domains=("a.example",))) == {"a.example"}


@pytest.mark.parametrize(
    ("arguments", "heard"),
    [
        ("shutting down", ["shutting down", "shutting down"]),
        ("by name,FAR END", ["by name", "by name"]),
        ("for none,phone/3", []),
    ],
)
def test_a_text_by_info_in_all_calls(arguments: str, heard: list[str]) -> None:
    async def story(side: Side) -> None:
        def take(incoming: IncomingRequest) -> None:
            incoming.respond(200, now=side.far.now)

        side.far.answers = take
        for _ in range(2):
            await side.far.call(side.uri("1"), side.flow, sender="sip:x@h")
        await side.far.call(side.uri("2"), side.flow, sender="sip:x@h")
        await asyncio.sleep(1)
        found = [
            event.incoming.request
            for event in side.far.events
            if isinstance(event, RequestReceived) and event.incoming.request.method == "INFO"
        ]
        assert [each.body.decode() for each in found] == heard
        assert all(each.get("content-type") == "text/plain;charset=UTF-8" for each in found)

    plan = (
        "[in]\nexten => 1,1,Answer()\n same => n,Wait(60)\n"
        f"exten => 2,1,SIPSendCustomINFO({arguments})\n same => n,Hangup()\n"
    )
    play(story, PHONE, dialplan=plan)
