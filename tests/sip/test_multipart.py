"""Bodies of several parts."""

import pytest

from switchroom.sip.message import Message
from switchroom.sip.multipart import body_of_type, sdp_of

TEXT = b"--b 1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n"
SDP = b"--b 1\r\nc: Application/SDP\r\nContent-Disposition: session\r\n\r\nv=0\r\no=- 1\r\n\r\n"
ISUP = b"--b 1\r\nContent-Type: application/ISUP\r\n\r\n\x01\x00--b 1\xff\r\n"
END = b"--b 1--\r\nnot a part\r\n--b 1\r\n\r\nnor this\r\n"


def message(kind: str, body: bytes) -> Message:
    return Message({"content-type": [kind]} if kind else {}, body)


@pytest.mark.parametrize(
    ("kind", "body", "sdp"),
    [
        ("application/sdp", b"v=0\r\n", "v=0\r\n"),
        ("Application/SDP;x=y", b"v=0\r\n", "v=0\r\n"),
        ("", b"v=0\r\n", "v=0\r\n"),
        ("text/plain", b"v=0\r\n", ""),
        ('multipart/mixed; boundary="b 1"', TEXT + SDP + ISUP + END, "v=0\r\no=- 1\r\n"),
        ('multipart/related;Boundary="b 1"', b"preamble\r\n" + ISUP + SDP, "v=0\r\no=- 1\r\n\r\n"),
        ('multipart/mixed; boundary="b 1"', TEXT + ISUP + END, ""),
        ("multipart/mixed", TEXT + SDP + END, ""),
        ("multipart/mixed; boundary=", SDP, ""),
        ("multipart/mixed; boundary=other", SDP, ""),
        ('multipart/mixed; boundary="b 1"', b"--b 1\r\nContent-Type: application/sdp", ""),
    ],
)
def test_sdp_of(kind: str, body: bytes, sdp: str) -> None:
    assert sdp_of(message(kind, body)) == sdp


def test_a_part_without_a_type_is_text() -> None:
    whole = message("multipart/mixed; boundary=b", b"--b\r\n\r\nHello\r\n--b--")
    assert body_of_type(whole, "text/plain") == b"Hello"


def test_only_so_many_parts_are_opened() -> None:
    flood = message("multipart/mixed;boundary=b", b"--b\r\nX: y\r\n\r\n" * 20_000 + SDP)
    assert sdp_of(flood) == ""
