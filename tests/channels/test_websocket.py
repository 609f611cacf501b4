"""The WebSocket channel, with programs that come and programs that we come to."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from switchroom.channels.external.control import (
    Asked,
    Command,
    CommandError,
    ControlFormat,
    event_text,
    parse_command,
)
from switchroom.channels.external.reaching_programs import let_come
from switchroom.channels.external.upgrade import Place, UpgradeError
from switchroom.channels.external.websocket_channel import (
    MediaWebSockets,
    WebSocketDriver,
    WebSocketTechnology,
)
from switchroom.config.language.reader import parse_config
from switchroom.config.websocket import WebSocketClient, read_websocket_clients
from switchroom.media.codecs.samples import decode, encode
from switchroom.net.http import HttpServer
from switchroom.pbx.channel import Channel
from tests.channels.websocket_program import Program, come, come_in, let_in
from tests.media.calls import ends_with, frequencies, windows_of
from tests.media.feed_party import BINARY, CLOSE, PING, TEXT, ws_frame
from tests.media.rtp_party import tone
from tests.support.heard_calls import HeardOffice, HeardPhone, heard_office

Test = Callable[["House"], Awaitable[None]]


@dataclass(slots=True)
class House:
    """A node with an HTTP server, and where a program of its own listens."""

    office: HeardOffice
    port: int
    listening: socket.socket
    programs: list[Program] = field(default_factory=list)

    @property
    def known(self) -> MediaWebSockets:
        return self.office.pbx.datastore(MediaWebSockets)

    async def call(self) -> HeardPhone:
        return await self.office.call("1")

    async def waiting(self) -> WebSocketDriver:
        """The call that waits for its program."""
        async with asyncio.timeout(20):
            while not self.known.waiting:
                await asyncio.sleep(0.01)
        return next(iter(self.known.waiting.values()))

    async def come(self, **how: bytes) -> Program:
        """The program that the call waits for."""
        driver = await self.waiting()
        program = await come_in(self.port, f"/media/{driver.connection_id}", **how)
        self.programs.append(program)
        return program

    async def let_in(self, **how: bytes) -> Program:
        program = await let_in(self.listening, **how)
        self.programs.append(program)
        return program

    @property
    def channel(self) -> Channel:
        """The program's."""
        return next(c for n, c in self.office.pbx.channels.items() if n.startswith("WebSocket/"))


@asynccontextmanager
async def house(options: str, connection: str = "INCOMING") -> AsyncIterator[House]:
    conf = (
        f"[default]\nexten => 1,1,Dial(WebSocket/{connection}/{options},,g)\n"
        " same => n,Set(after=${DIALSTATUS})\n same => n,Hangup()\n"
    )
    technologies = {"WEBSOCKET": WebSocketTechnology()}
    async with AsyncExitStack() as stack:
        office = await stack.enter_async_context(heard_office(conf, technologies=technologies))
        server = office.pbx.datastore(HttpServer)
        stack.push_async_callback(server.close)
        known = office.pbx.datastore(MediaWebSockets)
        server.takers["/media/"] = lambda: let_come(known.waiting)
        listener = await server.listen("127.0.0.1", 0)
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        listening.setblocking(False)  # noqa: FBT003  # as the library has it
        uri = f"ws://127.0.0.1:{listening.getsockname()[1]}/agent?v=1"
        known.clients = {"agent": WebSocketClient("agent", uri, timeout=5.0, interval=0.01)}
        one = House(office, listener.address[1], listening)
        yield one
        for program in one.programs:
            program.close()


def run(test: Test, options: str = "c(ulaw)", connection: str = "INCOMING") -> None:
    async def main() -> None:
        async with house(options, connection) as one:
            await test(one)

    asyncio.run(main())


