"""How calls are protected and reached: two ends of ours, and what their configuration asks for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError, MediaError
from switchroom.channels.sip.endpoints.codecs import plan_of
from switchroom.channels.sip.endpoints.endpoint import Endpoint
from switchroom.channels.sip.endpoints.security_policy import SecurityPolicy
from switchroom.channels.sip.endpoints.settings import merge
from switchroom.channels.sip.media.negotiating import Taken, agree_with, take_offer
from switchroom.channels.sip.media.securing import CallSecurity
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import PjsipConfig, read_pjsip
from switchroom.config.rtp import read_rtp
from switchroom.config.sip.peers import read_sip
from switchroom.media.api import DtlsPlan, IcePlan, StreamPlan
from switchroom.media.dtls.identities import Identities
from switchroom.sdp.description import parse_description
from switchroom.sdp.dtls import Setup
from switchroom.sdp.errors import NotAcceptableError
from switchroom.sdp.ice import IceTerms
from switchroom.sdp.negotiation import (
    PCMU,
    Agreement,
    Keying,
    Origin,
    Secrecy,
    write_answer,
    write_offer,
)

PLAN = StreamPlan("PCMU", 0)
HOSTS = ["192.0.2.1"]
IDENTITIES = Identities()
OTHERS = Identities()
BROWSER = "[a]\ntype=endpoint\nwebrtc=yes\n"


def config(text: str) -> PjsipConfig:
    return read_pjsip(parse_config(text, path=Path("pjsip.conf")))


def endpoint(text: str, rtp: str = "") -> Endpoint:
    found = read_rtp(parse_config(rtp, path=Path("rtp.conf")))
    return merge(config(text), None, user_agent="", rtp=found).endpoints["a"]


class End:
    """One end of a call."""

    def __init__(self, text: str, identities: Identities = IDENTITIES) -> None:
        self.endpoint = endpoint(text)
        self.identities = identities
        self.security = CallSecurity(self.endpoint.security, identities)
        self.origin = Origin(1)

    def offer(self) -> str:
        plain = write_offer([PCMU], self.origin, host=HOSTS[0], port=4000)
        return self.security.offer(plain, HOSTS, 4000)

    def answer(self, offer: str) -> str:
        agreement = self._agree(offer)
        self.security.take_offer(agreement)
        self.agreement = agreement
        plain = write_answer(offer, agreement, self.origin, host=HOSTS[0], port=5000)
        return self.security.answer(plain, agreement, HOSTS, 5000)

    def take(self, answer: str) -> None:
        self.agreement = self._agree(answer)
        self.security.take_answer(self.agreement)

    def _agree(self, sdp: str) -> Agreement:
        return agree_with(self.endpoint, [PCMU], sdp, use_events=True)

    @property
    def plan(self) -> StreamPlan:
        return self.security.secured(plan_of(self.agreement, symmetric=False), self.agreement)


def call(one: End, two: End) -> tuple[str, str]:
    offer = one.offer()
    answer = two.answer(offer)
    one.take(answer)
    return offer, answer


def test_what_webrtc_stands_for() -> None:
    policy = endpoint(BROWSER).security
    assert policy == SecurityPolicy(
        Secrecy.REQUIRED, Keying.DTLS, setup=Setup.ACTPASS, rtcp_mux=True, uses_avpf=True,
        uses_ice=True, bundles=True,
    )  # fmt: skip
    assert config(BROWSER).warnings == ()
    shown = dict(config(BROWSER).endpoints["a"].parameters())
    assert shown["media_encryption"] == "dtls"
    assert (shown["rtcp_mux"], shown["ice_support"], shown["bundle"]) == ("true",) * 3
    assert (shown["dtls_setup"], shown["dtls_verify"]) == ("actpass", "Fingerprint")
    assert shown["dtls_auto_generate_cert"] == "Yes"


def test_what_is_written_beside_webrtc() -> None:
    text = BROWSER + (
        "media_encryption=sdes\ndtls_setup=passive\nrtcp_mux=no\ndtls_cert_file=/x.pem\n"
    )
    policy = endpoint(text).security
    assert (policy.keying, policy.setup) == (Keying.SDES, Setup.PASSIVE)
    assert policy.rtcp_mux, "a browser cannot do without"
    assert policy.dtls.certificate == Path("/x.pem")


def test_options_of_handshakes() -> None:
    policy = endpoint(
        "[a]\ntype=endpoint\nmedia_encryption=dtls\nmedia_encryption_optimistic=yes\n"
        "dtls_cert_file=/c.pem\ndtls_private_key=/k.pem\ndtls_ca_file=/ca.pem\ndtls_ca_path=/ca\n"
        "dtls_cipher=ECDHE-ECDSA-AES128-GCM-SHA256\ndtls_verify=certificate\n"
        "dtls_fingerprint=SHA-1\ndtls_setup=actpass\nforce_avp=yes\n",
        rtp="[general]\ndtls_mtu=600\n",
    ).security
    dtls = policy.dtls
    assert (policy.secrecy, policy.keying) == (Secrecy.OPTIMISTIC, Keying.DTLS_WEAK)
    assert (dtls.certificate, dtls.private_key) == (Path("/c.pem"), Path("/k.pem"))
    assert (dtls.authorities, dtls.authorities_folder) == (Path("/ca.pem"), Path("/ca"))
    assert (dtls.algorithm, dtls.verifies_certificate, dtls.mtu) == ("sha-1", True, 600)
    assert policy.forces_avp


def test_a_certificate_of_our_own_goes_before_a_file() -> None:
    text = "[a]\ntype=endpoint\nmedia_encryption=dtls\ndtls_auto_generate_cert=yes\n"
    assert endpoint(text + "dtls_cert_file=/c.pem\n").security.dtls.certificate is None


def test_rtp_conf_can_forbid_ice() -> None:
    assert not endpoint(BROWSER, rtp="[general]\nicesupport=no\n").security.uses_ice
    assert endpoint(BROWSER, rtp="[general]\nicesupport=yes\n").security.uses_ice


def test_two_ends_of_which_one_is_a_browser() -> None:
    """A lite agent needs a full one at the other end: the browser's lines are made from ours."""
    server, browser = End(BROWSER), End(BROWSER, OTHERS)
    offer = browser.offer().replace("a=ice-lite\r\n", "")
    answer = server.answer(offer)
    browser.take(answer)
    media = parse_description(answer).media[0]
    assert media.protocol == "UDP/TLS/RTP/SAVPF"
    assert (media.setup, media.rtcp_mux, media.mid) == ("active", True, "audio-0")
    assert "a=group:BUNDLE audio-0" in answer.partition("m=")[0]
    assert "a=ice-lite" in answer.partition("m=")[0]
    assert answer.count("a=candidate:") == 1
    ours, theirs = server.plan, browser.plan
    assert ours.dtls is not None
    assert theirs.dtls is not None
    assert (ours.dtls.is_client, theirs.dtls.is_client) == (True, False)
    assert ours.dtls.fingerprints == (theirs.dtls.identity.fingerprint,)
    assert theirs.dtls.fingerprints == (ours.dtls.identity.fingerprint,)
    assert ours.ice is not None
    assert (media.ice or IceTerms("", "")).ufrag == ours.ice.ufrag
    assert (
        ours.ice.remote_ufrag == (parse_description(offer).media[0].ice or IceTerms("", "")).ufrag
    )
    assert ours.protection is None


