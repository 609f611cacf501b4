"""Agents: who comes, who goes."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.ami.hub import Told, told_as
from switchroom.ami.privileges import Privilege
from switchroom.ami.snapshot import Snapshots
from switchroom.queues.agents import AgentLoggedIn, AgentLoggedOff


@told_as(AgentLoggedIn, Privilege.AGENT)
def logged_in(view: Snapshots, event: AgentLoggedIn) -> Iterator[Told]:
    """An agent is at a phone."""
    yield "AgentLogin", [*view.channel(event.channel), ("Agent", event.agent.settings.id)]


@told_as(AgentLoggedOff, Privilege.AGENT)
def logged_off(view: Snapshots, event: AgentLoggedOff) -> Iterator[Told]:
    """It is there no more."""
    yield (
        "AgentLogoff",
        [
            *view.channel(event.channel),
            ("Agent", event.agent.settings.id),
            ("Logintime", str(event.seconds)),
        ],
    )
