"""Video between SIP parties: what is offered, what is answered, who is connected with whom."""

from __future__ import annotations

from switchroom.media.api import Direction, IcePlan
from switchroom.media.passages import PassagePlan
from switchroom.sdp.description import parse_description
from switchroom.sdp.sections import Section, read_sections
from switchroom.sip.session import Session
from switchroom.tools.simulate.passages import SimulatedPassage
from tests.channels.sip_far_end import OFFER, Side, play
from tests.support.fakes import FakeEngine

VIDEO = (
    "m=video 4004 RTP/AVPF 96 97 98\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 H264/90000\r\n"
    "a=fmtp:97 profile-level-id=42e01f\r\na=rtpmap:98 rtx/90000\r\na=rtcp-fb:* nack pli\r\n"
)
TEXT = "m=text 4006 RTP/AVP 99\r\na=rtpmap:99 t140/1000\r\n"
PHONES = """\
[alice]
type=endpoint
context=in
allow=ulaw,vp8,h264
aors=alice
{alice}
[alice]
type=aor
contact=sip:alice@127.0.0.1:{far}
[bob]
type=endpoint
context=in
allow={allow}
aors=bob
[bob]
type=aor
contact=sip:bob@127.0.0.1:{far}
"""
DIALPLAN = """\
[in]
exten => 1,1,Answer()
 same => n,Set(DB(t/video)=${CHANNEL(videonativeformat)})
 same => n,Wait(1000)
exten => 2,1,Dial(PJSIP/bob)
"""


def phones(*, allow: str = "ulaw,h264,vp8", alice: str = "") -> str:
    return PHONES.replace("{allow}", allow).replace("{alice}", alice)


def passages_of(side: Side) -> list[SimulatedPassage]:
    engine = side.pbx.engine
    assert isinstance(engine, FakeEngine)
    return engine.passages


def sections(session: Session) -> list[Section]:
    return read_sections(session.remote_sdp)


def answering(side: Side, video: str) -> list[Session]:
    """The far end accepts the call to bob with this video section; the sessions it did so for."""
    called: list[Session] = []

    def accept(session: Session) -> None:
        called.append(session)
        session.accept(OFFER + video, now=side.far.now)

    side.far.on_invite = accept
    return called


def test_what_is_allowed_is_answered_in_the_party_s_words() -> None:
    async def story(side: Side) -> None:
        session = await side.far.call(side.uri("1"), side.flow, sdp=OFFER + TEXT + VIDEO)
        audio, text, video = sections(session)
        assert (audio.kind, text.kind, text.port) == ("audio", "text", 0)
        (passage,) = passages_of(side)
        assert (video.port, video.formats) == (passage.local_address[1], ("96", "97"))
        assert video.attributes == (
            "rtpmap:96 VP8/90000",
            "rtcp-fb:96 nack pli",
            "rtpmap:97 H264/90000",
            "fmtp:97 profile-level-id=42e01f",
            "rtcp-fb:97 nack pli",
            "sendrecv",
        )
        assert passage.plan.remote == ("127.0.0.1", 4004)
        assert passage.plan.payload_types == {"VP8": 96, "H264": 97}
        await side.far.until(lambda: side.pbx.astdb.get("t", "video"))
        assert side.pbx.astdb.get("t", "video") == "(vp8)"

    play(story, phones(), dialplan=DIALPLAN)


def test_who_allows_none_gets_none() -> None:
    async def story(side: Side) -> None:
        session = await side.far.call(
            side.uri("1"), side.flow, sender="sip:bob@127.0.0.1", sdp=OFFER + VIDEO
        )
        assert [each.port for each in sections(session)][1:] == [0]
        assert passages_of(side) == []
        await side.far.until(lambda: side.pbx.astdb.get("t", "video"))
        assert side.pbx.astdb.get("t", "video") == "(nothing)"

    play(story, phones(allow="ulaw"), dialplan=DIALPLAN)


def test_protected_video_only_where_it_is_asked_for() -> None:
    async def story(side: Side) -> None:
        session = await side.far.call(
            side.uri("1"), side.flow, sdp=OFFER + VIDEO.replace("RTP/AVPF", "RTP/SAVPF")
        )
        assert [each.port for each in sections(session)][1:] == [0]

    play(story, phones(), dialplan=DIALPLAN)


