import asyncio
import contextlib
import ssl
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from switchroom.ami.privileges import Privilege
from switchroom.ami.server import MAX_UNSENT_BYTES, AmiServer
from switchroom.net.credentials import TlsSettings
from tests.ami.support import Ami, make_ami, make_config
from tests.support.certificates import Authority


class Wire:
    """A client over TCP."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def message(self) -> dict[str, str]:
        text = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        return dict(line.partition(": ")[::2] for line in text.split("\r\n") if line)

    def send(self, *lines: str) -> None:
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    async def ask(self, *lines: str) -> dict[str, str]:
        self.send(*lines)
        while "Response" not in (answer := await self.message()):
            pass
        return answer

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()


def serve(
    folder: Path, test: Callable[[Ami, AmiServer, Callable[[], Any]], Coroutine[Any, Any, None]],
    **options: Any,
) -> None:  # fmt: skip
    async def main() -> None:
        ami = make_ami(folder, **options)
        async with ami.pbx:
            server = AmiServer(ami.context)
            where = await server.listen("127.0.0.1", 0)

            async def connect() -> Wire:
                wire = Wire(*await asyncio.open_connection(*where))
                assert await wire.reader.readline() == b"Asterisk Call Manager/11.0.0\r\n"
                return wire

            try:
                await asyncio.wait_for(test(ami, server, connect), 30)
            finally:
                await server.close()
                ami.context.hub.close()

    asyncio.run(main())


LOGIN = ("Action: Login", "Username: boss", "Secret: top")


def test_a_session_from_banner_to_goodbye(tmp_path: Path) -> None:
    async def test(ami: Ami, server: AmiServer, connect: Callable[[], Any]) -> None:
        wire = await connect()
        wire.send("action: login", "username: boss", "SECRET: top", "events: off")
        wire.send("Action: Ping", "ActionID: 1")  # pipelined
        assert (await wire.message())["Message"] == "Authentication accepted"
        assert (await wire.message())["Ping"] == "Pong"
        assert (await wire.ask("Action: Logoff"))["Response"] == "Goodbye"
        assert await wire.reader.read() == b""
        await wire.close()
        assert not server.connections
        assert not ami.context.hub.sessions

    serve(tmp_path, test)


def test_who_does_not_log_in_is_let_go(tmp_path: Path) -> None:
    config = replace(make_config(), login_timeout=0.05, login_limit=2)

    async def test(ami: Ami, server: AmiServer, connect: Callable[[], Any]) -> None:
        first, second = await connect(), await connect()
        third = Wire(*await asyncio.open_connection(*first.writer.get_extra_info("peername")[:2]))
        with contextlib.suppress(ConnectionError):
            assert await third.reader.read() == b""  # two that wait are enough
        assert await first.reader.read() == b""
        for wire in (first, second, third):
            await wire.close()

    serve(tmp_path, test, config=config)


def test_garbage_ends_its_own_connection_only(tmp_path: Path) -> None:
    async def test(ami: Ami, server: AmiServer, connect: Callable[[], Any]) -> None:
        good, bad = await connect(), await connect()
        bad.writer.write(b"\x00\xff" * 20_000)
        with contextlib.suppress(ConnectionError):
            assert await bad.reader.read() == b""
        assert (await good.ask(*LOGIN))["Response"] == "Success"
        await good.close()
        await bad.close()

    serve(tmp_path, test)


def test_a_banned_address_is_not_even_greeted(tmp_path: Path) -> None:
    async def test(ami: Ami, server: AmiServer, connect: Callable[[], Any]) -> None:
        wire = await connect()
        ami.context.door.guard.ban("127.0.0.1", now=ami.context.door.now())
        again = Wire(*await asyncio.open_connection(*wire.writer.get_extra_info("peername")[:2]))
        with contextlib.suppress(ConnectionError):
            assert await again.reader.read() == b""
        await wire.close()
        await again.close()

    serve(tmp_path, test)


def test_who_does_not_read_is_cut_off_and_others_hear_everything(tmp_path: Path) -> None:
    async def test(ami: Ami, server: AmiServer, connect: Callable[[], Any]) -> None:
        slow, quick = await connect(), await connect()
        await slow.ask(*LOGIN)
        await quick.ask(*LOGIN)
        body = [("Body", "x" * 1000)]
        heard = 0

        async def read() -> None:
            nonlocal heard
            while (await quick.message()).get("UserEvent") != "last":
                heard += 1

        reading = asyncio.get_running_loop().create_task(read())
        # The kernel takes some megabytes for the slow one before anything piles up here.
        for _ in range(40_000):
            ami.context.hub.tell("UserEvent", Privilege.USER, [("UserEvent", "x"), *body])
            await asyncio.sleep(0)
            if server.dropped:
                break
        ami.context.hub.tell("UserEvent", Privilege.USER, [("UserEvent", "last")])
        await reading
        assert server.dropped == 1
        assert heard > 0
        assert len(server.connections) == 1
        assert MAX_UNSENT_BYTES < 10**6
        await slow.close()
        await quick.close()

    serve(tmp_path, test)


def test_over_tls(tmp_path: Path) -> None:
    tls = TlsSettings(Authority(tmp_path).issue("127.0.0.1"))
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

    async def main() -> None:
        ami = make_ami(tmp_path)
        async with ami.pbx:
            server = AmiServer(ami.context)
            where = await server.listen("127.0.0.1", 0, tls)
            try:
                wire = Wire(*await asyncio.open_connection(*where, ssl=context))
                assert await wire.reader.readline() == b"Asterisk Call Manager/11.0.0\r\n"
                assert (await wire.ask(*LOGIN))["Message"] == "Authentication accepted"
                assert (await wire.ask("Action: Ping"))["Ping"] == "Pong"
                (session,) = ami.context.hub.sessions
                assert session.protocol == "TLS"
                await wire.close()
            finally:
                await server.close()
                ami.context.hub.close()

    asyncio.run(main())
