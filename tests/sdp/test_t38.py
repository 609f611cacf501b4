"""Fax in descriptions."""

from __future__ import annotations

from switchroom.sdp.sections import Section, read_sections
from switchroom.sdp.t38 import fax_index, fax_lines, fax_terms, is_fax

HEAD = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
IMAGE = (
    "m=image 4004 UDPTL T38\r\na=T38FaxVersion:0\r\na=T38MaxBitRate:14400\r\n"
    "a=T38FaxMaxDatagram:200\r\na=sendrecv\r\n"
)


def test_a_fax_instead_of_audio() -> None:
    for before, index in (("", 0), ("m=audio 0 RTP/AVP 0\r\n", 1)):
        assert fax_index(read_sections(HEAD + before + IMAGE)) == index


def test_audio_that_goes_on_is_no_fax() -> None:
    assert fax_index(read_sections(HEAD + "m=audio 4000 RTP/AVP 0\r\n" + IMAGE)) is None
    assert fax_index(read_sections(HEAD + "m=audio 4000 RTP/AVP 0\r\n")) is None
    assert fax_index(read_sections(HEAD + IMAGE.replace("4004", "0"))) is None


def test_other_images_are_no_fax() -> None:
    assert not is_fax(Section("image", 4000, "TCP", ("t38",), "192.0.2.1"))
    assert not is_fax(Section("image", 4000, "UDPTL", ("jpeg",), "192.0.2.1"))


def test_the_terms_are_passed_on() -> None:
    (section,) = read_sections(HEAD + IMAGE)
    terms = fax_terms(section)
    assert terms == ["T38FaxVersion:0", "T38MaxBitRate:14400", "T38FaxMaxDatagram:200"]
    assert fax_lines(5000, terms) == ["m=image 5000 udptl t38", *(f"a={each}" for each in terms)]


def test_what_the_endpoint_is_configured_for_goes_before() -> None:
    lines = fax_lines(
        5000, ["T38FaxMaxDatagram:200"], max_datagram=400, error_correction="t38UDPFEC"
    )
    assert lines[1:] == ["a=T38FaxMaxDatagram:400", "a=T38FaxUdpEC:t38UDPFEC"]
    named = fax_lines(5000, ["T38FaxUdpEC:t38UDPRedundancy"], error_correction="t38UDPFEC")
    assert named[1:] == ["a=T38FaxUdpEC:t38UDPRedundancy"]
