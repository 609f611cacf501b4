"""What the dialplan sees and says of SIP, over a socket."""

import asyncio

import pytest

from switchroom.sip.session import Session
from tests.channels.sip_far_end import OFFER, Side, play

PHONE = """\
[alice]
type=endpoint
context=in
allow=ulaw
aors=alice
callerid="Alice" <100>
send_pai=yes
accountcode=acc
set_var=FLOOR=3
[alice]
type=aor
contact=sip:alice@127.0.0.1:{far}
[out]
type=endpoint
aors=out
allow=ulaw
send_rpid=yes
[out]
type=aor
contact=sip:bob@127.0.0.1:{far}
max_contacts=2
"""
HEADERS = (
    ("X-One", "1"),
    ("X-One", "2"),
    ("P-Charge", '"A" <sip:9@x;cpc=p>;q="1"'),
)


def read(side: Side, expression: str) -> str:
    return side.pbx.astdb.get("t", expression) or ""


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("PJSIP_HEADER(read,X-One)", "1"),
        ("PJSIP_HEADER(read,x-one,2)", "2"),
        ("PJSIP_HEADER(read,X-One,3)", ""),
        ("SIP_HEADER(X-One,2)", "2"),
        ("PJSIP_HEADERS(X-)", "X-One"),
        ("SIP_HEADERS(P-)", "P-Charge"),
        ("PJSIP_HEADER_PARAM(P-Charge,uri,cpc)", "p"),
        ("PJSIP_HEADER_PARAM(P-Charge,header,q)", "1"),
        ("PJSIP_HEADER_PARAM(X-Two,header,q)", ""),
        ("PJSIP_HEADER(bogus,X-One)", ""),
        ("PJSIP_RESPONSE_HEADER(read,To)", ""),
        ("PJSIP_ENDPOINT(alice,context)", "in"),
        ("PJSIP_ENDPOINT(alice,send_pai)", "true"),
        ("PJSIP_ENDPOINT(alice,bogus)", ""),
        ("PJSIP_ENDPOINT(nobody,context)", ""),
        ("PJSIP_AOR(out,max_contacts)", "2"),
        ("PJSIP_CONTACT(${PJSIP_AOR(out,contact)},status)", "NonQualified"),
        ("PJSIP_CONTACT(${PJSIP_AOR(out,contact)},rtt)", "N/A"),
        ("PJSIP_CONTACT(none,uri)", ""),
        ("PJSIP_DTMF_MODE()", "rfc4733"),
        ('PJSIP_PARSE_URI("Al" <sip:a:pw@h:5070\\;transport=tcp>,display)', "Al"),
        ("PJSIP_PARSE_URI(sip:a:pw@h:5070,passwd)", "pw"),
        ("PJSIP_PARSE_URI(sip:a@h,port)", "0"),
        ("PJSIP_PARSE_URI(sip:a@H,host)", "h"),
        ("PJSIP_PARSE_URI(nonsense,host)", ""),
        ("SIPPEER(alice,ip)", "127.0.0.1"),
        ("SIPPEER(alice,callerid_num)", "100"),
        ("SIPPEER(alice,chanvar[FLOOR])", "3"),
        ("SIPPEER(alice,codec[0])", "ulaw"),
        ("SIPPEER(alice,status)", "Unmonitored"),
        ("SIPPEER(alice,curcalls)", "1"),
        ("SIPPEER(nobody,ip)", ""),
        ("CALLERID(all)", '"Alice" <100>'),
        ("FLOOR", "3"),
    ],
)
def test_reading(expression: str, value: str) -> None:
    async def story(side: Side) -> None:
        await side.far.call(side.uri("1"), side.flow, headers=HEADERS)
        assert side.pbx.astdb.get("t", "r") == f"[{value}]"

    plan = f"[in]\nexten => 1,1,Answer()\n same => n,Set(DB(t/r)=[${{{expression}}}])\n"
    plan = (
        plan.replace("Answer()\n same => n,", "").rstrip()
        + "\n same => n,Answer()\n same => n,Wait(5)\n"
    )
    play(story, PHONE, dialplan=plan)


def accept(session: Session) -> None:
    headers = [("X-Far", "far")]
    session.accept(OFFER, now=asyncio.get_running_loop().time(), headers=headers)


def test_headers_go_out_with_a_call_and_come_back_with_its_answer() -> None:
    async def story(side: Side) -> None:
        side.far.on_invite = accept
        session = await side.far.call(side.uri("1"), side.flow)
        assert session.response is not None
        assert session.response.get("x-answer") == "yes"
        (invite,) = side.far.requests("INVITE")
        assert invite.get("x-old") == "very: old"
        assert "x-gone" not in invite.fields
        assert invite.from_.uri == "sip:100@127.0.0.1"
        assert invite.from_.name == "Alice"
        assert invite.get("remote-party-id").startswith('"Alice" <sip:100@127.0.0.1>;party=calling')

    plan = """\
[in]
exten => 1,1,SIPAddHeader(X-Old: very: old)
 same => n,SIPAddHeader(X-Gone: 1)
 same => n,SIPRemoveHeader(X-Gone)
 same => n,Set(PJSIP_HEADER(add,X-Answer)=no)
 same => n,Set(PJSIP_HEADER(update,X-Answer)=yes)
 same => n,Set(PJSIP_HEADER(add,X-Other)=1)
 same => n,Set(PJSIP_HEADER(remove,X-O*)=)
 same => n,Dial(${PJSIP_DIAL_CONTACTS(out)})
"""
    play(story, PHONE, dialplan=plan)


def test_contacts_are_dialled_with_another_number() -> None:
    async def story(side: Side) -> None:
        side.far.on_invite = accept
        await side.far.call(side.uri("1"), side.flow)
        assert side.far.requests("INVITE")[0].uri == f"sip:777@127.0.0.1:{side.far.port}"

    plan = "[in]\nexten => 1,1,Dial(${PJSIP_DIAL_CONTACTS(out,out,777)})\n"
    play(story, PHONE, dialplan=plan)