@pytest.mark.parametrize("connection", ["INCOMING", "agent"])
@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_both_hear_each_other(connection: str, loop: str) -> None:
    async def test(one: House) -> None:
        phone = await one.call()
        program = await (one.come() if connection == "INCOMING" else one.let_in())
        told = await program.event("MEDIA_START")
        assert program.frames[0][0] == TEXT, "what begins is told before any audio"
        facts = dict(word.split(":", 1) for word in told.split(" "))
        assert facts == {
            "connection_id": one.channel.variables["MEDIA_WEBSOCKET_CONNECTION_ID"],
            "channel": one.channel.name,
            "format": "ulaw",
            "optimal_frame_size": "160",
            "ptime": "20",
        }
        assert one.channel.variables["MEDIA_WEBSOCKET_OPTIMAL_FRAME_SIZE"] == "160"
        await program.until(lambda: program.count > 0)
        phone.party.start_saying(tone(500, 20))
        await program.say(program_tone(900, 2))
        await phone.party.until(lambda: windows_of(phone.party.audio(), 900) >= 5)
        await program.until(lambda: windows_of(decode("PCMU", program.audio()), 500) >= 5)
        assert {len(data) for kind, data in program.frames if kind == BINARY} == {160}
        phone.party.press("5")
        assert await program.event("DTMF_END") == "digit:5"
        await program.ask("HANGUP")
        await phone.is_over.wait()
        assert phone.channel.variables["after"] == "ANSWER"
        await program.until(lambda: program.is_over)
        assert program.was_told_goodbye

    async def main() -> None:
        async with house("c(ulaw)", connection) as one:
            await test(one)

    if loop == "asyncio":
        asyncio.run(main())
    else:
        uvloop = pytest.importorskip("uvloop")
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(main())


def program_tone(hertz: float, seconds: float) -> bytes:
    return encode("PCMU", tone(hertz, seconds))


def test_a_long_announcement_is_interrupted() -> None:
    async def test(one: House) -> None:
        phone, program = await one.call(), await one.come()
        await program.ask("START_MEDIA_BUFFERING")
        await program.say(program_tone(900, 8) + b"\xff")
        await program.ask("STOP_MEDIA_BUFFERING never")
        await program.ask("MARK_MEDIA never")
        await phone.party.until(lambda: ends_with(phone.party.audio(), 900))
        await program.ask("GET_STATUS")
        status = dict(word.split(":") for word in (await program.event("STATUS")).split(" "))
        assert 200 < int(status.pop("queue_length")) < 400
        assert status == {
            "xon_level": "800", "xoff_level": "900", "queue_full": "false",
            "bulk_media": "false", "media_paused": "false",
        }  # fmt: skip
        await program.ask("REPORT_QUEUE_DRAINED")
        await program.ask("FLUSH_MEDIA")
        await program.event("QUEUE_DRAINED")
        await program.say(program_tone(400, 0.4))
        await program.ask("MARK_MEDIA soon")
        assert await program.event("MEDIA_MARK_PROCESSED") == "soon"
        assert not program.named("MEDIA_BUFFERING_COMPLETED")
        assert 400 in frequencies(phone.party.audio()[-3200:])

    run(test)


def test_buffered_audio_is_completed_in_time_and_order() -> None:
    async def test(one: House) -> None:
        loop = asyncio.get_running_loop()
        await one.call()
        program = await one.come()
        await program.until(lambda: program.count > 0)
        began_at = loop.time()
        for name in ("one", "two"):
            await program.ask("START_MEDIA_BUFFERING")
            await program.say(program_tone(900, 0.5) + b"\xff")
            await program.ask(f"STOP_MEDIA_BUFFERING {name}")
        assert await program.event("MEDIA_BUFFERING_COMPLETED") == "one"
        assert await program.event("MEDIA_BUFFERING_COMPLETED", 2) == "two"
        assert 0.9 < loop.time() - began_at < 9
        await program.ask("STOP_MEDIA_BUFFERING")
        assert await program.event("MEDIA_BUFFERING_COMPLETED", 3) == ""

    run(test)


