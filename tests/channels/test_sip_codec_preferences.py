"""Which codecs a call is offered and answered with, over a socket."""

import pytest

from switchroom.channels.sip.driver import SipChannelDriver
from switchroom.channels.sip.endpoints.codecs import codecs_of, name_of
from switchroom.channels.sip.media.reconciling import reconciled
from switchroom.config.pjsip.codec_preferences import NAMED, CodecPreference, Operation
from switchroom.sdp.negotiation import audio_formats
from switchroom.sip.session import Session
from tests.channels.sip_far_end import OFFER, Side, play

PHONES = """\
[alice]
type=endpoint
context=in
allow=ulaw,alaw
aors=alice
{alice}
[alice]
type=aor
contact=sip:alice@127.0.0.1:{far}
[bob]
type=endpoint
context=in
allow=g722,ulaw,alaw
aors=bob
{bob}
[bob]
type=aor
contact=sip:bob@127.0.0.1:{far}
"""
DIALPLAN = """\
[in]
exten => 1,1,Answer()
 same => n,Wait(3600)
exten => 2,1,Dial(PJSIP/bob,30)
 same => n,Set(GLOBAL(SAID)=${DIALSTATUS} ${HANGUPCAUSE})
"""
#: First A-law, then µ-law, as the far end says it.
BOTH = OFFER.replace("AVP 0", "AVP 8 0") + "a=rtpmap:8 PCMA/8000\r\n"


def phones(alice: str = "", bob: str = "") -> str:
    return PHONES.replace("{alice}", alice).replace("{bob}", bob)


def names(sdp: str) -> list[str]:
    return [name for name, _ in audio_formats(sdp) if name != "TELEPHONE-EVENT"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("local", "ulaw,alaw"), ("local_first", "ulaw"), ("local_merge", "g722,ulaw,alaw"),
        ("remote", "alaw,ulaw"), ("remote_first", "alaw"), ("remote_merge", "alaw,ulaw,g722"),
    ],
)  # fmt: skip
def test_the_names_of_preferences(name: str, found: str) -> None:
    pending, configured = codecs_of(("alaw", "ulaw", "gsm")), codecs_of(("g722", "ulaw", "alaw"))
    codecs = reconciled(NAMED[name], pending, configured)
    assert ",".join(map(name_of, codecs)) == found


@pytest.mark.parametrize(
    ("operation", "found"),
    [
        (Operation.INTERSECT, "ulaw"), (Operation.UNION, "g722,ulaw,alaw"),
        (Operation.ONLY_PREFERRED, "g722,ulaw"), (Operation.ONLY_NONPREFERRED, "alaw,ulaw"),
    ],
)  # fmt: skip
def test_what_becomes_of_two_lists(operation: Operation, found: str) -> None:
    pending, configured = codecs_of(("alaw", "ulaw")), codecs_of(("g722", "ulaw"))
    codecs = reconciled(CodecPreference(operation=operation), pending, configured)
    assert ",".join(map(name_of, codecs)) == found


@pytest.mark.parametrize(
    ("alice", "bob", "offered"),
    [
        ("", "", ["PCMU", "PCMA", "G722"]),
        ("incoming_call_offer_pref=remote", "", ["PCMA", "PCMU", "G722"]),
        ("incoming_call_offer_pref=remote_first", "outgoing_call_offer_pref=remote", ["PCMA"]),
        ("", "outgoing_call_offer_pref=local_merge", ["G722", "PCMU", "PCMA"]),
        ("", "outgoing_call_offer_pref=remote_first", ["PCMU"]),
        ("", "codec_prefs_outgoing_offer=prefer:configured,operation:only_preferred,keep:first",
         ["G722"]),
        ("", "codec_prefs_outgoing_offer=transcode:prevent", ["PCMU"]),
        ("codec_prefs_incoming_offer=prefer:pending,transcode:prevent", "", ["PCMA"]),
    ],
)  # fmt: skip
def test_what_a_called_party_is_offered(alice: str, bob: str, offered: list[str]) -> None:
    async def story(side: Side) -> None:
        side.far.invite(side.uri("2"), side.flow, sdp=BOTH)
        await side.far.until(lambda: side.far.requests("INVITE"))
        assert names(side.far.requests("INVITE")[0].body.decode()) == offered

    play(story, phones(alice, bob), dialplan=DIALPLAN)


def test_no_call_where_codecs_would_have_to_be_translated() -> None:
    async def story(side: Side) -> None:
        await side.far.call(side.uri("2"), side.flow)
        assert side.pbx.global_variables["SAID"] == "CHANUNAVAIL 58"
        assert side.far.requests("INVITE") == []

    bob = (
        "codec_prefs_outgoing_offer=operation:intersect,transcode:prevent\ndisallow=all\nallow=alaw"
    )
    play(story, phones(bob=bob), dialplan=DIALPLAN)


@pytest.mark.parametrize(
    ("alice", "answered"),
    [
        ("", "PCMU"),
        ("codec_prefs_incoming_offer=prefer:pending", "PCMA"),
        ("codec_prefs_incoming_offer=prefer:configured", "PCMU"),
        ("codec_prefs_outgoing_answer=prefer:pending", "PCMA"),
        ("codec_prefs_incoming_offer=prefer:pending\ncodec_prefs_outgoing_answer=prefer:configured",
         "PCMU"),
        ("disallow=all\nallow=ulaw\ncodec_prefs_incoming_offer=operation:only_preferred", "PCMA"),
    ],
)  # fmt: skip
def test_what_an_offer_is_answered_with(alice: str, answered: str) -> None:
    async def story(side: Side) -> None:
        session = await side.far.call(side.uri("1"), side.flow, sdp=BOTH)
        assert names(session.remote_sdp) == [answered]

    play(story, phones(alice), dialplan=DIALPLAN)


@pytest.mark.parametrize(
    ("bob", "used"), [("", "ulaw"), ("codec_prefs_incoming_answer=prefer:pending", "alaw")]
)
def test_which_of_several_codecs_of_an_answer_is_used(bob: str, used: str) -> None:
    async def story(side: Side) -> None:
        def accept(session: Session) -> None:
            session.accept(BOTH, now=side.far.now)

        side.far.on_invite = accept
        await side.far.call(side.uri("2"), side.flow)
        called = next(c for c in side.pbx.channels.values() if "bob" in c.name)
        assert isinstance(called.driver, SipChannelDriver)
        assert called.driver.audio_format == used

    play(story, phones(bob=bob), dialplan=DIALPLAN)
