"""What descriptions say of ICE."""

import pytest

from switchroom.sdp.description import parse_description
from switchroom.sdp.ice import IceTerms, ice_lines, read_ice
from switchroom.sdp.negotiation import PCMU, agree
from switchroom.sdp.writing import with_lines, with_protocol

PASSWORD = "0123456789abcdefABCDEF"
LINES = ("a=ice-ufrag:abcd", f"a=ice-pwd:{PASSWORD}")


def offer(*lines: str, session: tuple[str, ...] = (), host: str = "192.0.2.1") -> str:
    head = ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "t=0 0", *session]
    section = ["m=audio 9 RTP/AVP 0", f"c=IN IP4 {host}", *lines]
    return "\r\n".join([*head, *section, ""])


@pytest.mark.parametrize(
    ("ufrag", "password", "is_good"),
    [
        ("abcd", PASSWORD, True),
        ("ab+/" * 64, PASSWORD, True),
        ("abc", PASSWORD, False),
        ("abcd", PASSWORD[:-1], False),
        ("abcd" * 65, PASSWORD, False),
        ("ab:d", PASSWORD, False),
        ("", "", False),
    ],
)
def test_credentials(ufrag: str, password: str, is_good: bool) -> None:  # noqa: FBT001  # a column of the table
    expected = IceTerms(ufrag, password) if is_good else None
    assert read_ice(ufrag, password, is_lite=False) == expected


def test_credentials_of_the_section_or_of_the_session() -> None:
    assert agree(offer(*LINES), [PCMU]).ice == IceTerms("abcd", PASSWORD)
    assert agree(offer(session=LINES), [PCMU]).ice == IceTerms("abcd", PASSWORD)
    assert agree(offer(), [PCMU]).ice is None
    lite = agree(offer(*LINES, session=("a=ice-lite",)), [PCMU]).ice
    assert lite is not None
    assert lite.is_lite


def test_an_address_that_is_not_known_yet_holds_nothing() -> None:
    """Browsers write 0.0.0.0 and find out by checks; without ICE it is how old phones hold."""
    assert agree(offer(*LINES, host="0.0.0.0"), [PCMU]).direction == "sendrecv"  # read, not bound
    assert agree(offer(host="0.0.0.0"), [PCMU]).direction == "recvonly"  # read, not bound


def test_groups() -> None:
    text = offer("a=mid:a1", session=("a=group:BUNDLE a1 v1", "a=group:LS a1"))
    assert parse_description(text).bundle == ("a1", "v1")
    agreement = agree(text, [PCMU])
    assert (agreement.mid, agreement.is_bundled) == ("a1", True)
    alone = agree(offer("a=mid:a1"), [PCMU])
    assert (alone.mid, alone.is_bundled) == ("a1", False)
    assert not agree(offer(session=("a=group:BUNDLE",)), [PCMU]).is_bundled


def test_our_candidates() -> None:
    ours = IceTerms("abcd", PASSWORD)
    assert ice_lines(ours, ["192.0.2.1"], 4000, components=1) == [
        *LINES,
        "a=candidate:1 1 UDP 2130706431 192.0.2.1 4000 typ host",
    ]
    both = ice_lines(ours, ["192.0.2.1", "10.0.0.1"], 4000, components=2)[2:]
    assert [line.split()[1:6] for line in both] == [
        ["1", "UDP", "2130706431", "192.0.2.1", "4000"],
        ["2", "UDP", "2130706430", "192.0.2.1", "4001"],
        ["1", "UDP", "2130706175", "10.0.0.1", "4000"],
        ["2", "UDP", "2130706174", "10.0.0.1", "4001"],
    ]


def test_lines_go_to_their_place() -> None:
    text = "v=0\r\ns=-\r\nm=audio 1 RTP/AVP 0\r\na=x\r\nm=video 0 RTP/AVP 96\r\na=y\r\n"
    first = with_lines(text, session=["a=s"], media=["a=m1", "a=m2"])
    assert first == (
        "v=0\r\ns=-\r\na=s\r\nm=audio 1 RTP/AVP 0\r\na=x\r\na=m1\r\na=m2\r\n"
        "m=video 0 RTP/AVP 96\r\na=y\r\n"
    )
    assert with_lines(text, media=["a=m"], index=1) == text + "a=m\r\n"
    assert with_lines(text) == text


def test_an_offer_under_another_profile() -> None:
    text = "v=0\r\nm=audio 4000 RTP/AVP 0 8\r\na=x\r\n"
    assert with_protocol(text, "UDP/TLS/RTP/SAVPF") == (
        "v=0\r\nm=audio 4000 UDP/TLS/RTP/SAVPF 0 8\r\na=x\r\n"
    )
