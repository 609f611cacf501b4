"""How the network is asked to treat packets: DiffServ, read where they arrive."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from switchroom.media.api import StreamPlan
from switchroom.media.passages import Carries, PassagePlan
from tests.media.calls import make_engine, run
from tests.media.conformance.stage import Ear

EXPEDITED, CLASS_4 = 0xB8, 0x88


@contextmanager
def receiver(host: str) -> Iterator[socket.socket]:
    """A socket that is told the octet of each packet."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as bound:
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS, 1)
        else:
            bound.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
        bound.bind((host, 0))
        bound.settimeout(10)
        yield bound


def octet(bound: socket.socket) -> int:
    _, [(_, _, value)], *_ = bound.recvmsg(2048, 64)
    return int.from_bytes(value[:1])


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_packets_bear_what_the_plan_says(host: str) -> None:
    async def scenario() -> None:
        with receiver(host) as party:
            remote = party.getsockname()[:2]

            def plan(tos: int) -> StreamPlan:
                return StreamPlan("PCMU", 0, remote=remote, keep_alive=0.02, tos=tos, priority=6)

            async with make_engine() as engine:
                stream = await engine.open_stream(host, plan(EXPEDITED), Ear())
                assert await asyncio.to_thread(octet, party) == EXPEDITED
                stream.update(plan(CLASS_4))
                async with asyncio.timeout(10):
                    while await asyncio.to_thread(octet, party) != CLASS_4:
                        pass
                stream.close()

    run(scenario())


def test_without_a_word_packets_bear_nothing() -> None:
    async def scenario() -> None:
        with receiver("127.0.0.1") as party:
            plan = StreamPlan("PCMU", 0, remote=party.getsockname(), keep_alive=0.02)
            async with make_engine() as engine:
                stream = await engine.open_stream("127.0.0.1", plan, Ear())
                assert await asyncio.to_thread(octet, party) == 0
                stream.close()

    run(scenario())


def test_what_is_passed_on_bears_the_mark_of_whom_it_goes_to() -> None:
    async def scenario() -> None:
        async with make_engine() as engine:
            with receiver("127.0.0.1") as sender, receiver("127.0.0.1") as party:
                carries = Carries.DATAGRAMS
                here = engine.open_passage("127.0.0.1", PassagePlan(carries, sender.getsockname()))
                there = engine.open_passage("127.0.0.1", PassagePlan(carries))
                there.update(PassagePlan(carries, party.getsockname(), tos=CLASS_4))
                engine.connect_passages(here, there)
                sender.sendto(b"picture", here.local_address)
                assert await asyncio.to_thread(octet, party) == CLASS_4
                here.close()
                there.close()

    run(scenario())
