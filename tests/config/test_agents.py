"""agents.conf, as it is now and as it was."""

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.agents import AgentSettings, read_agents
from switchroom.config.language.reader import parse_config


def test_a_section_an_agent() -> None:
    config = read_agents(
        parse_config(
            "[general]\n[base](!)\nackcall=yes\nwrapuptime=5000\nautologoff=15\n"
            "[1001](base)\nfullname=Alice\nmusiconhold=soft\ncustom_beep=ding\n"
            "recordagentcalls=yes\nacceptdtmf=5\n[1002]\n"
        )
    )
    assert config.is_there
    assert dict(config.agents) == {
        "1001": AgentSettings(
            "1001", "Alice", needs_acknowledgement=True, accept_digit="5", log_off_after=15.0,
            wrap_up=5.0, music="soft", records=True, beep="ding",
        ),
        "1002": AgentSettings("1002"),
    }  # fmt: skip


def test_a_line_an_agent() -> None:
    config = read_agents(
        parse_config(
            "[general]\npersistentagents=yes\n[agents]\nmaxlogintries=3\nackcall=always\n"
            "wrapuptime=3000\nagent => 1001,4321,Mark Spencer\nackcall=no\nendcall=no\n"
            "musiconhold => soft\nautologoff=9\nagent => 1002,,\n"
        )
    )
    assert dict(config.agents) == {
        "1001": AgentSettings(
            "1001", "Mark Spencer", "4321", needs_acknowledgement=True, wrap_up=3.0,
            may_end_calls=True,
        ),
        "1002": AgentSettings("1002", wrap_up=3.0, music="soft", log_off_after=9.0),
    }  # fmt: skip
    assert [str(each).rpartition(": ")[2] for each in config.warnings] == [
        "persistentagents has no effect (agents.conf)",
        "maxlogintries has no effect (agents.conf)",
    ]


@pytest.mark.parametrize(
    "text",
    ["[1001]\nackcal=yes\n", "[general]\nx=1\n", "[agents]\nagent =>\n", "[agents]\nx=1\n",
     "[1001]\nautologoff=soon\n"],
)  # fmt: skip
def test_what_cannot_be_used(text: str) -> None:
    with pytest.raises(ConfigError):
        read_agents(parse_config(text))
