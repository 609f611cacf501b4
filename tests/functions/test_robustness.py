"""Whatever a function or an application is given, it answers, or says what is wrong."""

import asyncio
import contextlib
import inspect
import logging
import random
from collections.abc import Iterator

import pytest

from switchroom.base.errors import SwitchroomError
from switchroom.base.text import to_octets
from switchroom.channels.local import LocalTechnology
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx
from tests.support.dialplan import make_interpreter, registries
from tests.support.fakes import make_channel, make_pbx, run_virtual

APPLICATIONS, FUNCTIONS = registries()
#: They do what they are told with files, commands, servers or the environment.
OUTSIDE = {
    "SHELL", "CURL", "FILE", "STAT", "FILE_COUNT_LINE", "FILE_FORMAT", "AST_CONFIG", "ENUMLOOKUP", "ENUMQUERY", "SRVQUERY",
    "SRVRESULT", "TXTCIDNAME", "ENV", "LOCK", "system", "trysystem", "record", "dictate", "python",
}  # fmt: skip
WORDS = [
    "", "a", "v", "1", "-1", "0", "99999999999999999999", "1.5", "é", "\udcff", "\0", "${", "}", "(", ")", "[", "]", '"', "\\", "\\x",
    "\\x41", "\\0", ",", ",,", "a-z", "z-a", "-", "%s", "%5d", "%c", "%*d", "%-", "UTC", "%Y-%m-%d", "*", "?", ":", "=", "@", "&", "a@b",
    "1:2", "nan", "inf", "1e400", '{"a":[1,{"b":null}]}', "a.b", "/", "x" * 300, "all", "num-valid", "Custom:x", "Local/s@default",
    "default", "s", "Fake/1-00000000", " ", "\t", "5/0", "2^9999", "1<<-1", "9:00-17:00", "mon-fri", "app", "exten", "NoOp", "Set(a=1)",
    "prompt&b", "RX", "b(default^s^1(a))", "0.001", "h(", "0?", "1?NoOp(a)", "macro",
]  # fmt: skip
CONF = "[default]\nexten => s,1,NoOp()\n[macro-macro]\nexten => s,1,NoOp()\n"
TRIES = 40
MANY = "9" * 5000  #: digits: more than Python's int() takes
#: In the place of each argument: numbers that are too long or none, and what no text has.
HOSTILE = [MANY, "²", "٣", "\udcff", "\0"]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What is logged has octets that are no text, which no report of a test can hold."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def texts(seed: str) -> list[str]:
    chance = random.Random(seed)
    hostile = [",".join([*["v"] * place, word]) for place in range(4) for word in HOSTILE]
    return hostile + [
        chance.choice(["", ",", "-", "?", " "]).join(chance.choices(WORDS, k=chance.randint(0, 5)))
        for _ in range(TRIES)
    ]


async def call_function(name: str, channel: Channel, text: str, value: str) -> None:
    function = FUNCTIONS[name]
    for side, extra in ((function.reader, ()), (function.writer, (value,))):
        if side is None:
            continue
        with contextlib.suppress(SwitchroomError):
            result = side.run(channel, *extra, *side.signature.bind(text))
            if inspect.isawaitable(result):
                result = await result
            assert extra or to_octets(result) is not None


async def call_application(name: str, pbx: Pbx, number: int, text: str) -> None:
    channel = make_channel(pbx, name=f"Fake/{number}-00000000")
    task = asyncio.current_task()
    assert task is not None
    channel.run_in(task)
    loop = asyncio.get_running_loop()
    for key in range(20):
        loop.call_later(0.7 * key, channel.on_digit, "0123456789*#"[(number + key) % 12])
    try:
        with contextlib.suppress(SwitchroomError, TimeoutError):
            waiting = APPLICATIONS[name](channel, text)
            if waiting is not None:
                async with asyncio.timeout(50):
                    await waiting
    finally:
        channel.leave_task()
        channel.finish()


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - OUTSIDE))
def test_functions(name: str) -> None:
    async def main() -> None:
        async with make_pbx(make_interpreter(CONF)) as pbx:
            channel = make_channel(pbx)
            for text in texts(name):
                channel.variables["v"] = text[::-1]
                await call_function(name, channel, text, text[-20:])
            channel.finish()

    run_virtual(main())


@pytest.mark.parametrize("name", sorted(set(APPLICATIONS) - OUTSIDE))
def test_applications(name: str) -> None:
    async def main() -> None:
        technologies = {"LOCAL": LocalTechnology()}
        async with make_pbx(make_interpreter(CONF), technologies=technologies) as pbx:
            for number, text in enumerate(texts(name)):
                await call_application(name, pbx, number, text)

    run_virtual(main())