def test_pausing_continuing_and_directions() -> None:
    async def test(one: House) -> None:
        phone, program = await one.call(), await one.come()
        await program.ask("PAUSE_MEDIA")
        await program.say(program_tone(900, 0.6))
        await program.ask("GET_STATUS")
        assert "media_paused:true" in await program.event("STATUS")
        await program.ask("CONTINUE_MEDIA")
        await program.ask("MARK_MEDIA")
        await program.event("MEDIA_MARK_PROCESSED")
        await phone.party.until(lambda: windows_of(phone.party.audio(), 900) > 2)
        await program.ask("SET_MEDIA_DIRECTION in")
        await program.ask("GET_STATUS")
        await program.event("STATUS", 2)  # it holds from here on
        await program.say(program_tone(900, 0.2))
        await program.ask("GET_STATUS")
        assert "queue_length:0" in await program.event("STATUS", 3)
        await program.ask("SET_MEDIA_DIRECTION sideways")
        assert "sideways" in await program.event("ERROR")

    run(test)


def test_too_much_at_once_is_told_and_then_dropped() -> None:
    async def test(one: House) -> None:
        await one.call()
        program = await one.come()
        await program.say(b"\xff" * 8000 * 40)
        await program.event("MEDIA_XOFF")
        await program.ask("FLUSH_MEDIA")
        await program.event("MEDIA_XON")

    run(test)


def test_answering_is_the_programs_where_it_is_told_so() -> None:
    async def test(one: House) -> None:
        phone, program = await one.call(), await one.come()
        await program.event("MEDIA_START")
        await program.send(PING, b"still there")
        await program.until(lambda: (10, b"still there") in program.frames)
        assert one.channel.answered_at is None
        await program.ask("ANSWER")
        await program.until(lambda: program.count > 0)
        assert one.channel.answered_at is not None
        await program.ask("ANSWER")
        await program.send(CLOSE, b"\x03\xe8")
        await phone.is_over.wait()

    run(test, "c(slin16)n")


def test_json() -> None:
    async def test(one: House) -> None:
        phone, program = await one.call(), await one.come()
        start = await program.json_event("MEDIA_START")
        assert start["channel_id"] == one.channel.unique_id
        assert start["optimal_frame_size"] == 160
        assert start["channel_variables"]["MEDIA_WEBSOCKET_OPTIMAL_FRAME_SIZE"] == "160"  # type: ignore[index]  # an object
        await program.ask('{"command": "GET_STATUS"}')
        status = await program.json_event("STATUS")
        assert status["queue_length"] == 0
        assert status["queue_full"] is False
        await program.ask('{"command": "MARK_MEDIA", "correlation_id": "x 1"}')
        mark = await program.json_event("MEDIA_MARK_PROCESSED")
        assert mark["correlation_id"] == "x 1"
        phone.party.press("7")
        assert (await program.json_event("DTMF_END"))["digit"] == "7"
        await program.ask("NO_SUCH")
        assert "NO_SUCH" in str((await program.json_event("ERROR"))["error_text"])

    run(test, "c(alaw)f(json)")


def test_what_comes_with_the_handshake_is_not_lost() -> None:
    async def test(one: House) -> None:
        await one.call()
        program = await one.come(first=ws_frame(TEXT, b"MARK_MEDIA first"))
        assert await program.event("MEDIA_MARK_PROCESSED") == "first"

    run(test)


def test_what_comes_with_the_answer_is_not_lost() -> None:
    async def test(one: House) -> None:
        await one.call()
        program = await one.let_in(greeting=ws_frame(TEXT, b"MARK_MEDIA first", masks=False))
        assert await program.event("MEDIA_MARK_PROCESSED") == "first"
        assert program.target == "/agent?v=1&who=ann&why=x"

    run(test, "c(ulaw)v(who=ann,why=x)", "agent")


