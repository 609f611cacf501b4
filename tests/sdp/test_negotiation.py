import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchroom.sdp.description import parse_description
from switchroom.sdp.errors import NotAcceptableError, SdpError
from switchroom.sdp.negotiation import (
    PCMA,
    PCMU,
    Agreement,
    Origin,
    agree,
    write_answer,
    write_offer,
)

HEAD = "v=0\r\no=- 7 8 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"


def offer(*lines: str, head: str = HEAD) -> str:
    return head + "".join(line + "\r\n" for line in lines)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["m=audio 4000 RTP/AVP 0 8"], Agreement(PCMU, 0, "192.0.2.1", 4000, "sendrecv")),
        (["m=audio 4000 RTP/AVP 8 0"], Agreement(PCMU, 0, "192.0.2.1", 4000, "sendrecv")),
        (["m=audio 4000 RTP/AVP 8"], Agreement(PCMA, 8, "192.0.2.1", 4000, "sendrecv")),
        (
            [
                "m=audio 4000 RTP/AVP 96 97",
                "a=rtpmap:96 pcmu/8000",
                "a=rtpmap:97 telephone-event/8000",
            ],
            Agreement(PCMU, 96, "192.0.2.1", 4000, "sendrecv", 97),
        ),
        (
            ["m=audio 4000 RTP/AVP 0", "a=sendonly", "a=ptime:30"],
            Agreement(PCMU, 0, "192.0.2.1", 4000, "recvonly", ptime=30),
        ),
        (
            ["m=audio 4000 RTP/AVP 0", "a=ptime:5"],
            Agreement(PCMU, 0, "192.0.2.1", 4000, "sendrecv"),
        ),
        (
            ["m=audio 4000 RTP/AVP 0", "c=IN IP4 0.0.0.0"],
            Agreement(PCMU, 0, "0.0.0.0", 4000, "recvonly"),
        ),
        (
            [
                "m=video 5000 RTP/AVP 99",
                "m=audio 0 RTP/AVP 0",
                "m=audio 4002 RTP/AVP 0",
                "c=IN IP6 ::1",
            ],
            Agreement(PCMU, 0, "::1", 4002, "sendrecv", index=2),
        ),
    ],
)
def test_agree(lines: list[str], expected: Agreement) -> None:
    assert agree(offer(*lines), [PCMU, PCMA]) == expected


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", SdpError),
        ("hello", SdpError),
        (offer("m=audio 4000 RTP/AVP 18"), NotAcceptableError),
        (offer("m=audio 0 RTP/AVP 0"), NotAcceptableError),
        (offer("m=audio 4000 RTP/SAVP 0"), NotAcceptableError),
        (offer("m=video 4000 RTP/AVP 99"), NotAcceptableError),
        (offer(), NotAcceptableError),
        (offer("m=audio x RTP/AVP 0"), SdpError),
        (offer("m=audio 70000 RTP/AVP 0"), SdpError),
        (offer("m=audio 4000 RTP/AVP 0", head="v=0\r\n"), SdpError),
        (offer("c=IN IP9 x"), SdpError),
        (offer(*["m=audio 4000 RTP/AVP 0"] * 40), SdpError),
    ],
)
def test_refused(text: str, error: type[SdpError]) -> None:
    with pytest.raises(error) as caught:
        agree(text, [PCMU])
    assert caught.value.sip_status == (488 if error is NotAcceptableError else 400)


def test_every_line_of_the_offer_is_answered_in_its_place() -> None:
    text = offer(
        "m=video 5000 RTP/AVP 99 100",
        "m=audio 4000 RTP/AVP 8 97",
        "a=rtpmap:97 telephone-event/8000",
        "a=sendonly",
        "m=audio 6000 RTP/AVP 0",
    )
    agreement = agree(text, [PCMU, PCMA])
    origin = Origin(42)
    answer = parse_description(write_answer(text, agreement, origin, host="192.0.2.2", port=9000))
    assert [(m.kind, m.port, m.raw_formats) for m in answer.media] == [
        ("video", 0, ("99", "100")),
        ("audio", 9000, ("8", "97")),
        ("audio", 0, ("0",)),
    ]
    assert answer.media[1].direction == "recvonly"
    assert (answer.session_id, answer.version) == ("42", "1")
    again = parse_description(write_answer(text, agreement, origin, host="192.0.2.2", port=9000))
    assert again.version == "2"


@pytest.mark.parametrize("host", ["192.0.2.2", "2001:db8::2"])
def test_our_offer_is_one_we_would_take(host: str) -> None:
    text = write_offer([PCMA, PCMU], Origin(1), host=host, port=4000)
    assert agree(text, [PCMU]) == Agreement(PCMU, 0, host, 4000, "sendrecv", 101)
    silent = write_offer([PCMU], Origin(1), host=host, port=4000, use_events=False)
    assert agree(silent, [PCMU]).telephone_event is None
    assert agree(text, [PCMU], use_events=False).telephone_event is None


@given(st.text(alphabet="vocmast=:/ 0189.-INP46audioRTPVx\r\n", max_size=300))
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        agree("v=0\r\n" + text, [PCMU])
    except SdpError:
        return


MUX = "a=rtcp-mux"


@pytest.mark.parametrize(
    ("lines", "wanted", "expected"),
    [([MUX], {"rtcp_mux": True}, [MUX]), ([MUX], {}, []), ([], {"rtcp_mux": True}, [])],
)
def test_rtcp_over_the_port_of_rtp(
    lines: list[str], wanted: dict[str, bool], expected: list[str]
) -> None:
    text = offer("m=audio 4000 RTP/AVP 0", *lines)
    agreement = agree(text, [PCMU], **wanted)  # type: ignore[arg-type]  # rtcp_mux or nothing
    answer = write_answer(text, agreement, Origin(1), host="192.0.2.2", port=9000)
    assert [line for line in answer.splitlines() if line == MUX] == expected
    assert agreement.rtcp_mux is parse_description(answer).media[0].rtcp_mux is bool(expected)
