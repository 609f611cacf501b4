"""Our SRTP keys of a call, and endpoints that ask for them."""

import logging
from pathlib import Path

import pytest

from switchroom.channels.sip.endpoints.settings import merge
from switchroom.channels.sip.media.keys import CallKeys
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import read_pjsip
from switchroom.config.sip.peers import read_sip
from switchroom.media.api import Protection
from switchroom.net.trace import trace
from switchroom.sdp.crypto import SUITES, choose
from switchroom.sdp.description import parse_description
from switchroom.sdp.negotiation import PCMU, Origin, Secrecy, agree, write_offer
from switchroom.sip.flow import Flow

OFFER = write_offer([PCMU], Origin(1), host="192.0.2.1", port=4000)


def test_both_sides_have_the_same_keys() -> None:
    caller, called = CallKeys(Secrecy.REQUIRED), CallKeys(Secrecy.REQUIRED)
    theirs = agree(caller.offer(OFFER), [PCMU], secrecy=Secrecy.REQUIRED)
    answer = called.answer(theirs)
    assert answer is not None
    assert (answer.tag, answer.suite) == (1, SUITES[0])
    ours = agree(
        f"{OFFER}{answer.line()}\r\n".replace("RTP/AVP", "RTP/SAVP"),
        [PCMU],
        secrecy=Secrecy.REQUIRED,
    )
    at_caller, at_called = caller.protection(ours), called.protection(theirs)
    assert at_caller is not None
    assert at_called == Protection(SUITES[0], at_caller.remote or b"", at_caller.local)
    assert len({at_caller.local, at_caller.remote}) == 2


def test_a_description_that_is_sent_again_names_the_same_keys() -> None:
    keys = CallKeys(Secrecy.REQUIRED)
    assert keys.offer(OFFER) == keys.offer(OFFER)
    assert keys.offer(OFFER) != CallKeys(Secrecy.REQUIRED).offer(OFFER)
    lines = parse_description(keys.offer(OFFER)).media[0].crypto
    first, second = choose(lines), choose(lines[1:])
    assert first is not None
    assert second is not None
    assert (first.suite, second.suite) == SUITES
    assert first.key != second.key, "a key is never used with two suites"


def test_before_the_answer_nothing_goes_in_the_clear() -> None:
    waiting = CallKeys(Secrecy.REQUIRED).protection(None)
    assert waiting is not None
    assert waiting.remote is None
    assert CallKeys(Secrecy.OPTIMISTIC).protection(None) is None
    assert CallKeys(Secrecy.NONE).protection(None) is None


def test_short_tags_come_first_where_they_are_wanted() -> None:
    text = "[a]\ntype=endpoint\nmedia_encryption=sdes\nsrtp_tag_32=yes\nrtcp_mux=yes\n"
    config = read_pjsip(parse_config(text, path=Path("pjsip.conf")))
    assert config.warnings == ()
    endpoint = merge(config, None, user_agent="").endpoints["a"]
    assert endpoint.security.rtcp_mux
    keys = CallKeys(endpoint.security.secrecy, short_tags=endpoint.security.short_tags)
    offered = agree(keys.offer(OFFER), [PCMU], secrecy=Secrecy.REQUIRED).crypto
    assert offered is not None
    assert (offered.tag, offered.suite) == (1, SUITES[1])
    waiting = keys.protection(None)
    assert waiting is not None
    assert (waiting.suite, waiting.local) == (SUITES[1], offered.key)


def test_plain_audio_has_no_keys() -> None:
    keys = CallKeys(Secrecy.NONE)
    assert keys.offer(OFFER) == OFFER
    agreement = agree(OFFER, [PCMU])
    assert keys.answer(agreement) is None
    assert keys.protection(agreement) is None


@pytest.mark.parametrize(
    ("options", "secrecy"),
    [
        ("", Secrecy.NONE),
        ("media_encryption=no", Secrecy.NONE),
        ("media_encryption=sdes", Secrecy.REQUIRED),
        ("media_encryption=sdes\nmedia_encryption_optimistic=yes", Secrecy.OPTIMISTIC),
    ],
)
def test_endpoints_of_pjsip_conf(options: str, secrecy: Secrecy) -> None:
    text = f"[a]\ntype=endpoint\n{options}\n"
    config = read_pjsip(parse_config(text, path=Path("pjsip.conf")))
    assert config.warnings == ()
    assert merge(config, None, user_agent="").endpoints["a"].security.secrecy is secrecy


def test_peers_of_sip_conf() -> None:
    text = "[general]\nencryption=yes\n[a]\ntype=friend\n[b]\ntype=friend\nencryption=no\n"
    sip = read_sip(parse_config(text, path=Path("sip.conf")))
    assert sip.warnings == ()
    endpoints = merge(
        read_pjsip(parse_config("", path=Path("pjsip.conf"))), sip, user_agent=""
    ).endpoints
    assert endpoints["a"].security.secrecy is Secrecy.REQUIRED
    assert endpoints["b"].security.secrecy is Secrecy.NONE


def test_the_trace_shows_no_key(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "switchroom.sip.trace")
    sdp = CallKeys(Secrecy.REQUIRED).offer(OFFER)
    trace("-->", sdp.encode(), Flow("tls", ("192.0.2.1", 5061), ("192.0.2.2", 5061)))
    assert caplog.text.count("inline:***") == 2
    for line in parse_description(sdp).media[0].crypto:
        assert line.partition("inline:")[2] not in caplog.text


def test_the_trace_shows_no_password_of_ice(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "switchroom.sip.trace")
    sdp = f"{OFFER}a=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdefABCDEF\r\na=setup:active\r\n"
    trace("-->", sdp.encode(), Flow("tls", ("192.0.2.1", 5061), ("192.0.2.2", 5061)))
    assert "a=ice-pwd:***" in caplog.text
    assert "a=setup:active" in caplog.text
    assert "0123456789" not in caplog.text
