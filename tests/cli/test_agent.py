"""agent …: who is logged in, who talks."""

from __future__ import annotations

from switchroom.config.agents import read_agents
from switchroom.config.language.reader import parse_config
from switchroom.queues.agents import Agents
from tests.cli.fakes import CliNode
from tests.cli.test_commands import run
from tests.support.fakes import make_channel


def test_agents(cli: CliNode) -> None:
    pbx = cli.context.pbx
    assert run(cli, "agent show all") == (
        "No such command 'agent show all'"
        " (type 'core show help agent show' for other possible commands)\n"
    )
    agents = pbx.datastore(Agents)
    agents.use(pbx, read_agents(parse_config("[1001]\nfullname=Alice\n[1002]\nackcall=yes\n")))
    assert agents["1001"].log_in(make_channel(pbx, name="SIP/desk-1"))
    shown = run(cli, "agent show all").splitlines()
    assert shown[0].split() == ["Agent-ID", "Name", "State", "Channel", "Talking", "with"]
    assert shown[1].split() == ["1001", "Alice", "Logging", "in", "SIP/desk-1"]
    assert shown[2].split() == ["1002", "Logged", "off"]
    assert shown[-1] == "Defined agents: 2, Logged in: 1, Talking: 0"
    assert len(run(cli, "agent show online").splitlines()) == 4
    one = run(cli, "agent show 1002").splitlines()
    assert {"Id: 1002", "AckCall: Yes", "Beep: beep", "State: Logged off"} <= set(one)
    assert "LoggedInChannel: SIP/desk-1" in run(cli, "agent show 1001")
    assert run(cli, "agent show 1003") == "Agent '1003' not found\n"
    assert run(cli, "agent logoff 1002") == "Agent '1002' is not logged in\n"
    assert run(cli, "agent logoff 1001 now").startswith("Usage: agent logoff")
    assert run(cli, "agent logoff 1001 soft") == "Agent '1001' logged out\n"
    assert agents["1001"].is_leaving
