"""Every recorded answer of a command that exists here, on the system it was recorded on."""

import asyncio
import re
from typing import Any

import pytest

from switchroom.cli.registry import collect_commands
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.pbx import Pbx
from tests.cli.fakes import RECORDED, CliNode
from tests.support.fakes import make_channel

#: The dialplan's listing is compared where it is made, in tests/dialplan.
ELSEWHERE = {
    "dialplan show",
    "dialplan show internal",
    "dialplan show 100@internal",
    "dialplan show 300@internal",
}
IDLE = [answer for answer in RECORDED["cli"] if answer["command"] not in ELSEWHERE]


def masked(text: str) -> str:
    """Without what differs from system to system, and without help prose."""
    text = re.sub(r"^Asterisk \S+ built by .*", "Asterisk VERSION built by …", text)
    text = re.sub(r"(uptime|reload): \d+ seconds?", r"\1: N seconds", text)
    return re.sub(r"(?m)^(Usage: .*\n(?:   OR: .*\n)*)[\s\S]*", r"\1", text)


async def state_before(cli: CliNode, command: str) -> None:
    """What the recorded system held when it was asked."""
    astdb = cli.context.pbx.astdb
    cli.context.pbx.global_variables["TRUNK"] = "PJSIP/trunk"
    if command in {"database show", 'database query "select count(*) from astdb"'}:
        await astdb.put("pbx", "UUID", "2ff4091c-8641-4d1b-a5cb-4ac1b2968673")
    elif command == "database deltree pin":
        await astdb.put("pin", "101", "abc")
    elif command.startswith(("database show ", "database get", "database showkey", "database del")):
        await astdb.put("pin", "100", "1234")
        await astdb.put("pin", "101", "abc")
    cli.node.fully_booted.set()


@pytest.mark.parametrize("answer", IDLE, ids=[a["command"] for a in IDLE])
def test_an_idle_system_answers_as_recorded(cli: CliNode, answer: dict[str, Any]) -> None:
    command = answer["command"]

    async def main() -> str:
        async with cli.context.pbx:
            await state_before(cli, command)
            return await collect_commands().execute(command, cli.context)

    assert masked(asyncio.run(main())) == masked(answer["output"])


def recorded_channels(pbx: Pbx) -> None:
    """The channels of the busy system, from its concise list."""
    concise = next(a for a in RECORDED["cli_busy"] if a["command"].endswith("concise"))
    for line in concise["output"].splitlines():
        name, context, extension, priority, state, application, data, number, *rest = line.split(
            "!"
        )
        channel = make_channel(pbx, name=name, context=context, extension=extension)
        channel.priority = int(priority)
        channel.state = ChannelState.UP if state == "Up" else ChannelState.DOWN
        channel.application = "" if application == "(None)" else application
        channel.data = data
        channel.caller.number = number
        channel.created_at = 1008.0 - int(rest[3])
        channel.unique_id = rest[-1]
        channel.linked_id = _call_of(channel)
    pbx.calls_processed = 7


def _call_of(channel: Channel) -> str:
    """Both halves of a pair are one call; the announcer and the phone that is dialled join others."""
    joined = {"CBAnn/600-00000005": "Local/600@internal-00000004"}
    joined["PJSIP/alice-00000000"] = "Local/700@internal-00000007"
    name = channel.name.partition(";")[0]
    return joined.get(name, name)


def without_bridges(text: str) -> str:
    """A channel has no bridge id here yet."""
    text = re.sub(r"![0-9a-f-]{36}!", "!!", text)
    return re.sub(r"51e3d33b-43e7-4b42-b\n", " " * 20 + "\n", text)


@pytest.mark.parametrize(
    "command",
    [
        "core show channels",
        "core show channels concise",
        "core show channels verbose",
        "core show calls",
    ],
)
def test_a_busy_system_answers_as_recorded(cli: CliNode, command: str) -> None:
    expected = next(a["output"] for a in RECORDED["cli_busy"] if a["command"] == command)

    async def main() -> str:
        recorded_channels(cli.context.pbx)
        return await collect_commands().execute(command, cli.context)

    assert asyncio.run(main()) == without_bridges(expected)


def test_hanging_up_all_names_every_channel(cli: CliNode) -> None:
    expected = RECORDED["cli_busy"][-1]
    assert expected["command"] == "channel request hangup all"

    async def main() -> str:
        recorded_channels(cli.context.pbx)
        answer = await collect_commands().execute(expected["command"], cli.context)
        assert not cli.context.pbx.channels
        return answer

    # Asterisk: in the order of its hash table.
    assert sorted(asyncio.run(main()).splitlines()) == sorted(expected["output"].splitlines())
