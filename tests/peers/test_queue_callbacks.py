"""Who is called back is called back, though the node is killed meanwhile."""

import asyncio
import io
import math
import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from switchroom.media.api import MediaEngine, Sound
from switchroom.media.engine.engine import Engine
from switchroom.tools.phone.agent import UserAgent
from switchroom.tools.phone.call import Call
from switchroom.tools.phone.identity import identity_of_uri
from switchroom.tools.phone.outcome import ExitCode
from switchroom.tools.phone.phone import address_of
from switchroom.tools.phone.report import Report
from switchroom.tools.phone.settings import Greeting, Incoming, PhoneSettings
from tests.peers.node import Node
from tests.peers.office import office

pytestmark = [pytest.mark.peer, pytest.mark.timeout(240)]

QUEUES = """\
[support]
callback-context = outbound
retry = 1
ringinuse = no
member => Local/a@agents/n,0,Ann
"""
DIALPLAN = """\
[phones]
exten => asks,1,QueueCallback(support,555)
[agents]
exten => a,1,Answer()
 same => n,Wait(30)
[outbound]
exten => 555,1,Answer()
 same => n,Set(DB(t/reached)=${CALLERID(num)})
 same => n,Wait(2)
"""

#: Half a minute of a tone, at 8,000 Hz.
TONE = Sound(
    "tone",
    b"".join(
        struct.pack("=h", round(8000 * math.sin(2 * math.pi * 600 * at / 8000)))
        for at in range(8000 * 30)
    ),
)


def wait_for(node: Node, command: str, text: str, *, within: float = 60.0) -> str:
    deadline = time.monotonic() + within
    while text not in (answer := node.ask(command)):
        assert time.monotonic() < deadline, f"{command}: {answer}\n{node.log()}"
        time.sleep(0.05)  # another process runs in real time
    return answer


def test_a_callback_outlives_the_node(tmp_path: Path) -> None:
    log = tmp_path / "log" / "queue_log"
    with Node(tmp_path, {"queues.conf": QUEUES, "extensions.conf": DIALPLAN}) as node:
        node.ask("queue pause member Local/a@agents/n")
        node.ask("channel originate Local/asks@phones application Wait 1")
        wait_for(node, "queue callbacks", "555")
        wait_for(node, "queue show support", "1. Callback/555-")
        assert "paused" in node.ask("queue explain support")
        node.kill()
        node.start()
        # Ann is there again, not paused: she is no dynamic member.
        wait_for(node, "database show", "/t/reached")
        wait_for(node, "queue callbacks", "No callbacks")
        node.wait_until_idle(within=30.0)
    events = [line.split("|")[4] for line in log.read_text().splitlines()]
    assert [event for event in events if event.startswith("CALLBACK")] == [
        "CALLBACKREQUESTED", "CALLBACKDIAL", "CALLBACKCOMPLETE",
    ]  # fmt: skip


CENTRE = """\
[support]
context = keys
callback-context = outbound
retry = 1
ringinuse = no
member => PJSIP/alice,0,Alice
"""
NUMBERS = """\
[phones]
exten => 700,1,Answer()
 same => n,Queue(support)
[keys]
exten => 1,1,QueueCallback(support,300)
 same => n,Hangup()
[outbound]
exten => 300,1,Dial(PJSIP/carol,60)
"""


def phone_of(name: str, node: Node, make_engine: Callable[[], MediaEngine]) -> UserAgent:
    settings = PhoneSettings(
        identity=identity_of_uri(f"sip:{name}@127.0.0.1:{node.port}", password="secret"),
        incoming=Incoming(Greeting.ANSWER, further=True),
    )
    return UserAgent(settings, make_engine, Report(io.StringIO()))


async def taken(phone: UserAgent) -> Call:
    """The next call at a phone, answered."""
    async with asyncio.timeout(60):
        call = await asyncio.shield(phone.incoming)
        call.ring()
        await call.answer()
        assert await asyncio.shield(call.answered)
    return call


async def hears(listener: Call, speaker: Call) -> None:
    """One says something until the other has heard it."""
    speaking = asyncio.ensure_future(speaker.audio.play(TONE))  # noqa: TID251  # awaited below
    async with asyncio.timeout(30):
        await listener.audio.hearing.wait_for_talking()
    speaking.cancel()
    await asyncio.wait([speaking])


def test_a_caller_keys_a_digit_hangs_up_and_is_called_back(tmp_path: Path) -> None:
    """Alice answers for the queue, carol's phone rings then, and they hear each other."""

    async def story(node: Node) -> None:
        async with (
            phone_of("alice", node, lambda: Engine(first_port=24000, last_port=24199)) as alice,
            phone_of("carol", node, lambda: Engine(first_port=24200, last_port=24399)) as carol,
        ):
            for phone in (alice, carol):
                assert await phone.register() is ExitCode.DONE
                await phone.listen()
            first = await carol.dial(address_of("700", carol.settings.identity.server))
            assert await asyncio.shield(first.answered)
            wait_for(node, "queue show support", "1. PJSIP/carol")
            await first.send_digits("1", pause=0.5)
            async with asyncio.timeout(60):
                await asyncio.shield(first.ended)
            wait_for(node, "queue callbacks support", "300")
            await carol.forget(first)
            node.ask("queue unpause member PJSIP/alice")
            agent = await taken(alice)
            back = await taken(carol)
            await hears(back, agent)
            await hears(agent, back)
            agent.hang_up()
            async with asyncio.timeout(60):
                await asyncio.shield(back.ended)

    with office(tmp_path, NUMBERS, queues_conf=CENTRE) as node:
        node.ask("queue pause member PJSIP/alice")
        asyncio.run(story(node))
        wait_for(node, "queue callbacks", "No callbacks")
        node.wait_until_idle(within=30.0)
    lines = (tmp_path / "log" / "queue_log").read_text().splitlines()
    events = [line.split("|")[4] for line in lines]
    assert [event for event in events if event.startswith(("EXIT", "CALLBACK"))] == [
        "EXITWITHKEY", "CALLBACKREQUESTED", "CALLBACKDIAL", "CALLBACKCOMPLETE",
    ]  # fmt: skip