def test_two_lite_agents_check_nothing() -> None:
    one, two = End(BROWSER), End(BROWSER, OTHERS)
    call(one, two)
    assert (one.plan.ice, two.plan.ice) == (None, None)
    assert one.plan.dtls is not None


def test_hold_and_resume_change_nothing() -> None:
    server, browser = End(BROWSER), End(BROWSER, OTHERS)
    first = browser.offer().replace("a=ice-lite\r\n", "")
    server.answer(first)
    before = server.plan
    for direction in ("sendonly", "sendrecv"):
        server.answer(first.replace("a=sendrecv", f"a={direction}"))
        assert replace(server.plan, direction=before.direction) == before


def test_the_role_of_a_handshake_stays_when_we_offer_again() -> None:
    for text in (BROWSER, BROWSER + "dtls_setup=passive\n"):
        server, phone = End(text), End(BROWSER + "dtls_setup=active\n", OTHERS)
        call(server, phone)
        before = server.plan.dtls
        assert before is not None
        assert before.is_client is False
        call(server, phone)
        assert server.plan.dtls == before


def test_who_begins_anew_gets_other_credentials_of_us() -> None:
    server, browser = End(BROWSER), End(BROWSER, OTHERS)
    first = browser.offer().replace("a=ice-lite\r\n", "")
    server.answer(first)
    before = server.plan
    theirs = parse_description(first).media[0].ice
    assert theirs is not None
    server.answer(first.replace(theirs.ufrag, "otherone"))
    after = server.plan
    assert before.ice is not None
    assert after.ice is not None
    assert after.ice.remote_ufrag == "otherone"
    assert after.ice.ufrag != before.ice.ufrag
    assert after.ice.password != before.ice.password
    assert after.dtls == before.dtls, "the handshake goes on"