def test_a_called_party_is_offered_the_caller_s_and_both_are_connected() -> None:
    async def story(side: Side) -> None:
        called = answering(side, "m=video 5004 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n")
        session = await side.far.call(side.uri("2"), side.flow, sdp=OFFER + VIDEO)
        _, offered = sections(called[0])
        assert offered.formats == ("96", "97")
        assert "fmtp:97 profile-level-id=42e01f" in offered.attributes
        bob, alice = passages_of(side)
        assert bob.plan.payload_types == {"H264": 97}
        assert bob.plan.remote == ("127.0.0.1", 5004)
        # what bob does not know is not agreed with alice either
        assert sections(session)[1].formats == ("97",)
        assert alice.plan.payload_types == {"H264": 97}
        await side.far.until(lambda: alice.connected is bob)
        called[0].end(now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: alice.closed and bob.closed)

    play(story, phones(), dialplan=DIALPLAN)


def test_a_called_party_that_refuses_video_leaves_the_caller_without() -> None:
    async def story(side: Side) -> None:
        answering(side, "m=video 0 RTP/AVP 97\r\n")
        session = await side.far.call(side.uri("2"), side.flow, sdp=OFFER + VIDEO)
        assert sections(session)[1].port == 0
        assert all(each.closed for each in passages_of(side))

    play(story, phones(), dialplan=DIALPLAN)


def test_who_has_no_video_is_not_offered_to_others() -> None:
    async def story(side: Side) -> None:
        called = answering(side, "")
        await side.far.call(side.uri("2"), side.flow)
        assert [each.kind for each in sections(called[0])] == ["audio"]

    play(story, phones(), dialplan=DIALPLAN)


def test_hold_holds_video_too_and_sections_keep_their_places() -> None:
    async def story(side: Side) -> None:
        session = await side.far.call(side.uri("1"), side.flow, sdp=OFFER + TEXT + VIDEO)
        (passage,) = passages_of(side)
        await side.far.until(lambda: session.offering is None)
        held = OFFER + "a=sendonly\r\n" + TEXT.replace("4006", "0") + VIDEO + "a=sendonly\r\n"
        session.offer(held, now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: passage.plan.direction is Direction.RECVONLY)
        await side.far.until(lambda: session.offering is None)
        kinds = [(each.kind, each.port > 0, each.direction) for each in sections(session)]
        assert kinds == [
            ("audio", True, "recvonly"),
            ("text", False, "sendrecv"),
            ("video", True, "recvonly"),
        ]
        # an INVITE without a description asks for our offer: each section in its place
        session.offer("", now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: session.offering is None)
        assert [(e.kind, e.port > 0) for e in sections(session)] == [
            ("audio", True),
            ("text", False),
            ("video", True),
        ]

    play(story, phones(), dialplan=DIALPLAN)


def test_video_can_be_taken_out_of_a_call() -> None:
    async def story(side: Side) -> None:
        session = await side.far.call(side.uri("1"), side.flow, sdp=OFFER + VIDEO)
        (passage,) = passages_of(side)
        await side.far.until(lambda: session.offering is None)
        session.offer(OFFER + VIDEO.replace("4004", "0"), now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: passage.closed)
        assert isinstance(passage.plan, PassagePlan)

    play(story, phones(), dialplan=DIALPLAN)


def test_a_peer_of_sip_conf_needs_videosupport() -> None:
    peer = "[general]\n{more}[alice]\ntype=friend\nhost=127.0.0.1\nport={far}\ncontext=in\nallow=ulaw,vp8\n"

    async def story(side: Side) -> None:
        session = await side.far.call(side.uri("1"), side.flow, sdp=OFFER + VIDEO)
        ports.append(sections(session)[1].port)

    ports: list[int] = []
    for more in ("", "videosupport=yes\n"):
        play(story, "", sip=peer.replace("{more}", more), dialplan=DIALPLAN)
    assert ports[0] == 0
    assert ports[1] > 0


