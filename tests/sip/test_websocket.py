"""The WebSocket core, against octets of RFC 6455 and frames made by hand."""

import pytest

from switchroom.sip.websocket import MAX_MESSAGE, MAX_WAITING, WebSocketServer

MASK = bytes.fromhex("37fa213d")  # of RFC 6455 §5.7


def request(path: str = "/ws", subprotocol: str = "sip", more: str = "") -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: pbx.example", "Upgrade: websocket",
             "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
             "Sec-WebSocket-Version: 13"]  # fmt: skip
    lines += [f"Sec-WebSocket-Protocol: {subprotocol}"] if subprotocol else []
    lines += [more] if more else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def frame(payload: bytes, *, opcode: int = 1, is_last: bool = True) -> bytes:
    """A frame of a client: masked (RFC 6455 §5.2)."""
    if len(payload) <= 125:
        length = bytes([0x80 | len(payload)])
    elif len(payload) <= 65535:
        length = bytes([0x80 | 126]) + len(payload).to_bytes(2, "big")
    else:
        length = bytes([0x80 | 127]) + len(payload).to_bytes(8, "big")
    masked = bytes(octet ^ MASK[i % 4] for i, octet in enumerate(payload))
    return bytes([opcode | (0x80 if is_last else 0)]) + length + MASK + masked


def opened() -> WebSocketServer:
    server = WebSocketServer("/ws")
    assert server.receive(request()) == []
    server.take_output()
    assert server.is_open
    return server


def test_the_handshake_of_the_rfc() -> None:
    server = WebSocketServer("/ws")
    server.receive(request())
    answer = server.take_output().lower()
    assert answer.startswith(b"http/1.1 101 ")
    assert b"sec-websocket-accept: " + b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".lower() in answer
    assert b"sec-websocket-protocol: sip\r\n" in answer
    assert b"extensions" not in answer


def test_the_handshake_octet_by_octet() -> None:
    server = WebSocketServer("/ws")
    whole = request("/ws?token=1", "xmpp, sip") + frame(b"OPTIONS")
    found = [message for octet in whole for message in server.receive(bytes([octet]))]
    assert found == [b"OPTIONS"]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (request("/"), 404),
        (request("/wsx"), 404),
        (request(subprotocol=""), 400),
        (request(subprotocol="xmpp"), 400),
        (b"GET /ws HTTP/1.1\r\nHost: x\r\n\r\n", 426),
        (request().replace(b"13\r\n", b"12\r\n"), 426),
        (b"OPTIONS sip:a@b SIP/2.0\r\n\r\n", 426),
        (b"\x16\x03\x01\x02\x00\x01" * 20, 426),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000, 426),
    ],
)
def test_who_is_not_let_in(data: bytes, status: int) -> None:
    server = WebSocketServer("/ws")
    assert server.receive(data) == []
    assert server.take_output().startswith(b"HTTP/1.1 %d " % status)
    assert (server.is_open, server.is_over) == (False, True)
    assert server.receive(request()) == []
    assert server.take_output() == b""


def test_messages_of_the_rfc() -> None:
    server = opened()
    assert server.receive(bytes.fromhex("818537fa213d7f9f4d5158")) == [b"Hello"]
    assert server.receive(frame(b"Hel", is_last=False)) == []
    assert server.receive(frame(b"lo", opcode=0)) == [b"Hello"]
    assert server.receive(frame(b"\x00\xff", opcode=2)) == [b"\x00\xff"]
    assert server.receive(frame(b"one") + frame(b"two")) == [b"one", b"two"]


def test_what_we_send() -> None:
    server = opened()
    server.send(b"Hello")
    assert server.take_output() == bytes.fromhex("810548656c6c6f")
    server.send(b"\xff")
    assert server.take_output() == bytes.fromhex("8201ff")
    server.ping()
    assert server.take_output() == bytes.fromhex("8900")


def test_signs_of_life() -> None:
    server = opened()
    assert server.receive(frame(b"Hello", opcode=9)) == []
    assert server.take_output() == bytes.fromhex("8a0548656c6c6f")
    assert server.receive(frame(b"\r\n\r\n")) == []
    assert server.take_output() == b"\x81\x02\r\n"
    assert server.receive(frame(b"\r\n") + frame(b"", opcode=10)) == []
    assert server.take_output() == b""


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (frame(b"\x03\xe8", opcode=8), 1000),
        (frame(b"x", opcode=3), 1002),
        (bytes.fromhex("810548656c6c6f"), 1002),  # not masked
        (frame(b"\xff\xff"), 1007),  # no UTF-8
        (frame(b"a" * (MAX_MESSAGE + 1)), 1009),
        (frame(b"a" * 60_000, is_last=False) + frame(b"a" * 60_000, opcode=0), 1009),
        (frame(b"a") * (MAX_WAITING + 1), 1009),
    ],
)
def test_ends(data: bytes, code: int) -> None:
    server = opened()
    server.receive(data)
    goodbye = server.take_output()
    assert goodbye[0] == 0x88
    assert int.from_bytes(goodbye[2:4], "big") == code
    assert (server.is_open, server.is_over) == (False, True)
    server.send(b"late")
    server.ping()
    server.close()
    assert server.receive(frame(b"late")) == []
    assert server.take_output() == b""


def test_the_longest_message_is_taken() -> None:
    assert opened().receive(frame(b"a" * MAX_MESSAGE)) == [b"a" * MAX_MESSAGE]


def test_our_goodbye() -> None:
    server = opened()
    server.close()
    assert server.take_output() == bytes.fromhex("880203e9")
