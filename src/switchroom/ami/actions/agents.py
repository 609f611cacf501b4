"""Agents: who is logged in, who talks."""

from __future__ import annotations

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, HeaderList, Listed, Reply, done, listing
from switchroom.ami.request import Request
from switchroom.queues.agents import Agent, Agents, AgentState


def _agents(request: Request) -> Agents:
    agents = request.pbx.datastore(Agents)
    if not agents.config.is_there:  # recorded: without an agents.conf there is no such action
        name = request.action.name
        raise ActionError(
            f"Invalid/unknown command: {name}. Use Action: ListCommands to show available commands."
        )
    return agents


def _status(agent: Agent) -> str:
    if not agent.is_logged_in:
        return "AGENT_LOGGEDOFF"
    is_idle = agent.state in {AgentState.ARRIVING, AgentState.READY}
    return "AGENT_IDLE" if is_idle else "AGENT_ONCALL"


def _told(request: Request, agent: Agent) -> HeaderList:
    headers: HeaderList = [
        ("Agent", agent.settings.id),
        ("Name", agent.settings.name),
        ("Status", _status(agent)),
    ]
    if agent.channel is not None:
        if agent.talks_to:
            headers.append(("TalkingToChan", agent.talks_to))
            headers.append(("CallStarted", str(int(agent.call_began_at))))
        headers.append(("LoggedInTime", str(int(agent.logged_in_at))))
        headers += request.context.hub.snapshots.channel(agent.channel)
    return headers


@action("Agents", Privilege.AGENT)
def agents(request: Request) -> Reply:
    """List the agents of agents.conf and what they do."""
    events = [Listed("Agents", _told(request, agent)) for agent in _agents(request).values()]
    return listing("Agents will follow", "AgentsComplete", events)


@action("AgentLogoff", Privilege.AGENT)
def log_off(request: Request) -> Reply:
    """Log an agent off: at once, or softly, when its call is over."""
    found = _agents(request)
    name = request.required("Agent", "No agent specified")
    agent = found.get(name)
    if agent is None or not agent.is_logged_in:
        raise ActionError("No such agent")
    agent.send_off(softly=request.action.is_true("Soft"))
    return done("Agent logged out")
