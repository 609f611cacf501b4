import pytest

from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.name_addr import NameAddr, parse_name_addr, parse_name_addrs
from switchroom.sip.headers.via import parse_via
from switchroom.sip.message import Request, Response, build_request, build_response
from switchroom.sip.parser import MalformedMessageError, StreamParser, parse_datagram
from switchroom.sip.uri import UnsupportedSchemeError, parse_uri

MESSAGE = (
    b"OPTIONS sip:b@192.0.2.2 SIP/2.0\r\nv: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bKa\r\n"
    b"f: <sip:a@192.0.2.1>;tag=1\r\nTo: <sip:b@192.0.2.2>\r\ni: x\r\nCSeq: 1 OPTIONS\r\n"
    b"Subject: one\r\n two\r\nl: 4\r\n\r\nbody"
)


def check(message: object) -> None:
    assert isinstance(message, Request)
    assert (message.method, message.uri, message.body) == ("OPTIONS", "sip:b@192.0.2.2", b"body")
    assert message.call_id == "x"
    assert message.via.branch == "z9hG4bKa"
    assert message.cseq == (1, "OPTIONS")
    assert message.from_ == NameAddr("sip:a@192.0.2.1", "", {"tag": "1"})
    assert message.get("subject") == "one two"


def test_a_datagram_whole_and_with_trailing_octets() -> None:
    check(parse_datagram(MESSAGE))
    check(parse_datagram(MESSAGE + b"and more"))


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_a_stream_in_pieces(step: int) -> None:
    parser = StreamParser()
    data = b"\r\n\r\n" + MESSAGE + b"\r\n" + MESSAGE
    found = []
    for at in range(0, len(data), step):
        found += parser.feed(data[at : at + step])
    assert len(found) == 2
    for message in found:
        check(message)
    assert parser.waiting_bytes == 0


@pytest.mark.parametrize(
    "data",
    [
        b"x" * 70_000,
        b"GET / HTTP/1.1\r\n\r\n",
        MESSAGE.replace(b"l: 4", b"l: 99999999"),
        MESSAGE.replace(b"l: 4", b"l: -1"),
    ],
)
def test_a_stream_that_cannot_be_framed_ends(data: bytes) -> None:
    parser = StreamParser()
    first, *others = parser.feed(MESSAGE + data)
    check(first)
    assert all(isinstance(other, MalformedMessageError) for other in others)
    assert parser.is_broken
    assert parser.feed(MESSAGE) == []


@pytest.mark.parametrize(
    "wrong",
    [
        MESSAGE.replace(b"SIP/2.0\r\n", b"SIP/7.0\r\n", 1),
        MESSAGE.replace(b"\r\nl:", b"\r\nno header\r\nl:"),
        b"SIP/2.0 4294967301 better not break\r\nContent-Length: 4\r\n\r\nbody",
    ],
    ids=["version", "header line", "response"],
)
def test_a_stream_goes_on_behind_a_message_that_is_wrong(wrong: bytes) -> None:
    parser = StreamParser()
    error, message = parser.feed(wrong + MESSAGE)
    assert isinstance(error, MalformedMessageError)
    check(message)
    assert not parser.is_broken


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\n\r\n", b"SIP/2.0 99 x\r\n\r\n", b"\xff\xfe"])
def test_what_is_not_sip(data: bytes) -> None:
    with pytest.raises(MalformedMessageError):
        parse_datagram(data)


def test_round_trip() -> None:
    headers = [("Via", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKb"), ("From", "<sip:a@b>;tag=1")]
    headers += [("To", "<sip:c@d>"), ("Call-ID", "x"), ("CSeq", "7 INFO")]
    request = parse_datagram(build_request("INFO", "sip:c@d", headers, b"1"))
    assert isinstance(request, Request)
    response = parse_datagram(build_response(request, 200, to_tag="t", body=b"2"))
    assert isinstance(response, Response)
    assert (response.status, response.reason, response.body) == (200, "OK", b"2")
    assert response.to.tag == "t"
    assert response.cseq == (7, "INFO")


@pytest.mark.parametrize(
    "text",
    [
        "sip:alice@192.0.2.1",
        "sips:alice@example.com:5061;transport=tls;lr",
        "sip:[2001:db8::1]:5070",
        "sip:a;b=c@example.com",
        "sip:%23100@example.com",
        "sip:x@y;maddr=z?Route=a",
    ],
)
def test_uris_read_and_write_the_same(text: str) -> None:
    assert str(parse_uri(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "sip:", "sip:a@", "sip:@b", "sip:a@b:99999", "sip:a b@c", "x", "sip:a@b@c", "sip:a@b:0"],
)
def test_bad_uris(text: str) -> None:
    with pytest.raises(RemoteSipError):
        parse_uri(text)


def test_a_foreign_scheme() -> None:
    with pytest.raises(UnsupportedSchemeError) as caught:
        parse_uri("mailto:a@b")
    assert caught.value.sip_status == 416


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"A \\"b\\" c" <sip:x@y>;tag=1', NameAddr("sip:x@y", 'A "b" c', {"tag": "1"})),
        ("Alice <sip:x@y;lr>;q=0.5", NameAddr("sip:x@y;lr", "Alice", {"q": "0.5"})),
        ("sip:x@y;tag=1", NameAddr("sip:x@y", "", {"tag": "1"})),
        ("<sip:x@y?Route=%3Csip:z%3E>", NameAddr("sip:x@y?Route=%3Csip:z%3E")),
    ],
)
def test_addresses(text: str, expected: NameAddr) -> None:
    assert parse_name_addr(text) == expected
    assert parse_name_addr(str(expected)) == expected


def test_several_addresses_in_one_line() -> None:
    found = parse_name_addrs(['"a, b" <sip:1@x>, <sip:2@x>;q=1', "<sip:3@x>"])
    assert [address.uri for address in found] == ["sip:1@x", "sip:2@x", "sip:3@x"]


@pytest.mark.parametrize(
    "text",
    ['"a <sip:x@y>', "<sip:x@y", "", "<>", "< sip:x@y>", "<sip:x@y> junk", "sip:x@y?a=b", "<a>;;"],
)
def test_bad_addresses(text: str) -> None:
    with pytest.raises(RemoteSipError):
        parse_name_addr(text)


def test_via() -> None:
    via = parse_via("SIP / 2.0 / udp [2001:db8::9]:5080 ; branch=z9 ;rport")
    assert (via.transport, via.host, via.port, via.branch) == ("UDP", "[2001:db8::9]", 5080, "z9")
    for bad in ("", "SIP/2.0/UDP", "SIP/3.0/UDP a", "SIP/2.0/UDP a:99999", "SIP/2.0/UDP a;;"):
        with pytest.raises(RemoteSipError):
            parse_via(bad)


@pytest.mark.parametrize(
    "usual",
    [
        "SIP/2.0/UDP 192.0.2.1:5999;branch=z9hG4bK-1",
        "SIP/2.0/UDP 192.0.2.1:5999;branch=z9hG4bK-1;rport",
        "SIP/2.0/TLS host.example;branch=z9hG4bK-1",
    ],
)
def test_the_usual_way_to_write_a_via_is_read_like_any_other(usual: str) -> None:
    assert parse_via(usual) == parse_via(usual.replace("/", " / ").replace(";", " ; "))
