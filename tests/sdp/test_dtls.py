"""Fingerprints, and who begins the handshake."""

import pytest

from switchroom.sdp.description import parse_description
from switchroom.sdp.dtls import (
    DtlsTerms,
    Fingerprint,
    Setup,
    answer_setup,
    answered_setup,
    parse_fingerprint,
    read_terms,
)
from switchroom.sdp.errors import NotAcceptableError
from switchroom.sdp.negotiation import PCMU, Agreement, Keying, Secrecy, agree

SHA256 = "sha-256 " + ":".join(["AB"] * 32)
SHA384 = "SHA-384 " + ":".join(["cd"] * 48)
SHA512 = "sha-512 " + ":".join(["01"] * 64)
SHA1 = "sha-1 " + ":".join(["EF"] * 20)


def offer(protocol: str, *lines: str, session: tuple[str, ...] = ()) -> str:
    head = ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", *session]
    return "\r\n".join([*head, f"m=audio 4000 {protocol} 0", *lines, ""])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SHA256, Fingerprint("sha-256", b"\xab" * 32)),
        (SHA384, Fingerprint("sha-384", b"\xcd" * 48)),
        (SHA512, Fingerprint("sha-512", b"\x01" * 64)),
        (SHA1, Fingerprint("sha-1", b"\xef" * 20)),
        ("md5 " + ":".join(["EF"] * 16), None),
        (SHA256[:-3], None),
        (SHA256 + ":00", None),
        (SHA256.replace("AB", "XY"), None),
        ("sha-256", None),
        ("", None),
        ("sha-256 \u00e9\u00e9", None),
    ],
)
def test_fingerprints(text: str, expected: Fingerprint | None) -> None:
    assert parse_fingerprint(text) == expected


def test_a_fingerprint_is_written_as_it_is_read() -> None:
    found = parse_fingerprint(SHA384)
    assert found is not None
    assert found.line() == "a=fingerprint:sha-384 " + ":".join(["CD"] * 48)


def test_the_strongest_hash_counts_and_sha_1_only_where_it_is_wanted() -> None:
    found = read_terms([SHA1, SHA256, SHA512, SHA256], "actpass")
    assert found is not None
    assert [each.algorithm for each in found.fingerprints] == ["sha-512"]
    both = read_terms([SHA256, SHA256.replace("AB", "CD")], "active")
    assert both is not None
    assert len(both.fingerprints) == 2
    assert read_terms([SHA1], "active") is None
    weak = read_terms([SHA1], "", allows_weak=True)
    assert weak is not None
    assert weak.setup is Setup.ACTIVE


ACTIVE, PASSIVE, ACTPASS = Setup.ACTIVE, Setup.PASSIVE, Setup.ACTPASS


@pytest.mark.parametrize(
    ("theirs", "wanted", "before", "ours"),
    [
        (ACTPASS, ACTIVE, None, ACTIVE),
        (ACTPASS, PASSIVE, None, PASSIVE),
        (ACTPASS, ACTPASS, None, ACTIVE),
        (ACTPASS, ACTIVE, PASSIVE, PASSIVE),
        (ACTIVE, ACTIVE, None, PASSIVE),
        (PASSIVE, PASSIVE, None, ACTIVE),
        (PASSIVE, PASSIVE, PASSIVE, ACTIVE),
    ],
)
def test_who_we_are_in_an_answer(
    theirs: Setup, wanted: Setup, before: Setup | None, ours: Setup
) -> None:
    assert answer_setup(theirs, wanted, before) is ours


def test_nobody_begins_where_they_want_no_connection() -> None:
    with pytest.raises(NotAcceptableError):
        answer_setup(Setup.HOLDCONN, ACTIVE)
    with pytest.raises(NotAcceptableError, match="No such setup"):
        read_terms([SHA256], "whatever")


