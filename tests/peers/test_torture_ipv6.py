"""What RFC 5118 asks of an IPv6 element, over real sockets on ::1; one test a message of its §4.

The messages are our own, of the shape that the section describes.
"""

import socket
from collections.abc import Iterator

import pytest

from tests.peers.node import Node
from tests.peers.wire import Wire


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


pytestmark = [
    pytest.mark.peer,
    pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback"),
]

FILES = {
    "pjsip.conf": """\
[udp6]
type = transport
protocol = udp
bind = [::1]:{port}
[tcp6]
type = transport
protocol = tcp
bind = [::1]:{port}
[trunk]
type = endpoint
context = torture
allow = !all,ulaw
aors = user
[trunk]
type = identify
endpoint = trunk
match = ::1
[user]
type = aor
max_contacts = 9
""",
    "extensions.conf": "[torture]\nexten => user,1,Answer()\n same => n,Wait(20)\n",
}

BOTH = pytest.mark.parametrize("transport", ["udp", "tcp"])


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with Node(tmp_path_factory.mktemp("node"), FILES) as running:
        yield running


def message(
    method: str, transport: str, *, name: str, uri: str, via: str = "[2001:db8::9:1]",
    contact: str = "<sip:caller@[2001:db8::1]>", more: str = "", body: str = "",
    branch: str = "", cseq: int = 98176, to: str = "<sip:user@example.com>",
) -> bytes:  # fmt: skip
    """A request; ``name`` makes its transaction and dialog its own."""
    number = f"{name}{transport}"
    kind = "Content-Type: application/sdp\r\n" if body else ""
    return (
        f"{method} {uri} SIP/2.0\r\n"
        f"Via: SIP/2.0/{transport.upper()} {via};branch=z9hG4bK{branch}{number}\r\n{more}"
        f"Max-Forwards: 70\r\nFrom: <sip:user@example.com>;tag={number}\r\n"
        f"To: {to}\r\nCall-ID: {number}@[2001:db8::1]\r\nCSeq: {cseq} {method}\r\n"
        f"Contact: {contact}\r\n{kind}Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def verdict(node: Node, transport: str, data: bytes) -> tuple[str, str]:
    with Wire(transport, "::1", node.port) as wire:
        wire.send(data)
        found = wire.verdict()
        assert wire.is_answered()
        return found


@BOTH
def test_4_1_a_reference_in_brackets(node: Node, transport: str) -> None:
    data = message(
        "REGISTER", transport, name="ref", uri="sip:[2001:db8::10]",
        contact="<sip:user@[2001:db8::1]>",
    )  # fmt: skip
    status, answer = verdict(node, transport, data)
    assert status == "200"
    assert "<sip:user@[2001:db8::1]>;expires=" in answer
    assert ";received=::1" in answer  # RFC 3261 §18.2.1: the Via names another host


@BOTH
def test_4_2_an_address_without_brackets_is_refused(node: Node, transport: str) -> None:
    data = message("REGISTER", transport, name="bare", uri="sip:2001:db8::10")
    assert verdict(node, transport, data)[0] == "400"


@BOTH
@pytest.mark.parametrize(
    ("contact", "bound"),
    [
        # §4.3: what looks like a port belongs to the address; §4.4: behind the bracket it is one
        ("<sip:user@[2001:db8::10:5070]>", "sip:user@[2001:db8::10:5070]"),
        ("<sip:user@[2001:db8::10]:5070>", "sip:user@[2001:db8::10]:5070"),
    ],
    ids=["4.3", "4.4"],
)
def test_4_3_and_4_4_ports(node: Node, transport: str, contact: str, bound: str) -> None:
    uri = contact.strip("<>").replace("user@", "")
    name = f"port{contact.index(']')}"
    data = message("REGISTER", transport, name=name, uri=uri, contact=contact)
    status, answer = verdict(node, transport, data)
    assert status == "200"
    assert f"<{bound}>;expires=" in answer


@BOTH
@pytest.mark.parametrize("received", ["[2001:db8::9:255]", "2001:db8::9:255"])
def test_4_5_received_with_and_without_brackets(node: Node, transport: str, received: str) -> None:
    data = message(
        "OPTIONS", transport, name=f"recv{received[0] == '['}", uri="sip:user@[2001:db8::1]",
        via="[::1]", more=f"Via: SIP/2.0/UDP [2001:db8::9:1];received={received};branch=z9hG4bKas3\r\n",
    )  # fmt: skip
    status, answer = verdict(node, transport, data)
    assert status == "200"
    assert f";received={received};branch=z9hG4bKas3" in answer  # as it came


def offer(address: str, more: str = "") -> str:
    return (
        f"v=0\r\no=assistant 971731711378798081 0 IN IP6 {address}\r\ns=Live\r\n"
        f"c=IN IP6 {address}\r\nt=3338481189 3370017201\r\nm=audio 6000 RTP/AVP 0\r\n"
        f"a=rtpmap:0 PCMU/8000\r\n{more}"
    )


def call(node: Node, transport: str, name: str, sdp: str) -> str:
    """The SDP that a call is answered with; the call is hung up."""
    with Wire(transport, "::1", node.port) as wire:
        uri = "sip:user@[::1]"
        own = f"<sip:user@{wire.where}>"
        wire.send(message("INVITE", transport, name=name, uri=uri, body=sdp, contact=own))
        status, answer = wire.verdict()
        assert status == "200", answer
        tag = answer.partition("\r\nTo: <sip:user@example.com>;tag=")[2].partition("\r\n")[0]
        assert f"Contact: <sip:[::1]:{node.port}" in answer
        sdp = wire.body
        for method, number in (("ACK", 98176), ("BYE", 98177)):
            within = message(
                method, transport, name=name, uri=uri, contact=own, branch=method, cseq=number,
                to=f"<sip:user@example.com>;tag={tag}",
            )  # fmt: skip
            wire.send(within)
        assert wire.verdict()[0] == "200"
        return sdp


@BOTH
def test_4_6_an_offer_with_ipv6_addresses(node: Node, transport: str) -> None:
    answer = call(node, transport, "sdp", offer("2001:db8::20"))
    assert "c=IN IP6 ::1\r\n" in answer
    assert "m=audio " in answer


@BOTH
def test_4_7_both_families_in_the_headers(node: Node, transport: str) -> None:
    hops = (
        "Via: SIP/2.0/UDP 192.0.2.1:5060;received=192.0.2.1;branch=z9hG4bKb\r\n"
        "Via: SIP/2.0/TCP [2001:db8::9:2]:5061;branch=z9hG4bKc\r\n"
    )
    data = message(
        "OPTIONS", transport, name="both", uri="sip:user@example.com", more=hops,
        contact="<sip:user@192.0.2.1>",
    )  # fmt: skip
    status, answer = verdict(node, transport, data)
    assert status == "200"
    assert hops in answer  # in their order


@BOTH
def test_4_8_both_families_in_the_offer(node: Node, transport: str) -> None:
    more = "m=audio 6050 RTP/AVP 0\r\nc=IN IP4 192.0.2.1\r\n"
    answer = call(node, transport, "two", offer("2001:db8::1", more))
    assert answer.count("m=audio ") == 2  # each stream has its answer (RFC 3264 §6)
    assert answer.count("m=audio 0 ") == 1  # and one of them is refused


@BOTH
def test_4_9_mapped_ipv4_addresses(node: Node, transport: str) -> None:
    data = message(
        "REGISTER", transport, name="mapped", uri="sip:[::ffff:192.0.2.10]:19823",
        via="[::ffff:192.0.2.2]:19823", contact="<sip:user@[::ffff:192.0.2.2]:19823>",
    )  # fmt: skip
    status, answer = verdict(node, transport, data)
    assert status == "200"
    assert "<sip:user@[::ffff:192.0.2.2]:19823>;expires=" in answer
    answer = call(node, transport, "mappedcall", offer("::ffff:192.0.2.2"))
    assert "c=IN IP6 ::1\r\n" in answer


@BOTH
def test_4_10_the_third_colon_of_the_grammar_of_rfc_3261(node: Node, transport: str) -> None:
    data = message(
        "OPTIONS", transport, name="colon", uri="sip:user@[2001:db8:::192.0.2.1]",
        contact="<sip:user@[2001:db8:::192.0.2.2]>",
    )  # fmt: skip
    assert verdict(node, transport, data)[0] == "200"
