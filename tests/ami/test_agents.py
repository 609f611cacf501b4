"""The actions and events of agents."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from switchroom.config.agents import AgentsConfig, read_agents
from switchroom.config.language.reader import parse_config
from switchroom.queues.agents import Agents
from tests.ami.support import Ami, Client, make_ami
from tests.support.fakes import make_channel, run_virtual

AGENTS = "[1001]\nfullname=Alice\nackcall=yes\n[1002]\n"
EXTENSIONS = """\
[default]
exten => desk,1,AgentLogin(1001,s)
exten => call,1,AgentRequest(1001)
"""


def play(
    folder: Path, story: Callable[[Ami, Client], Awaitable[None]], text: str | None = AGENTS
) -> None:
    async def main() -> None:
        ami = make_ami(folder, extensions=EXTENSIONS)
        async with ami.pbx:
            config = read_agents(parse_config(text)) if text is not None else AgentsConfig()
            ami.pbx.datastore(Agents).use(ami.pbx, config)
            await story(ami, await ami.user("boss", "top"))
            for channel in list(ami.pbx.channels.values()):
                channel.hangup()
            await asyncio.sleep(1)

    run_virtual(main())


def test_agents_are_listed_and_told_of(tmp_path: Path) -> None:
    async def story(ami: Ami, client: Client) -> None:
        phone = make_channel(ami.pbx, name="SIP/desk-1", extension="desk")
        ami.pbx.start(phone)
        await asyncio.sleep(2)
        caller = make_channel(ami.pbx, name="SIP/caller-2", extension="call")
        ami.pbx.start(caller)
        await asyncio.sleep(2)
        await client.ask("Agents")
        _, first, second, last = client.answers
        assert [first.get(name) for name in ("Event", "Agent", "Name", "Status")] == [
            "Agents", "1001", "Alice", "AGENT_ONCALL",
        ]  # fmt: skip
        assert (first.get("TalkingToChan"), first.get("Channel")) == (caller.name, phone.name)
        assert [second.get(name) for name in ("Agent", "Status", "Channel")] == [
            "1002", "AGENT_LOGGEDOFF", "",
        ]  # fmt: skip
        assert last.get("Event") == "AgentsComplete"
        caller.hangup()
        await asyncio.sleep(1)
        await client.ask("Agents")
        assert client.answers[1].get("Status") == "AGENT_IDLE"
        answer = await client.ask("AgentLogoff", Agent="1001", Soft="true")
        assert answer.get("Message") == "Agent logged out"
        await asyncio.sleep(1)
        told = [each for each in client.heard if each.get("Event").startswith("Agent")]
        assert [each.get("Event") for each in told] == ["AgentLogin", "AgentLogoff"]
        assert [each.get("Agent") for each in told] == ["1001", "1001"]
        assert [each.get("Channel") for each in told] == [phone.name] * 2
        assert told[1].get("Logintime") == "5"
        assert (await client.ask("AgentLogoff", Agent="1001")).get("Response") == "Error"
        assert (await client.ask("AgentLogoff")).get("Message") == "No agent specified"

    play(tmp_path, story)


@pytest.mark.parametrize("name", ["Agents", "AgentLogoff"])
def test_without_a_file_there_is_no_such_action(tmp_path: Path, name: str) -> None:
    async def story(ami: Ami, client: Client) -> None:
        answer = await client.ask(name, Agent="1001")
        assert answer.get("Message").startswith(f"Invalid/unknown command: {name}. Use Action:")

    play(tmp_path, story, None)