@pytest.mark.parametrize(
    ("ours", "theirs", "role"),
    [
        (ACTPASS, ACTIVE, PASSIVE),
        (ACTPASS, PASSIVE, ACTIVE),
        (ACTIVE, PASSIVE, ACTIVE),
        (PASSIVE, ACTIVE, PASSIVE),
        (ACTIVE, ACTIVE, ACTIVE),
        (PASSIVE, PASSIVE, PASSIVE),
        (ACTIVE, ACTPASS, ACTIVE),
        (ACTPASS, ACTPASS, None),
        (ACTPASS, Setup.HOLDCONN, None),
        (ACTIVE, Setup.HOLDCONN, None),
    ],
)
def test_who_we_are_when_our_offer_was_answered(
    ours: Setup, theirs: Setup, role: Setup | None
) -> None:
    if role is None:
        with pytest.raises(NotAcceptableError):
            answered_setup(ours, theirs)
    else:
        assert answered_setup(ours, theirs) is role


REQUIRED, OPTIMISTIC, NONE = Secrecy.REQUIRED, Secrecy.OPTIMISTIC, Secrecy.NONE
LINES = (f"a=fingerprint:{SHA256}", "a=setup:actpass")
TERMS = DtlsTerms(ACTPASS, (Fingerprint("sha-256", b"\xab" * 32),))


def agreed(text: str, secrecy: Secrecy, keying: Keying = Keying.DTLS) -> Agreement:
    return agree(text, [PCMU], secrecy=secrecy, keying=keying)


@pytest.mark.parametrize(
    "protocol", ["UDP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVPF", "RTP/SAVPF", "RTP/SAVP", "RTP/AVP"]
)
@pytest.mark.parametrize("secrecy", [REQUIRED, OPTIMISTIC])
def test_handshakes_that_are_offered_are_taken(protocol: str, secrecy: Secrecy) -> None:
    agreement = agreed(offer(protocol, *LINES), secrecy)
    assert (agreement.dtls, agreement.protocol, agreement.crypto) == (TERMS, protocol, None)
    assert agreed(offer(protocol, session=LINES), secrecy).dtls == TERMS


def test_a_section_goes_before_its_session() -> None:
    text = offer("RTP/SAVPF", "a=setup:passive", session=LINES)
    assert agreed(text, REQUIRED).dtls == DtlsTerms(PASSIVE, TERMS.fingerprints)


@pytest.mark.parametrize(
    ("text", "secrecy", "keying", "why"),
    [
        (offer("UDP/TLS/RTP/SAVPF", *LINES), NONE, Keying.DTLS, "not configured"),
        (offer("UDP/TLS/RTP/SAVPF", *LINES), REQUIRED, Keying.SDES, "No usable crypto"),
        (offer("UDP/TLS/RTP/SAVPF"), REQUIRED, Keying.DTLS, "No usable fingerprint"),
        (offer("RTP/SAVP", f"a=fingerprint:{SHA1}"), OPTIMISTIC, Keying.DTLS, "No usable"),
        (offer("RTP/AVP"), REQUIRED, Keying.DTLS, "must be protected"),
        (offer("RTP/AVPF"), REQUIRED, Keying.DTLS, "must be protected"),
        (offer("RTP/SAVP", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + "A" * 40), REQUIRED,
         Keying.DTLS, "No usable fingerprint"),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, secrecy: Secrecy, keying: Keying, why: str) -> None:
    with pytest.raises(NotAcceptableError, match=why):
        agreed(text, secrecy, keying)


def test_plain_audio_where_it_may_be() -> None:
    assert agreed(offer("RTP/AVP"), OPTIMISTIC).dtls is None
    assert agreed(offer("RTP/AVP", *LINES), NONE).dtls is None
    weak = agreed(offer("RTP/SAVP", f"a=fingerprint:{SHA1}"), REQUIRED, Keying.DTLS_WEAK)
    assert weak.dtls is not None


def test_lines_beyond_a_limit_are_passed_over() -> None:
    text = offer("RTP/SAVPF", *[f"a=fingerprint:{SHA256}"] * 100)
    assert len(parse_description(text).media[0].fingerprints) == 16
