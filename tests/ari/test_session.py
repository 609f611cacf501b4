"""A WebSocket whose other side does not do what one expects."""

import asyncio

from switchroom.ari.session import CLOSE_TIMEOUT, MAX_UNREAD, Session
from tests.ari.support import Ari, run_ari


class Wire:
    """Carries nothing, for ever."""

    def __init__(self) -> None:
        self.sent = 0
        self.closed: tuple[int, str] | None = None

    async def send(self, text: str) -> None:
        self.sent += 1
        await asyncio.Event().wait()

    async def receive(self) -> str | None:
        await asyncio.Event().wait()
        return None

    async def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)


def test_who_never_reads_is_let_go_and_costs_no_memory() -> None:
    async def test(ari: Ari) -> None:
        loop = asyncio.get_running_loop()
        boss = ari.context.config.users["boss"]
        session = Session(Wire(), boss, ari.context.hub, ari.dispatcher, "somebody")
        running = loop.create_task(session.run(["slow"], hears_all=False))
        await asyncio.sleep(0)
        assert ari.context.hub.applications["slow"].is_active
        began = loop.time()
        for _ in range(MAX_UNREAD // 1_000_000 + 2):
            session.tell(b"x" * 1_000_000)
        session.tell(b"more")
        assert not session._unread
        await running
        assert loop.time() - began <= CLOSE_TIMEOUT
        assert ari.context.hub.applications == {}

    run_ari(test)


def test_who_is_kicked_hears_why() -> None:
    class Reading(Wire):
        async def send(self, text: str) -> None:
            self.sent += 1

    async def test(ari: Ari) -> None:
        wire = Reading()
        boss = ari.context.config.users["boss"]
        session = Session(wire, boss, ari.context.hub, ari.dispatcher, "somebody")
        running = asyncio.get_running_loop().create_task(session.run(["a", "b"], hears_all=False))
        await asyncio.sleep(0.1)
        session.kick("enough")
        session.kick("too much")
        await running
        assert wire.sent == 2
        assert wire.closed == (1008, "enough")

    run_ari(test)