def test_who_is_not_let_in() -> None:
    async def test(one: House) -> None:
        phone = await one.call()
        driver = await one.waiting()
        assert await come(one.port, "/media/none-of-ours") == 404
        assert await come(one.port, f"/media/{driver.connection_id}", protocols=["chat"]) == 400
        reader, writer = await asyncio.open_connection("127.0.0.1", one.port)
        writer.write(f"GET /media/{driver.connection_id} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert b" 400 " in await reader.read()
        writer.close()
        program = await one.come()
        assert await come(one.port, f"/media/{driver.connection_id}") == 404
        program.close()
        await phone.is_over.wait()
        assert not one.known.waiting

    run(test)


def test_a_caller_who_does_not_wait_takes_the_id_with_him() -> None:
    async def test(one: House) -> None:
        phone = await one.call()
        driver = await one.waiting()
        phone.channel.hangup()
        await phone.is_over.wait()
        assert not one.known.waiting
        assert await come(one.port, f"/media/{driver.connection_id}") == 404
        assert one.office.engine.stream_count == 0

    run(test)


@pytest.mark.parametrize(
    ("connection", "options"),
    [("nobody", "c(ulaw)"), ("INCOMING", "c(g729)"), ("INCOMING", "f(xml)")],
)
def test_calls_that_cannot_be_made(connection: str, options: str) -> None:
    async def test(one: House) -> None:
        phone = await one.call()
        await phone.is_over.wait()
        assert phone.channel.variables["after"] == "CHANUNAVAIL"
        assert one.office.engine.stream_count == 0

    run(test, options, connection)


def test_a_program_that_is_not_there_or_refuses() -> None:
    async def test(one: House) -> None:
        one.known.clients = {
            "agent": WebSocketClient("agent", "ws://127.0.0.1:1/", attempts=1, interval=0.01)
        }
        phone = await one.call()
        await phone.is_over.wait()
        assert phone.channel.variables["after"] == "CHANUNAVAIL"

    run(test, "c(ulaw)", "agent")


def test_nonsense_from_a_program_ends_its_call_alone() -> None:
    async def test(one: House) -> None:
        first = await one.call()
        program = await one.come()
        second = await one.call()
        other = await one.come()
        await program.send(TEXT, b"\xff\xfe")
        assert "UTF-8" in await program.event("ERROR")
        program.end.send(b"GET / HTTP/1.1\r\n\r\n")
        await first.is_over.wait()
        await other.until(lambda: other.count > 20)
        assert not second.is_over.is_set()

    run(test)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("ANSWER", Asked(Command.ANSWER)),
        (" FLUSH_MEDIA\n", Asked(Command.FLUSH_MEDIA)),
        ("MARK_MEDIA a b", Asked(Command.MARK_MEDIA, "a b")),
        ('{"command":"HANGUP"}', Asked(Command.HANGUP)),
        (
            '{"command":"SET_MEDIA_DIRECTION","direction":"in"}',
            Asked(Command.SET_MEDIA_DIRECTION, "in"),
        ),
        ("answer", None),
        ("", None),
        ("{", None),
        ("{}", None),
        ('{"command": 3}', None),
    ],
)
def test_commands(text: str, asked: Asked | None) -> None:
    if asked is not None:
        assert parse_command(text.encode()) == asked
        return
    with pytest.raises(CommandError):
        parse_command(text.encode())


def test_events() -> None:
    fields = {"queue_length": 3, "queue_full": True, "channel_variables": {"a": "b"}}
    line = event_text(ControlFormat.TEXT, "STATUS", "1.2", fields)
    assert line == b"STATUS queue_length:3 queue_full:true"
    told = json.loads(event_text(ControlFormat.JSON, "STATUS", "1.2", fields))
    assert told == {"event": "STATUS", "channel_id": "1.2", **fields}


def test_places() -> None:
    assert Place.parse("ws://host/a?b=c", "d=e") == Place(
        "host", 80, is_tls=False, target="/a?b=c&d=e"
    )
    assert Place.parse("wss://[::1]:99").authority == "[::1]:99"
    for uri in ("http://host", "ws://", "ws://host:x/", ""):
        with pytest.raises(UpgradeError):
            Place.parse(uri)


def test_the_clients_of_a_file() -> None:
    conf = (
        "[one]\ntype = websocket_client\nuri = ws://host:1/x\nprotocols = media\n"
        "username = me\npassword = secret\nconnection_timeout = 1500\ntls_enabled = yes\n"
        "[two]\nuri=ws://other\nproxy_host = p\n"
    )
    found = read_websocket_clients(parse_config(conf, path=Path("websocket_client.conf")))
    one = found.clients["one"]
    assert (one.timeout, one.is_tls, one.protocols) == (1.5, True, ("media",))
    assert "secret" not in repr(one)
    assert [str(each) for each in found.warnings] != []
