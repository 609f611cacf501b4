"""FastAGI: scripts on a server."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from switchroom.agi.door import Door
from switchroom.agi.network import Place, parse_place
from switchroom.agi.session import ScriptError
from switchroom.apps.agi import AgiRequest
from switchroom.net.locating import Srv
from switchroom.pbx.channel import Channel, ChannelState, HangupError
from tests.support.dialplan import make_interpreter
from tests.support.fakes import make_channel, make_pbx

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("agi://pbx.example", Place("pbx.example", 4573, "")),
        ("agi://127.0.0.1:9/a/b?c=d&e", Place("127.0.0.1", 9, "a/b?c=d&e")),
        ("agi://[::1]:9/x", Place("::1", 9, "x")),
        ("hagi://pbx.example/x", Place("pbx.example", 4573, "x", is_service=True)),
    ],
)
def test_places(url: str, place: Place) -> None:
    assert parse_place(url) == place


@pytest.mark.parametrize(
    "url", ["agi://", "agi:///x", "agi://h:x/", "agi://[::1/", "agi://h:99999/"]
)
def test_no_places(url: str) -> None:
    with pytest.raises(ScriptError):
        parse_place(url)


class Records:
    def __init__(self, *ports: int) -> None:
        self.asked: list[str] = []
        self._ports = ports

    async def srv(self, name: str) -> list[Srv]:
        self.asked.append(name)
        return [Srv(rank, 0, port, "127.0.0.1") for rank, port in enumerate(self._ports)]


def play(
    serve: Serve,
    command: str,
    *,
    hangup_after: float | None = None,
    dead_port_first: bool = False,
) -> tuple[Channel, Records]:
    """Run ``command`` with a server; ``{port}`` stands for its port."""
    found: list[Channel] = []
    records = Records()

    async def main() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        records._ports = (1, port) if dead_port_first else (port,)
        async with asyncio.timeout(20), server, make_pbx(make_interpreter("")) as pbx:
            channel = make_channel(pbx, context="c", extension="1")
            found.append(channel)
            channel.state = ChannelState.UP
            channel.run_in(asyncio.current_task())  # type: ignore[arg-type]
            if hangup_after is not None:
                asyncio.get_running_loop().call_later(hangup_after, channel.hangup)
            try:
                request = AgiRequest(command.format(port=port), ("one",))
                await Door(records).run(channel, request)
            except HangupError:
                pass
            channel.leave_task()
            channel.finish()

    asyncio.run(main())
    return found[0], records


async def facts(reader: asyncio.StreamReader) -> dict[str, str]:
    read: dict[str, str] = {}
    while line := (await reader.readline()).decode().rstrip("\n"):
        name, _, value = line.partition(": ")
        read[name] = value
    return read


def test_a_script_on_a_server() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told = await facts(reader)
        script, argument = told["agi_network_script"], told["agi_arg_1"]
        writer.write(f'SET VARIABLE got "{script} {argument} {told["agi_network"]}"\r\n'.encode())
        assert await reader.readline() == b"200 result=1\n"
        writer.close()

    channel, _ = play(serve, "agi://127.0.0.1:{port}/weather?city=Bern")
    assert channel.variables["got"] == "weather?city=Bern one yes"
    assert channel.variables["AGISTATUS"] == "SUCCESS"


def test_commands_may_come_ahead() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await facts(reader)
        writer.write(b"SET VARIABLE a 1\nSET VARIABLE b 2\nGET VARIABLE a\n")
        answers = [await reader.readline() for _ in range(3)]
        writer.write(b"SET VARIABLE all %d\n" % (answers[2] == b"200 result=1 (1)\n"))
        await reader.readline()
        writer.close()

    channel, _ = play(serve, "agi://127.0.0.1:{port}/")
    assert channel.variables["all"] == "1"


def test_a_hangup_is_a_line() -> None:
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await facts(reader)
        writer.write(b"WAIT FOR DIGIT -1\n")
        heard.extend([await reader.readline(), await reader.readline()])
        writer.close()

    channel, _ = play(serve, "agi://127.0.0.1:{port}/", hangup_after=0.2)
    assert heard == [b"HANGUP\n", b"200 result=-1\n"]
    assert channel.variables["AGISTATUS"] == "HANGUP"


def test_a_service_name_leads_to_the_server_that_answers() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told = await facts(reader)
        assert told["agi_network_script"] == "x"
        writer.close()

    channel, records = play(serve, "hagi://pbx.example/x", dead_port_first=True)
    assert records.asked == ["_agi._tcp.pbx.example"]
    assert channel.variables["AGISTATUS"] == "SUCCESS"


@pytest.mark.parametrize("command", ["agi://127.0.0.1:1/", "agi://no-such-host.invalid/", "agi://"])
def test_no_server(command: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    channel, _ = play(serve, command)
    assert channel.variables["AGISTATUS"] == "FAILURE"


def test_a_server_that_floods_ends_its_own_call_only() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await facts(reader)
        writer.write(b"x" * 300_000)
        writer.close()

    channel, _ = play(serve, "agi://127.0.0.1:{port}/")
    assert channel.variables["AGISTATUS"] == "FAILURE"


def test_the_manager_gives_commands() -> None:
    from switchroom.apps.agi import AsyncCommands
    from switchroom.pbx.agi_events import AsyncAgiAnswered, AsyncAgiEnded, AsyncAgiStarted

    told: list[object] = []

    async def main() -> None:
        async with asyncio.timeout(20), make_pbx(make_interpreter("")) as pbx:
            for kind in (AsyncAgiStarted, AsyncAgiAnswered, AsyncAgiEnded):
                pbx.events.subscribe(kind, told.append)
            channel = make_channel(pbx, context="c", extension="1")
            commands = channel.datastore(AsyncCommands)
            assert not commands.add("NOOP", "0"), "it does not wait for any"
            work = Door(Records()).run(channel, AgiRequest("agi:async"))
            async with asyncio.TaskGroup() as group:
                group.create_task(work)
                await asyncio.sleep(0.05)
                assert commands.add("SET VARIABLE a 1", "7")
                assert commands.add("asyncagi  BREAK", "8")
            assert channel.variables["AGISTATUS"] == "SUCCESS"
            assert channel.variables["a"] == "1"
            channel.finish()

    asyncio.run(main())
    assert isinstance(told[0], AsyncAgiStarted)
    assert told[0].facts.startswith("agi_request: async\n")
    answers = [(e.command_id, e.answer) for e in told if isinstance(e, AsyncAgiAnswered)]
    assert answers == [("7", "200 result=1\n"), ("8", "200 result=0\n")]
    assert isinstance(told[-1], AsyncAgiEnded)
