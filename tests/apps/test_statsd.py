"""StatsD() in a call, with a real server."""

import asyncio
import socket

import pytest

from switchroom.pbx.statsd import Statsd
from tests.pbx.test_statsd import config_for
from tests.support.dialplan import make_interpreter
from tests.support.fakes import make_channel, make_pbx


def sent(line: str) -> bytes:
    """What a server gets when a call runs ``line``, and a last figure behind it."""

    async def main() -> bytes:
        dialplan = f"[default]\nexten => s,1,{line}\n same => n,StatsD(c,end,1)\n"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(("127.0.0.1", 0))
            server.settimeout(20)
            async with make_pbx(make_interpreter(dialplan)) as pbx:
                pbx.chance.seed(1)  # draws 0.13
                sender = pbx.datastore(Statsd)
                await sender.connect(config_for(server))
                channel = make_channel(pbx)
                await pbx.dialplan.run(channel)
                channel.finish()
                sender.close()
            first = server.recv(2000)
            if first != b"end:1|c":
                assert server.recv(2000) == b"end:1|c"
            return first

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("StatsD(g,a.b,20)", b"a.b:20|g"),
        ("StatsD(g,a,-1)", b"a:-1|g"),
        ("StatsD(g,a,+1.5)", b"a:+1.5|g"),
        ("StatsD(c,a,-3)", b"a:-3|c"),
        ("StatsD(ms,a,1500)", b"a:1500|ms"),
        ("StatsD(s,a,anything at all)", b"a:anything at all|s"),
        ("StatsD(m,a,1)", b"a:1|m"),
        ("StatsD(c,a,1,1)", b"a:1|c"),
        ("StatsD(c,a,1,0.2)", b"a:1|c|@0.20"),
    ],
)
def test_figures(line: str, text: bytes) -> None:
    assert sent(line) == text


@pytest.mark.parametrize(
    "line",
    [
        "StatsD(c,a,1,0.1)",
        "StatsD(x,a,1)",
        "StatsD(g,,1)",
        "StatsD(g,a:b,1)",
        "StatsD(g,a,many)",
        "StatsD(g,a,)",
        "StatsD(ms,a,-1)",
        "StatsD(s,a,)",
        "StatsD(s,a,x|c)",
        "StatsD(c,a,1,2)",
        "StatsD(c,a,1,some)",
        "StatsD(c)",
    ],
)
def test_what_is_left_out_ends_no_call(line: str) -> None:
    assert sent(line) == b"end:1|c"