@pytest.mark.parametrize(
    ("options", "role"),
    [
        ("", "active"),
        ("rtp_symmetric=yes", "passive"),
        ("rtp_symmetric=yes\ndtls_setup=active", "active"),
        ("rtp_symmetric=yes\nice_support=yes", "active"),
    ],
)
def test_whoever_may_be_behind_a_nat_begins(options: str, role: str) -> None:
    text = f"[a]\ntype=endpoint\nmedia_encryption=dtls\n{options}\n"
    phone = End("[a]\ntype=endpoint\nmedia_encryption=dtls\nice_support=yes\n", OTHERS)
    answer = End(text).answer(phone.offer())
    assert parse_description(answer).media[0].setup == role


def test_before_the_answer_nothing_is_let_through() -> None:
    plan = End(BROWSER).security.secured(PLAN, None)
    assert isinstance(plan.dtls, DtlsPlan)
    assert plan.dtls.is_client is None
    assert isinstance(plan.ice, IcePlan)
    assert plan.ice.remote_ufrag == ""
    plain = End("[a]\ntype=endpoint\n").security.secured(PLAN, None)
    assert plain == PLAN


@pytest.mark.parametrize(
    ("options", "protocol", "components"),
    [
        ("", "RTP/AVP", 0),
        ("use_avpf=yes", "RTP/AVPF", 0),
        ("ice_support=yes", "RTP/AVP", 2),
        ("media_encryption=sdes", "RTP/SAVP", 0),
        ("media_encryption=sdes\nuse_avpf=yes", "RTP/SAVPF", 0),
        ("media_encryption=sdes\nice_support=yes", "RTP/SAVP", 2),
        ("media_encryption=dtls", "UDP/TLS/RTP/SAVP", 0),
        ("media_encryption=dtls\nuse_avpf=yes", "UDP/TLS/RTP/SAVPF", 0),
        ("media_encryption=dtls\nforce_avp=yes", "RTP/SAVP", 0),
        ("media_encryption=dtls\nmedia_encryption_optimistic=yes", "RTP/AVP", 0),
        ("webrtc=yes", "UDP/TLS/RTP/SAVPF", 2),
    ],
)
def test_what_we_offer(options: str, protocol: str, components: int) -> None:
    end = End(f"[a]\ntype=endpoint\n{options}\n")
    offer = end.offer()
    media = parse_description(offer).media[0]
    assert media.protocol == protocol
    assert offer.count("a=candidate:") == components
    assert bool(media.fingerprints) is end.endpoint.security.shakes_hands
    assert bool(media.crypto) is ("sdes" in options)
    other = End(f"[a]\ntype=endpoint\n{options}\n", OTHERS)
    call(end, other)
    assert other.agreement.protocol == protocol


def test_an_answer_has_only_what_the_offer_had() -> None:
    plain = write_offer([PCMU], Origin(1), host="192.0.2.9", port=4000)
    text = "[a]\ntype=endpoint\nice_support=yes\nbundle=yes\nmedia_encryption=dtls\n"
    end = End(text + "media_encryption_optimistic=yes\n")
    answer = end.answer(plain)
    for word in ("ice", "fingerprint", "mid", "group", "candidate", "setup"):
        assert f"a={word}" not in answer
    assert end.plan.dtls is None
    assert end.plan.ice is None


