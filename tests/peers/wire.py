"""A bare socket that speaks SIP to a node: octets out, answers in."""

from __future__ import annotations

import itertools
import re
import socket
from typing import Self

PATIENCE = 30.0  #: seconds; a node that is well answers in milliseconds
SILENCE = 0.5  #: seconds after which nothing more is expected

_numbers = itertools.count(1)
_LENGTH = re.compile(rb"\r\n(?:Content-Length|l) *: *(\d+)", re.IGNORECASE)


class Wire:
    """One socket; enter it to open it.

    Args:
        transport: ``udp`` or ``tcp``.
        host: Where to send from; the node is at the loopback address of its family.
        port: The node's.
    """

    def __init__(self, transport: str, host: str, port: int) -> None:
        self._is_stream = transport == "tcp"
        self._host = host
        self._family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._node = ("::1" if ":" in host else "127.0.0.1", port)
        self._rest = b""
        self.body = ""  #: of the last message

    def __enter__(self) -> Self:
        kind = socket.SOCK_STREAM if self._is_stream else socket.SOCK_DGRAM
        self._socket = socket.socket(self._family, kind)
        self._socket.bind((self._host, 0))
        self._socket.settimeout(PATIENCE)
        self._socket.connect(self._node)
        return self

    def __exit__(self, *exception: object) -> None:
        self._socket.close()

    @property
    def where(self) -> str:
        """Its address, as a URI has it."""
        host, port = self._socket.getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def send(self, data: bytes) -> None:
        """Send octets as they are."""
        self._socket.sendall(data)

    def send_options(self) -> str:
        """Send an OPTIONS that is right; returns its Call-ID."""
        number, where = f"probe{next(_numbers)}", self.where
        via = f"SIP/2.0/{'TCP' if self._is_stream else 'UDP'} {where};branch=z9hG4bK{number};rport"
        self.send(
            f"OPTIONS sip:{where} SIP/2.0\r\n"
            f"Via: {via}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:probe@{where}>;tag={number}\r\nTo: <sip:{where}>\r\n"
            f"Call-ID: {number}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n".encode()
        )
        return number

    def receive(self) -> str:
        """The next message.

        Raises:
            TimeoutError: None came.
            ConnectionError: The node closed the connection.
        """
        if self._is_stream:
            return self._next_of_stream()
        data = self._socket.recv(65536).decode()
        self.body = data.partition("\r\n\r\n")[2]
        return data

    def _next_of_stream(self) -> str:
        while (end := self._rest.find(b"\r\n\r\n") + 4) < 4:
            self._read_more()
        match = _LENGTH.search(self._rest[:end])
        assert match is not None, "a stream needs Content-Length"
        whole = end + int(match[1])
        while len(self._rest) < whole:
            self._read_more()
        data, self._rest = self._rest[:whole].decode(), self._rest[whole:]
        self.body = data.partition("\r\n\r\n")[2]
        return data

    def _read_more(self) -> None:
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionError("closed")
        self._rest += data

    def verdict(self, *, expect_none: bool = False) -> tuple[str, str]:
        """The final status of the next answer, and the answer; no status where it was dropped.

        Args:
            expect_none: Find out by an OPTIONS, whose answer comes first where nothing else does.
        """
        probe = self.send_options() if expect_none else ""
        while True:
            answer = self.receive()
            if answer.startswith("SIP/2.0 1"):
                continue
            if probe and f"\r\nCall-ID: {probe}\r\n" in answer:
                return "", ""
            return answer.split()[1], answer

    def is_answered(self) -> bool:
        """Whether an OPTIONS gets its 200; other messages meanwhile are ignored."""
        probe = self.send_options()
        while True:
            answer = self.receive()
            if f"\r\nCall-ID: {probe}\r\n" in answer:
                return answer.startswith("SIP/2.0 200 ")

    def is_closed(self) -> bool:
        """Whether the node closed the connection, or does when more comes."""
        try:
            self.is_answered()
        except ConnectionError:
            return True
        return False

    def expect_silence(self) -> None:
        """Nothing comes for a while, and the connection stays."""
        self._socket.settimeout(SILENCE)
        try:
            answer = self.receive()
        except TimeoutError:
            return
        raise AssertionError(f"unexpected: {answer}")