FINGERPRINT = f"a=fingerprint:sha-256 {':'.join(['AB'] * 32)}\r\n"
ICE = "a=ice-ufrag:them\r\na=ice-pwd:aaaaaaaaaaaaaaaaaaaaaaaa\r\na=rtcp-mux\r\n"
BROWSER = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
    "m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 127.0.0.1\r\na=rtpmap:0 PCMU/8000\r\n"
    f"a=mid:0\r\na=setup:actpass\r\n{FINGERPRINT}{ICE}"
    "m=video 4002 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 127.0.0.1\r\na=rtpmap:96 VP8/90000\r\n"
    "a=rtpmap:97 rtx/90000\r\na=rtcp-fb:96 nack pli\r\na=rtcp-fb:96 goog-remb\r\n"
    f"a=mid:1\r\na=setup:actpass\r\n{FINGERPRINT}{ICE}"
)


def test_a_browser_s_video_is_keyed_and_checked_on_a_port_of_its_own() -> None:
    async def story(side: Side) -> None:
        session = await side.far.call(side.uri("1"), side.flow, sdp=BROWSER)
        audio, section = sections(session)
        assert "a=group:BUNDLE 0\r\n" in session.remote_sdp
        assert (section.protocol, section.formats) == ("UDP/TLS/RTP/SAVPF", ("96",))
        assert section.port not in {0, audio.port}
        said = parse_description(session.remote_sdp).media[1]
        assert (said.mid, said.setup, said.rtcp_mux) == ("1", "active", True)
        assert said.fingerprints == parse_description(session.remote_sdp).media[0].fingerprints
        assert said.ice is not None
        assert said.ice.is_lite
        (candidate,) = section.values("candidate")
        assert candidate.endswith(f"127.0.0.1 {section.port} typ host")
        assert "rtcp-fb:96 nack pli" in section.attributes
        (passage,) = passages_of(side)
        plan = passage.plan
        assert plan.dtls is not None
        assert plan.dtls.is_client
        assert [each.digest for each in plan.dtls.fingerprints] == [b"\xab" * 32]
        assert plan.ice == IcePlan(said.ice.ufrag, said.ice.password, "them")
        assert (plan.protection, plan.rtcp_mux, plan.reach_timeout) == (None, True, 30.0)

    play(story, phones(alice="webrtc=yes"), dialplan=DIALPLAN)


def test_video_without_the_protection_of_its_audio_is_refused() -> None:
    async def story(side: Side) -> None:
        before, _, behind = BROWSER.rpartition(FINGERPRINT)
        for offer in (before + behind, (before + behind).replace("video 4002 UDP/TLS/RTP/S", "video 4002 RTP/")):  # fmt: skip
            session = await side.far.call(side.uri("1"), side.flow, sdp=offer)
            assert [each.port == 0 for each in sections(session)] == [False, True]
        assert all(each.closed for each in passages_of(side))

    play(story, phones(alice="webrtc=yes"), dialplan=DIALPLAN)


def test_a_browser_is_offered_a_phone_s_video() -> None:
    async def story(side: Side) -> None:
        called: list[Session] = []

        def accept(session: Session) -> None:
            called.append(session)
            answer = BROWSER.replace("actpass", "passive").replace("96", "98")
            session.accept(answer.replace("98 97", "98"), now=side.far.now)

        side.far.on_invite = accept
        await side.far.call(side.uri("2"), side.flow, sdp=OFFER + VIDEO)
        _, section = sections(called[0])
        assert (section.protocol, section.formats) == ("UDP/TLS/RTP/SAVPF", ("96",))
        said = parse_description(called[0].remote_sdp).media[1]
        assert (said.mid, said.setup) == ("video-0", "actpass")
        assert len(section.values("candidate")) == 2
        bob = passages_of(side)[0]
        assert bob.plan.payload_types == {"VP8": 98}
        assert bob.plan.dtls is not None
        assert bob.plan.dtls.is_client
        assert bob.plan.ice is not None
        assert bob.plan.ice.remote_ufrag == "them"

    browser = phones(allow="ulaw,vp8").replace("context=in\nallow=ulaw,vp8\naors=bob", "context=in\nallow=ulaw,vp8\naors=bob\nwebrtc=yes")  # fmt: skip
    play(story, browser, dialplan=DIALPLAN)
