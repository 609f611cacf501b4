"""PASSporTs and the headers that carry them: what goes in comes out, and rubbish is refused."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.identity import IdentityHeader, parse_identity
from switchroom.sip.message import Request
from switchroom.sip.parser import parse_datagram
from switchroom.sip.passport import (
    MAX_TOKEN,
    Claims,
    make_passport,
    media_keys_of,
    parse_passport,
)

URL = "https://cr.example.com/shaken.pem"
ORIGIN = "123e4567-e89b-12d3-a456-426655440000"
CLAIMS = Claims("A", "12155551212", "12355551212", 1443208345, ORIGIN)
#: From RFC 8588 §5: header and claims as they are written there, in the order of RFC 8225 §9.
HEADER = {
    "alg": "ES256",
    "ppt": "shaken",
    "typ": "passport",
    "x5u": "https://biloxi.example.org/cert.cer",
}


def part(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def token(claims: object, header: object = HEADER, signature: str = "c2ln") -> str:
    return f"{part(header)}.{part(claims)}.{signature}"


def test_one_that_is_made_says_what_was_stated() -> None:
    signed: list[bytes] = []

    def sign(octets: bytes) -> bytes:
        signed.append(octets)
        return b"\xff" * 64

    made = make_passport(CLAIMS, URL, sign)
    assert "=" not in made
    found = parse_passport(made)
    assert (found.algorithm, found.extension, found.kind) == ("ES256", "shaken", "passport")
    assert (found.caller, found.called) == ("12155551212", ("12355551212",))
    assert (found.attestation, found.issued_at, found.origin_id) == ("A", 1443208345, ORIGIN)
    assert (found.certificate_url, found.media_keys) == (URL, None)
    assert signed == [found.signed]
    assert found.signature == b"\xff" * 64
    assert found.compact == f"..{made.rpartition('.')[2]}"


def test_it_is_written_in_canonical_form() -> None:
    made = make_passport(CLAIMS, URL, lambda _: b"")
    header, claims, _ = made.split(".")
    assert header == part(f'{{"alg":"ES256","ppt":"shaken","typ":"passport","x5u":"{URL}"}}')
    assert claims == part(
        '{"attest":"A","dest":{"tn":["12355551212"]},"iat":1443208345,'
        f'"orig":{{"tn":"12155551212"}},"origid":"{ORIGIN}"}}'
    )


def test_media_keys_are_signed_in_their_order() -> None:
    sdp = "v=0\r\na=fingerprint:sha-256 bb:01\r\nm=audio 1 RTP/AVP 0\r\na=fingerprint:sha-1 AA:02\r\na=fingerprint:sha-256 BB:01\r\n"
    keys = media_keys_of(sdp)
    assert keys == (("sha-1", "AA02"), ("sha-256", "BB01"))
    made = make_passport(Claims("A", "1", "2", 3, ORIGIN, keys), URL, lambda _: b"s")
    assert parse_passport(made).media_keys == keys
    assert parse_passport(token({"mky": []})).media_keys == ()
    assert parse_passport(token({"mky": "x"})).media_keys == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        "..c2ln",
        "a.b.c.d",
        "!!.e30.c2ln",
        "e30.e30.",
        f"{part('[]')}.{part({})}.c2ln",
        f"{part('nothing')}.{part({})}.c2ln",
        f"{part('[' * 5000)}.{part({})}.c2ln",
        f"{part(HEADER)}.{part('9' * 5000)}.c2ln",
        f"{part(HEADER)}.e30=.c2ln",
        f"{part(HEADER)}.e30.A",
        token({"x": "y" * MAX_TOKEN}),
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(RemoteSipError):
        parse_passport(text)


@pytest.mark.parametrize(
    ("claims", "caller", "called", "issued_at"),
    [
        ({}, "", (), None),
        ({"orig": "1", "dest": "2", "iat": "3"}, "", (), None),
        ({"orig": {"tn": 1}, "dest": {"tn": {"a": 1}}, "iat": True}, "", (), None),
        ({"orig": {"tn": ["1"]}, "dest": {"tn": "+1 (2)-3"}, "iat": 1.5}, "", ("123",), None),
        ({"orig": {"tn": "+49.30"}, "dest": {"tn": ["2", 3, "x", "4"]}, "iat": 0}, "4930", ("2", "4"), 0),
        ({"orig": {"uri": "sip:a"}, "dest": {"uri": ["sip:b"]}, "iat": -1}, "", (), None),
        ({"iat": 10**18}, "", (), None),
    ],
)  # fmt: skip
def test_claims_that_are_none_are_empty(
    claims: Any, caller: str, called: tuple[str, ...], issued_at: int | None
) -> None:
    found = parse_passport(token(claims))
    assert (found.caller, found.called, found.issued_at) == (caller, called, issued_at)


@pytest.mark.parametrize(
    ("value", "info", "algorithm", "extension"),
    [
        (f"a.b.c;info=<{URL}>;alg=ES256;ppt=shaken", URL, "ES256", "shaken"),
        (f'a.b.c ; info=<{URL}>;alg="ES256";ppt="shaken"', URL, "ES256", "shaken"),
        (f"a.b.c;ppt=shaken;info=<{URL};a=b>", f"{URL};a=b", "", "shaken"),
        ("a.b.c", "", "", ""),
    ],
)
def test_the_header(value: str, info: str, algorithm: str, extension: str) -> None:
    assert parse_identity(value) == IdentityHeader("a.b.c", info, algorithm, extension)


def test_the_header_is_written_as_it_is_read() -> None:
    header = IdentityHeader("a.b.c", URL, "ES256", "shaken")
    assert parse_identity(str(header)) == header


@pytest.mark.parametrize("value", ["", " ", ";info=<x>", "a.b.c;;x", "a.b.c;info=<x"])
def test_what_is_no_header(value: str) -> None:
    with pytest.raises(RemoteSipError):
        parse_identity(value)


def test_its_short_name_is_known() -> None:
    text = (
        "INVITE sip:1@x SIP/2.0\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\nFrom: <sip:2@x>;tag=1\r\n"
        "To: <sip:1@x>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\ny: a.b.c;info=<z>\r\n\r\n"
    )
    message = parse_datagram(text.encode())
    assert isinstance(message, Request)
    assert message.fields["identity"] == ["a.b.c;info=<z>"]


LETTERS = st.text(st.sampled_from('abzAZ09_-.=;<>"{}[]:, \\é\0'), max_size=200)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | LETTERS,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["alg", "typ", "ppt", "x5u", "orig", "dest", "tn", "iat", "mky", "dig", "attest", "origid"]),
        inner,
        max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LETTERS | st.builds(token, JSON, JSON, LETTERS))
def test_whatever_comes_is_read_or_refused(value: str) -> None:
    try:
        header = parse_identity(value)
        found = parse_passport(header.token)
    except RemoteSipError:
        return
    assert isinstance(found.caller, str)
    assert found.issued_at is None or found.issued_at >= 0