def test_sections_that_we_refuse_are_not_in_the_group() -> None:
    offer = End(BROWSER, OTHERS).offer().replace("BUNDLE audio-0", "BUNDLE audio-0 video-1")
    offer += "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:video-1\r\n"
    answer = End(BROWSER).answer(offer)
    assert "a=group:BUNDLE audio-0\r\n" in answer
    assert "m=video 0 UDP/TLS/RTP/SAVPF 96\r\n" in answer
    audio, _, video = answer.partition("m=video")
    assert "a=fingerprint" in audio
    assert "a=fingerprint" not in video


def test_who_does_not_shake_hands_is_refused() -> None:
    plain = write_offer([PCMU], Origin(1), host="192.0.2.9", port=4000)
    with pytest.raises(NotAcceptableError, match="must be protected"):
        End(BROWSER).answer(plain)
    offer = End(BROWSER, OTHERS).offer()
    with pytest.raises(NotAcceptableError, match="is no answer to"):
        End(BROWSER).take(offer)


def test_a_certificate_that_cannot_be_used_lets_no_call_through(tmp_path: Path) -> None:
    text = BROWSER + f"dtls_cert_file={tmp_path / 'missing.pem'}\n"
    with pytest.raises(MediaError, match="No such file"):
        take_offer(endpoint(text), Identities(), "")
    assert isinstance(take_offer(endpoint(BROWSER), IDENTITIES, ""), Taken)


def test_a_public_address_comes_before_our_own() -> None:
    end = End(BROWSER)
    plain = write_offer([PCMU], Origin(1), host="203.0.113.1", port=4000)
    offer = end.security.offer(plain, ["203.0.113.1", "10.0.0.1"], 4000)
    places = [line.split()[4] for line in offer.splitlines() if line.startswith("a=candidate")]
    assert places == ["203.0.113.1", "203.0.113.1", "10.0.0.1", "10.0.0.1"]


def test_one_certificate_serves_all_calls_of_a_day() -> None:
    one = End(BROWSER).security.secured(PLAN, None).dtls
    two = End(BROWSER).security.secured(PLAN, None).dtls
    assert one is not None
    assert two is not None
    assert one.identity is two.identity


def peer(text: str, rtp: str = "") -> SecurityPolicy:
    found = read_rtp(parse_config(rtp, path=Path("rtp.conf")))
    sip = read_sip(parse_config(text, path=Path("sip.conf")))
    assert sip.warnings == ()
    return merge(PjsipConfig(), sip, user_agent="", rtp=found).endpoints["a"].security


def test_a_browser_in_sip_conf() -> None:
    general = "[general]\ndtlsenable=yes\navpf=yes\nicesupport=yes\nrtcp_mux=yes\n"
    policy = peer(
        f"{general}encryption=yes\ndtlscertfile=/c.pem\n[a]\ntype=friend\nhost=dynamic\n"
        "dtlsverify=certificate\ndtlscafile=/ca.pem\ndtlssetup=passive\n"
    )
    assert (policy.secrecy, policy.keying) == (Secrecy.REQUIRED, Keying.DTLS)
    assert (policy.setup, policy.uses_avpf, policy.uses_ice) == (Setup.PASSIVE, True, True)
    assert (policy.rtcp_mux, policy.bundles) == (True, True)
    assert policy.dtls.certificate == Path("/c.pem")
    assert policy.dtls.authorities == Path("/ca.pem")
    assert policy.dtls.verifies_certificate


def test_handshakes_in_sip_conf_let_nothing_through_in_the_clear() -> None:
    policy = peer("[a]\ntype=friend\ndtlsenable=yes\n")
    assert (policy.secrecy, policy.keying) == (Secrecy.REQUIRED, Keying.DTLS)
    assert not policy.bundles


def test_a_peer_goes_before_general() -> None:
    text = "[general]\nicesupport=yes\n[a]\ntype=friend\nicesupport=no\nencryption=yes\n"
    policy = peer(text + "encryption_taglen=32\n")
    assert (policy.uses_ice, policy.keying, policy.short_tags) == (False, Keying.SDES, True)
    assert not peer("[a]\ntype=friend\nicesupport=yes\n", "[general]\nicesupport=no\n").uses_ice


@pytest.mark.parametrize(
    "line",
    ["dtlssetup=maybe", "dtlsfingerprint=md5", "encryption_taglen=64"],
)
def test_values_that_are_none(line: str) -> None:
    with pytest.raises(ConfigError, match="expected"):
        peer(f"[a]\ntype=friend\n{line}\n")
