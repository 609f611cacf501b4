"""A bare SIP party with an RTP socket, on a loopback address of its own: it calls, or is called.

It sends what a test tells it to, over a network as bad as the test wants it, and keeps what it hears.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Sequence

from tests.media.coded_party import Samples
from tests.media.ears import BadNetwork, Ears
from tests.peers.program import WITHIN
from tests.support.ports import free_port

Address = tuple[str, int]
_TAG = re.compile(r";tag=([^;\s]+)")
_AUDIO = re.compile(r"c=IN IP4 (\S+).*m=audio (\d+)", re.DOTALL)


class Party(asyncio.DatagramProtocol):
    """One party; :meth:`start` binds its sockets.

    Args:
        name: Its user name.
        codec: As configurations call it; the only one that it speaks.
        host: Its own loopback address, which the node knows it by.
    """

    def __init__(self, name: str, codec: str, host: str) -> None:
        self.name = name
        self.codec = codec
        self.host = host
        self.port = free_port()
        self._node: Address = ("", 0)
        self._requests: list[str] = []
        self._changed = asyncio.Event()
        self._answers: dict[tuple[int, str], asyncio.Future[str]] = {}
        self._number = 0
        self._dialog: dict[str, str] = {}
        self.began_at = 0.0  #: when it sent its first packet
        self.sent = 0  #: packets that left
        self.stalled = 0.0  #: seconds that the latest of them was behind its time

    async def start(self, node: Address) -> None:
        """Bind the sockets; ``node`` is where requests go."""
        self._node = node
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=(self.host, self.port)
        )
        _, self.audio = await loop.create_datagram_endpoint(
            lambda: Ears(self.codec), local_addr=(self.host, 0)
        )

    def close(self) -> None:
        """Close them."""
        self._transport.close()
        self.audio.close()

    # SIP

    def datagram_received(self, data: bytes, addr: Address) -> None:
        text = data.decode()
        if text.startswith("SIP/2.0 "):
            number, method = _header(text, "CSeq").split()
            waiting = self._answers.get((int(number), method))
            if int(text[8:11]) >= 200 and waiting is not None and not waiting.done():
                waiting.set_result(text)
            return
        method = text.partition(" ")[0]
        if method == "ACK":
            return
        self._requests.append(text)
        self._changed.set()
        sdp = ""
        if method == "INVITE":
            self._listen_to(text)
            sdp = self._sdp()
            self._dialog = {
                "Call-ID": _header(text, "Call-ID"), "From": f"{_header(text, 'To')};tag={self.name}",
                "To": _header(text, "From"), "uri": _header(text, "Contact").strip("<>"),
            }  # fmt: skip
        self._respond(text, sdp)

    def _respond(self, request: str, sdp: str) -> None:
        to = _header(request, "To")
        lines = [
            "SIP/2.0 200 OK", f"Via: {_header(request, 'Via')}", f"From: {_header(request, 'From')}",
            f"To: {to}" if ";tag=" in to else f"To: {to};tag={self.name}",
            f"Call-ID: {_header(request, 'Call-ID')}", f"CSeq: {_header(request, 'CSeq')}",
        ]  # fmt: skip
        self._send(lines, sdp)

    def _send(self, lines: Sequence[str], sdp: str = "") -> None:
        kind = ["Content-Type: application/sdp"] if sdp else []
        head = [*lines, f"Contact: <sip:{self.name}@{self.host}:{self.port}>", *kind]
        text = "\r\n".join([*head, f"Content-Length: {len(sdp)}", "", sdp])
        self._transport.sendto(text.encode(), self._node)

    def _request(self, method: str, number: int, sdp: str = "") -> None:
        dialog = self._dialog
        branch = f"z9hG4bK{self.name}{self._number}{method}{number}"
        self._send(
            [
                f"{method} {dialog['uri']} SIP/2.0",
                f"Via: SIP/2.0/UDP {self.host}:{self.port};branch={branch}", "Max-Forwards: 70",
                f"From: {dialog['From']}", f"To: {dialog['To']}", f"Call-ID: {dialog['Call-ID']}",
                f"CSeq: {number} {method}",
            ],
            sdp,
        )  # fmt: skip

    async def ask(self, method: str, sdp: str = "", *, number: int = 0) -> str:
        """Send a request of the dialog, the next one unless it says which; returns its answer."""
        self._number = number or self._number + 1
        key = (self._number, method)
        waiting: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._answers[key] = waiting
        self._request(method, self._number, sdp)
        async with asyncio.timeout(WITHIN):
            return await waiting

    async def call(self, number: str) -> None:
        """Call, and wait until somebody answers."""
        where = f"{self._node[0]}:{self._node[1]}"
        self._dialog = {
            "Call-ID": f"{self.name}-{random.random()}", "uri": f"sip:{number}@{where}",
            "From": f"<sip:{self.name}@{self.host}>;tag={self.name}", "To": f"<sip:{number}@{where}>",
        }  # fmt: skip
        await self._invite(self._sdp())

    async def _invite(self, sdp: str) -> None:
        answer = await self.ask("INVITE", sdp)
        assert answer.startswith("SIP/2.0 200"), answer
        self._dialog["To"] = _header(answer, "To")
        self._dialog["uri"] = _header(answer, "Contact").strip("<>")
        self._listen_to(answer)
        self._request("ACK", self._number)

    async def hold(self) -> None:
        """A re-INVITE that wants to send only."""
        await self._invite(self._sdp() + "a=sendonly\r\n")

    async def hang_up(self) -> None:
        """BYE, where nobody else said it."""
        if self._dialog and not any(each.startswith("BYE") for each in self._requests):
            await self.ask("BYE")

    async def wait_for(self, method: str) -> None:
        """Wait until a request came."""
        async with asyncio.timeout(WITHIN):
            while not any(each.startswith(method) for each in self._requests):
                self._changed.clear()
                await self._changed.wait()

    def _sdp(self) -> str:
        kind, (host, port) = self.audio.kind, self.audio.address
        channels = f"/{kind.channels}" if kind.channels > 1 else ""
        return (
            f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP {kind.payload_type}\r\n"
            f"a=rtpmap:{kind.payload_type} {kind.name}/{kind.clock_rate}{channels}\r\n"
        )

    def _listen_to(self, message: str) -> None:
        found = _AUDIO.search(message)
        assert found is not None, message
        self.audio.remote = (found[1], int(found[2]))

    # audio

    async def say(self, packets: Sequence[bytes], network: BadNetwork) -> None:
        """Send packets in real time over a network."""
        loop = asyncio.get_running_loop()
        self.began_at = loop.time() + 0.02
        plan = [
            (self.began_at + number * self.audio.ptime + late, packets[number])
            for number, late in enumerate(network.delays(len(packets)))
            if late is not None
        ]
        for at, packet in sorted(plan):
            await asyncio.sleep(max(0.0, at - loop.time()))
            self.stalled = max(self.stalled, loop.time() - at)
            self.audio.send_raw(packet)
            self.sent += 1

    def heard(self) -> tuple[float, Samples]:
        """See :meth:`Ears.heard`."""
        return self.audio.heard_whole()


def _header(message: str, name: str) -> str:
    found = re.search(rf"^{name}: *(.*?)\r$", message, re.MULTILINE | re.IGNORECASE)
    assert found is not None, f"no {name} in {message}"
    return found[1]
