"""``agent …``: the people of agents.conf."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.queues.agents import Agent, Agents, AgentState

_ROW = "{:<8} {:<20} {:<11} {:<30} {}"
_STATES = {
    AgentState.LOGGED_OFF: "Logged off", AgentState.ARRIVING: "Logging in",
    AgentState.READY: "Available", AgentState.SUMMONED: "Alerted",
    AgentState.TALKING: "On call", AgentState.WRAPPING_UP: "Wrapping up",
}  # fmt: skip


def _agents(context: CliContext) -> Agents:
    return context.pbx.datastore(Agents)


def _absent(context: CliContext, name: str) -> str:
    """Recorded: without an agents.conf there are no such commands."""
    if _agents(context).config.is_there:
        return ""
    family = " ".join(name.split()[:2])
    return (
        f"No such command '{name}' (type 'core show help {family}' for other possible commands)\n"
    )


def _ids(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else _agents(context)


def _table(context: CliContext, *, wanted: Callable[[Agent], bool]) -> str:
    agents = [*_agents(context).values()]
    lines = [_ROW.format("Agent-ID", "Name", "State", "Channel", "Talking with")]
    for agent in filter(wanted, agents):
        phone = agent.channel.name if agent.channel is not None else ""
        cells = (agent.settings.id, agent.settings.name, _STATES[agent.state], phone)
        lines.append(_ROW.format(*cells, agent.talks_to).rstrip())
    logged_in = sum(agent.is_logged_in for agent in agents)
    talking = sum(agent.state is AgentState.TALKING for agent in agents)
    lines += ["", f"Defined agents: {len(agents)}, Logged in: {logged_in}, Talking: {talking}"]
    return "\n".join(lines) + "\n"


@command("agent show all", "agent show all")
def show_all(context: CliContext, arguments: Arguments) -> str:
    """List all agents."""
    if arguments:
        raise UsageError
    return _absent(context, "agent show all") or _table(context, wanted=lambda _: True)


@command("agent show online", "agent show online")
def show_online(context: CliContext, arguments: Arguments) -> str:
    """List the agents that are logged in."""
    if arguments:
        raise UsageError
    shown = _table(context, wanted=lambda agent: agent.is_logged_in)
    return _absent(context, "agent show online") or shown


@command("agent show", "agent show <agent-id>", complete=_ids)
def show(context: CliContext, arguments: Arguments) -> str:
    """Show one agent."""
    if len(arguments) != 1:
        raise UsageError
    if absent := _absent(context, "agent show"):
        return absent
    agent = _agents(context).get(arguments[0])
    if agent is None:
        return f"Agent '{arguments[0]}' not found\n"
    settings = agent.settings
    lines = [
        f"Id: {settings.id}",
        f"Name: {settings.name}",
        f"Beep: {settings.beep}",
        f"MOH: {settings.music}",
        f"RecordCalls: {'Yes' if settings.records else 'No'}",
        f"AutoLogoff: {settings.log_off_after:.0f}",
        f"WrapupTime: {settings.wrap_up * 1000:.0f}",
        f"AckCall: {'Yes' if settings.needs_acknowledgement else 'No'}",
        f"State: {_STATES[agent.state]}",
    ]
    if agent.channel is not None:
        lines.append(f"LoggedInChannel: {agent.channel.name}")
    if agent.talks_to:
        lines.append(f"TalkingTo: {agent.talks_to}")
    return "\n".join(lines) + "\n"


@command("agent logoff", "agent logoff <agent-id> [soft]", complete=_ids)
def log_off(context: CliContext, arguments: Arguments) -> str:
    """Log an agent off: at once, or softly, when its call is over."""
    if len(arguments) not in {1, 2} or [*arguments[1:]] not in ([], ["soft"]):
        raise UsageError
    if absent := _absent(context, "agent logoff"):
        return absent
    agent = _agents(context).get(arguments[0])
    if agent is None or not agent.is_logged_in:
        return f"Agent '{arguments[0]}' is not logged in\n"
    agent.send_off(softly=len(arguments) == 2)
    return f"Agent '{arguments[0]}' logged out\n"
