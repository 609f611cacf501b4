"""Figures for a StatsD server: their text, and real datagrams."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.config.statsd import StatsdConfig, read_statsd
from switchroom.pbx.statsd import Figure, Kind, Statsd, figure_text
from tests.support.ports import free_port


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.settimeout(20)
        yield made


def config_for(server: socket.socket) -> StatsdConfig:
    host, port = server.getsockname()
    return StatsdConfig(is_on=True, host=host, port=port)


def read(text: str) -> StatsdConfig:
    return read_statsd(parse_config(text, path=Path("statsd.conf")))


@pytest.mark.parametrize(
    ("text", "config"),
    [
        ("", StatsdConfig()),
        ("[general]\n", StatsdConfig()),
        ("[general]\nenabled=yes\nserver=10.0.0.1\n", StatsdConfig(is_on=True, host="10.0.0.1")),
        ("[general]\nserver=[::1]:9125\n", StatsdConfig(host="::1", port=9125)),
        ("[general]\nserver=::1\n", StatsdConfig(host="::1")),
        ("[general]\nserver=stats.example:1\n", StatsdConfig(host="stats.example", port=1)),
        (
            "[global]\nprefix=pbx.\nadd_newline=yes\nmeter_support=no\n",
            StatsdConfig(prefix="pbx", ends_lines=True, has_meters=False),
        ),
    ],
)
def test_the_file(text: str, config: StatsdConfig) -> None:
    assert read(text) == config


@pytest.mark.parametrize("line", ["server=", "server=a:b", "server=a:70000", "servre=a"])
def test_what_is_none(line: str) -> None:
    with pytest.raises(ConfigError, match=r"statsd\.conf:2"):
        read(f"[general]\n{line}\n")


@pytest.mark.parametrize(
    ("figure", "config", "text"),
    [
        (Figure("a.b", Kind.GAUGE, "+1"), StatsdConfig(), b"a.b:+1|g"),
        (Figure("a", Kind.TIMER, "20", 0.25), StatsdConfig(prefix="x"), b"x.a:20|ms|@0.25"),
        (Figure("a", Kind.SET, "\u00fc"), StatsdConfig(ends_lines=True), b"a:\xc3\xbc|s\n"),
        (Figure("a", Kind.METER, "1"), StatsdConfig(), b"a:1|m"),
        (Figure("a", Kind.METER, "1"), StatsdConfig(has_meters=False), b"a:1|c"),
    ],
)
def test_what_is_sent(figure: Figure, config: StatsdConfig, text: bytes) -> None:
    assert figure_text(figure, config) == text


def test_it_reaches_a_server(server: socket.socket) -> None:
    async def main() -> None:
        sender = Statsd()
        with closing(sender):
            sender.send(Figure("lost", Kind.COUNTER, "1"))
            await sender.connect(config_for(server))
            assert sender.is_on
            draws = iter((0.5, 0.4999))
            sender.send(Figure("left.out", Kind.COUNTER, "1", 0.5), chance=draws.__next__)
            sender.send(Figure("a", Kind.COUNTER, "1", 0.5), chance=draws.__next__)
            sender.turn_off(StatsdConfig())
            sender.send(Figure("lost", Kind.COUNTER, "1"))
            await sender.connect(config_for(server))
            sender.send(Figure("last", Kind.COUNTER, "1"))

    asyncio.run(main())
    assert [server.recv(100), server.recv(100)] == [b"a:1|c|@0.50", b"last:1|c"]


def test_nobody_listens_and_then_somebody_does() -> None:
    """A refusal is told at the next figure: that one is sent all the same."""

    async def main() -> bytes:
        sender, address = Statsd(), ("127.0.0.1", free_port())
        with closing(sender):
            await sender.connect(StatsdConfig(is_on=True, host=address[0], port=address[1]))
            sender.send(Figure("refused", Kind.COUNTER, "1"))
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as later:
                later.bind(address)
                later.settimeout(20)
                sender.send(Figure("heard", Kind.COUNTER, "1"))
                return later.recv(100)

    assert asyncio.run(main()) == b"heard:1|c"


def test_a_server_whose_name_is_none(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        sender = Statsd()
        await sender.connect(StatsdConfig(is_on=True, host="a..b"))
        assert not sender.is_on

    asyncio.run(main())
    assert "StatsD server a..b: " in caplog.text


def test_another_configuration_comes_while_a_name_is_looked_up(server: socket.socket) -> None:
    async def main() -> None:
        sender = Statsd()
        async with asyncio.TaskGroup() as group:
            group.create_task(sender.connect(config_for(server)))
            await asyncio.sleep(0)
            sender.turn_off(StatsdConfig())
        assert not sender.is_on

    asyncio.run(main())
