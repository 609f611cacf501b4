"""A party with video, by its sockets."""

from __future__ import annotations

import socket
import struct

from switchroom.media.passages import Carries, Passage, PassagePlan
from tests.media.rtp_party import RtpPacket, parse_packet
from tests.support.stepped_engine import SteppedEngine


class Camera:
    """A party with video, and its socket for reports behind it."""

    def __init__(self, engine: SteppedEngine, *, vp8: int = 96, ssrc: int = 1) -> None:
        self.engine = engine
        self.ssrc = ssrc
        self.vp8 = vp8
        self.sequence, self.timestamp = 65534 + ssrc, 1000 * ssrc
        self.rtp, self.rtcp = _pair()
        plan = PassagePlan(Carries.VIDEO, self.rtp.getsockname(), {"VP8": vp8, "H264": vp8 + 1})
        self.passage: Passage = engine.open_passage("127.0.0.1", plan)

    def send(self, count: int = 1, *, payload: bytes = b"frame", type_offset: int = 0) -> None:
        for _ in range(count):
            packet = RtpPacket(
                self.vp8 + type_offset, self.sequence, self.timestamp, self.ssrc, payload
            )
            self.rtp.sendto(packet.to_bytes(), self.passage.local_address)
            self.sequence += 1
            self.timestamp += 3000

    def report(self, kind: tuple[int, int], about: bytes = b"") -> None:
        head = struct.pack("!BBHII", 0x80 | kind[1], kind[0], 2 + len(about) // 4, self.ssrc, 0)
        host, port = self.passage.local_address
        self.rtcp.sendto(head + about, (host, port + 1))

    def seen(self) -> list[RtpPacket]:
        return [parse_packet(data) for data in received(self.rtp)]

    def asked(self) -> list[tuple[int, int]]:
        """What feedback it got, by kind."""
        return [(data[1], data[0] & 31) for data in received(self.rtcp)]

    def close(self) -> None:
        self.passage.close()
        self.rtp.close()
        self.rtcp.close()


def _pair() -> tuple[socket.socket, socket.socket]:
    """Two sockets on ports that follow each other."""
    while True:
        one, two = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        one.setblocking(False)  # noqa: FBT003  # its name
        two.setblocking(False)  # noqa: FBT003  # its name
        one.bind(("127.0.0.1", 0))
        try:
            two.bind(("127.0.0.1", one.getsockname()[1] + 1))
        except OSError:
            one.close()
            two.close()
        else:
            return one, two


def received(one: socket.socket) -> list[bytes]:
    found = []
    while True:
        try:
            found.append(one.recv(2048))
        except BlockingIOError:
            return found
