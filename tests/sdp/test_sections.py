"""Sections of descriptions as they stand: read, put in, kept in their places."""

from __future__ import annotations

import pytest

from switchroom.sdp.sections import Section, arranged, read_sections, with_section

HEAD = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
AUDIO = "m=audio 4000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendonly\r\n"
TEXT = "m=text 4002 RTP/AVP 98\r\na=rtpmap:98 t140/1000\r\n"
VIDEO = "m=video 4004/2 rtp/avpf 96 97\r\nc=IN IP4 192.0.2.9/127\r\na=rtpmap:96 VP8/90000\r\n"


def test_each_section_has_what_stands_behind_it() -> None:
    audio, text, video = read_sections(HEAD + AUDIO + TEXT + VIDEO)
    assert audio == Section(
        "audio", 4000, "RTP/AVP", ("0",), "192.0.2.1", ("rtpmap:0 PCMU/8000", "sendonly")
    )
    assert (audio.direction, audio.mirrored) == ("sendonly", "recvonly")
    assert (text.kind, text.direction, text.refused) == ("text", "sendrecv", "m=text 0 RTP/AVP 98")
    assert (video.port, video.protocol, video.host) == (4004, "RTP/AVPF", "192.0.2.9")
    assert video.values("rtpmap") == ["96 VP8/90000"]


def test_the_direction_of_the_session_counts_where_a_section_has_none() -> None:
    (text,) = read_sections(HEAD + "a=inactive\r\n" + TEXT)
    assert text.direction == "inactive"


@pytest.mark.parametrize(
    "line", ["m=audio", "m=audio x RTP/AVP 0", "m=audio -1 RTP/AVP 0", f"m=audio {'9' * 5000} a 0"]
)
def test_a_description_that_cannot_be_read_has_none(line: str) -> None:
    assert read_sections(f"v=0\r\nm=audio 4000 RTP/AVP 0\r\n{line}\r\n") == []


def test_a_section_takes_the_place_of_another() -> None:
    whole = HEAD + AUDIO + TEXT + VIDEO
    changed = with_section(whole, 1, ["m=text 5000 RTP/AVP 98"])
    assert changed == HEAD + AUDIO + "m=text 5000 RTP/AVP 98\r\n" + VIDEO
    assert (
        with_section(HEAD + AUDIO, 1, ["m=x 1 RTP/AVP 0"]) == HEAD + AUDIO + "m=x 1 RTP/AVP 0\r\n"
    )


def test_sections_keep_their_places_in_later_offers() -> None:
    known = read_sections(HEAD + VIDEO + TEXT + AUDIO)
    ours = HEAD + "m=audio 6000 RTP/AVP 0\r\na=sendrecv\r\n"
    assert arranged(ours, known) == (
        HEAD
        + "m=video 0 RTP/AVPF 96 97\r\nm=text 0 RTP/AVP 98\r\n"
        + "m=audio 6000 RTP/AVP 0\r\na=sendrecv\r\n"
    )
    assert arranged(ours + TEXT, known[:1]).endswith(
        "m=video 0 RTP/AVPF 96 97\r\nm=audio 6000 RTP/AVP 0\r\na=sendrecv\r\n" + TEXT
    )
    assert arranged(ours, []) == ours
