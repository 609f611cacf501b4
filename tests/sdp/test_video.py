"""Video in descriptions."""

from __future__ import annotations

import pytest

from switchroom.sdp.crypto import Crypto
from switchroom.sdp.sections import Section
from switchroom.sdp.video import VideoFormat, is_video, video_formats, video_lines

OFFERED = Section(
    "video",
    4004,
    "RTP/AVPF",
    ("96", "97", "98", "34", "99"),
    "192.0.2.1",
    (
        "rtpmap:96 VP8/90000",
        "rtpmap:97 H264/90000",
        "fmtp:97 profile-level-id=42801f;packetization-mode=1",
        "rtpmap:98 rtx/90000",
        "rtpmap:99 h264/90000",
        "rtcp-fb:* nack pli",
        "rtcp-fb:96 ccm fir",
        "rtcp-fb:96 transport-cc",
        "rtcp-fb:97 nack",
    ),
)
VP8 = VideoFormat("VP8", 96, "", ("nack pli", "ccm fir"))
H264 = VideoFormat("H264", 97, "profile-level-id=42801f;packetization-mode=1", ("nack pli", "nack"))


def test_what_is_allowed_is_taken_as_the_party_describes_it() -> None:
    assert video_formats(OFFERED, {"H264", "VP8"}) == (VP8, H264)
    assert video_formats(OFFERED, {"H263", "VP9"}) == (VideoFormat("H263", 34, "", ("nack pli",)),)
    assert video_formats(OFFERED, ()) == ()


def test_it_is_described_to_the_other_party_in_the_same_words() -> None:
    key = Crypto(1, "AES_CM_128_HMAC_SHA1_80", bytes(30))
    lines = video_lines(
        5000, [H264], protocol="RTP/SAVPF", direction="recvonly", rtcp_mux=True, more=[key.line()]
    )
    assert lines == [
        "m=video 5000 RTP/SAVPF 97",
        "a=rtpmap:97 H264/90000",
        "a=fmtp:97 profile-level-id=42801f;packetization-mode=1",
        "a=rtcp-fb:97 nack pli",
        "a=rtcp-fb:97 nack",
        "a=recvonly",
        "a=rtcp-mux",
        f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{'A' * 40}",
    ]


@pytest.mark.parametrize(
    ("kind", "protocol", "port", "is_it"),
    [
        ("video", "RTP/AVP", 4000, True),
        ("video", "RTP/SAVP", 4000, True),
        ("video", "RTP/AVP", 0, False),
        ("video", "UDP/BFCP", 4000, False),
        ("audio", "RTP/AVP", 4000, False),
    ],
)
def test_what_is_video(kind: str, protocol: str, port: int, is_it: object) -> None:
    assert is_video(Section(kind, port, protocol, ("96",), "192.0.2.1")) is is_it
