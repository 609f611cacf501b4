"""Keys in descriptions (RFC 4568)."""

import pytest

from switchroom.sdp.crypto import SUITES, Crypto, choose, parse_crypto, with_keys
from switchroom.sdp.description import MAX_CRYPTO, parse_description
from switchroom.sdp.errors import NotAcceptableError
from switchroom.sdp.negotiation import PCMU, Origin, Secrecy, agree, write_answer, write_offer

KEY = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"  # of RFC 4568 §9.1
OCTETS = b"YS___semctl () {\t220;}\n}\nunles"
EIGHTY, THIRTY_TWO = SUITES


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"1 {EIGHTY} inline:{KEY}", Crypto(1, EIGHTY, OCTETS)),
        (f"1 {EIGHTY} inline:{KEY}|2^20", Crypto(1, EIGHTY, OCTETS)),
        (f"7 {THIRTY_TWO} inline:{KEY}|1048576 WSH=64", Crypto(7, THIRTY_TWO, OCTETS)),
        (f"1 {EIGHTY.lower()} inline:{KEY}", Crypto(1, EIGHTY, OCTETS)),
        (f"1 {EIGHTY} inline:{KEY}|2^20|1:4", None),  # a key identifier
        (f"1 {EIGHTY} inline:{KEY}|1:32", None),
        (f"1 {EIGHTY} inline:{KEY};inline:{KEY}", None),
        (f"1 {EIGHTY} inline:{KEY} UNENCRYPTED_SRTP", None),
        (f"1 {EIGHTY} inline:{KEY} KDR=1", None),
        (f"1 {EIGHTY} inline:{KEY} UNAUTHENTICATED_SRTP WSH=64", None),
        (f"1 F8_128_HMAC_SHA1_80 inline:{KEY}", None),
        (f"1 AEAD_AES_256_GCM inline:{KEY}", None),
        (f"1 {EIGHTY} inline:{KEY[:-4]}", None),
        (f"1 {EIGHTY} inline:{KEY}AAAA", None),
        (f"1 {EIGHTY} inline:****{KEY[4:]}", None),
        (f"1 {EIGHTY} {KEY}", None),
        (f"x {EIGHTY} inline:{KEY}", None),
        ("", None),
    ],
)
def test_lines(value: str, expected: Crypto | None) -> None:
    assert parse_crypto(value) == expected


def test_a_line_comes_back() -> None:
    ours = Crypto(3, THIRTY_TWO, OCTETS)
    assert ours.line() == f"a=crypto:3 {THIRTY_TWO} inline:{KEY}"
    assert parse_crypto(ours.line().removeprefix("a=crypto:")) == ours
    assert "semctl" not in repr(ours)


def test_the_first_usable_line_counts() -> None:
    lines = [f"1 F8_128_HMAC_SHA1_80 inline:{KEY}", f"2 {THIRTY_TWO} inline:{KEY}",
             f"3 {EIGHTY} inline:{KEY}"]  # fmt: skip
    assert choose(lines) == Crypto(2, THIRTY_TWO, OCTETS)
    assert choose(lines[:1]) is None


def offer(protocol: str, *crypto: str) -> str:
    lines = ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0",
             f"m=audio 4000 {protocol} 0", *(f"a=crypto:{line}" for line in crypto)]  # fmt: skip
    return "\r\n".join(lines) + "\r\n"


GOOD = f"1 {EIGHTY} inline:{KEY}"
NONE, REQUIRED, OPTIMISTIC = Secrecy.NONE, Secrecy.REQUIRED, Secrecy.OPTIMISTIC


@pytest.mark.parametrize(
    ("text", "secrecy", "is_sealed"),
    [
        (offer("RTP/AVP"), NONE, False),
        (offer("RTP/AVP", GOOD), NONE, False),
        (offer("RTP/SAVP", GOOD), REQUIRED, True),
        (offer("RTP/AVP", GOOD), REQUIRED, True),
        (offer("RTP/SAVPF", GOOD), REQUIRED, True),
        (offer("RTP/AVPF"), NONE, False),
        (offer("RTP/SAVP", GOOD), OPTIMISTIC, True),
        (offer("RTP/AVP", GOOD), OPTIMISTIC, True),
        (offer("RTP/AVP"), OPTIMISTIC, False),
        (offer("RTP/AVP", "1 X inline:Y"), OPTIMISTIC, False),
    ],
)
def test_what_is_agreed(text: str, secrecy: Secrecy, is_sealed: bool) -> None:  # noqa: FBT001  # a column of the table
    agreement = agree(text, [PCMU], secrecy=secrecy)
    assert agreement.crypto == (Crypto(1, EIGHTY, OCTETS) if is_sealed else None)
    ours = Crypto(1, EIGHTY, bytes(30)) if is_sealed else None
    answer = parse_description(
        write_answer(text, agreement, Origin(1), host="192.0.2.2", port=9, crypto=ours)
    ).media[0]
    assert answer.protocol == parse_description(text).media[0].protocol
    assert choose(answer.crypto) == ours


@pytest.mark.parametrize(
    ("text", "secrecy", "why"),
    [
        (offer("RTP/SAVP", GOOD), NONE, "not configured"),
        (offer("RTP/AVP"), REQUIRED, "must be protected"),
        (offer("RTP/SAVP"), REQUIRED, "No usable crypto"),
        (offer("RTP/SAVP", "1 X inline:Y"), OPTIMISTIC, "No usable crypto"),
        (offer("RTP/SAVPF"), REQUIRED, "No usable crypto"),
        (offer("UDP/TLS/RTP/SAVPF", GOOD), REQUIRED, "No usable crypto"),
        (offer("RTP/SCTP", GOOD), REQUIRED, "No audio over RTP"),
    ],
)
def test_what_is_refused(text: str, secrecy: Secrecy, why: str) -> None:
    with pytest.raises(NotAcceptableError, match=why) as refused:
        agree(text, [PCMU], secrecy=secrecy)
    assert refused.value.sip_status == 488


@pytest.mark.parametrize(("required", "protocol"), [(True, "RTP/SAVP"), (False, "RTP/AVP")])
def test_our_offer(required: bool, protocol: str) -> None:  # noqa: FBT001  # a column of the table
    keys = [Crypto(1, EIGHTY, OCTETS), Crypto(2, THIRTY_TWO, bytes(30))]
    plain = write_offer([PCMU], Origin(1), host="192.0.2.1", port=4000)
    media = parse_description(with_keys(plain, keys, required=required)).media[0]
    assert media.protocol == protocol
    assert [parse_crypto(line) for line in media.crypto] == keys
    assert with_keys(plain, [], required=required) == plain


def test_no_more_lines_are_read_than_anybody_needs() -> None:
    media = parse_description(offer("RTP/SAVP", *[GOOD] * (MAX_CRYPTO + 5))).media[0]
    assert len(media.crypto) == MAX_CRYPTO
    assert KEY not in repr(media)
