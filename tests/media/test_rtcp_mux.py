"""RTCP over the port of RTP (RFC 5761), in the clear and protected."""

from __future__ import annotations

import asyncio
import struct

import pytest

from switchroom.media.api import Address, Protection, Sound, StreamPlan
from tests.media.calls import make_engine, run
from tests.media.rtp_party import tone
from tests.media.test_srtp import OURS, PROTECTION, SUITES, THEIRS, session

RTP = struct.pack("!BBHII", 0x80, 0, 1, 160, 7) + bytes(160)
RECEIVER_REPORT = struct.pack("!BBHI", 0x80, 201, 1, 7)


class Mux(asyncio.DatagramProtocol):
    """A socket for both."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self.heard.put_nowait(data)


@pytest.mark.parametrize("protection", [None, PROTECTION])
def test_both_go_over_one_port(protection: Protection | None) -> None:
    seal = session(SUITES[0], THEIRS, outbound=True)
    unseal = session(SUITES[0], OURS, outbound=False)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        party = Mux()
        transport, _ = await loop.create_datagram_endpoint(lambda: party, local_addr=("::1", 0))
        remote = transport.get_extra_info("sockname")[:2]
        async with make_engine() as engine:
            plan = StreamPlan("PCMU", 0, remote, rtcp_mux=True, protection=protection)
            stream = await engine.open_stream("::1", plan, lambda _: None)
            sent = [RTP, RECEIVER_REPORT]
            if protection is not None:
                sent = [seal.protect(RTP), seal.protect_rtcp(RECEIVER_REPORT)]
            for data in sent:
                transport.sendto(data, stream.local_address)
            await stream.play(Sound("x", tone(700, 0.1)))
            counted = stream.statistics()
            assert (counted.packets_received, counted.packets_dropped) == (1, 0)
            stream.close()
            kinds: list[int] = []
            async with asyncio.timeout(30):
                while not kinds or kinds[-1] != 200:
                    data = await party.heard.get()
                    is_report = data[1] == 200
                    if protection is not None:
                        data = unseal.unprotect_rtcp(data) if is_report else unseal.unprotect(data)
                    kinds.append(data[1])
            assert {kind & 0x7F for kind in kinds[:-1]} == {0}
            assert data[-8:-4] == b"\x81\xcb\x00\x01", "it says goodbye over the port of RTP"
        transport.close()

    run(main())


def test_where_it_was_not_agreed_rtcp_on_the_port_of_rtp_is_nothing() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(Mux, local_addr=("127.0.0.1", 0))
        async with make_engine() as engine:
            plan = StreamPlan("PCMU", 0, transport.get_extra_info("sockname")[:2])
            stream = await engine.open_stream("127.0.0.1", plan, lambda _: None)
            for data in (RECEIVER_REPORT, RTP):
                transport.sendto(data, stream.local_address)
            async with asyncio.timeout(30):
                while stream.statistics().packets_received < 1:
                    await asyncio.sleep(0.01)
            assert stream.statistics().packets_dropped == 1
            stream.close()
        transport.close()

    run(main())
