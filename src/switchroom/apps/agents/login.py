"""AgentLogin() and AgentRequest(): people who stay on the line to be given calls.

Family: Queues
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from switchroom.apps.agents.session import AgentSession
from switchroom.apps.prompts import play_prompts
from switchroom.apps.read import MAX_DIGITS, ask
from switchroom.config.agents import AgentSettings
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.bridging.bridge import Bridge, Departure, Left, Party
from switchroom.pbx.channel import Channel, ChannelState, HangupError
from switchroom.pbx.feature_codes import keys_of
from switchroom.pbx.recordings.touch import mix_by_code
from switchroom.pbx.technology import Indication
from switchroom.queues.agents import Agent, Agents, Summons

logger = logging.getLogger(__name__)

ATTEMPTS = 3  #: at a password


@dataclass(frozen=True, slots=True)
class AgentLoginOptions:
    """Option letters of AgentLogin."""

    silent: bool = option("s", "Do not say that the login went well.")


@application("AgentLogin")
async def agent_login(
    channel: Channel, agentid: str = "", options: AgentLoginOptions = AgentLoginOptions()
) -> None:
    """Log an agent of agents.conf in on this phone, which stays on the line.

    The agent hears music until a call comes, then a beep; AgentRequest() brings the calls, most
    often for a queue whose members are ``Local/ID@context,,,Agent:ID``, or ``Agent/ID``. The agent
    logs off by hanging up, or is logged off; then the dialplan goes on.

    Args:
        channel: The channel.
        agentid: The section of agents.conf; without one it is asked for.
        options: Option letters.

    Variables:
        AGENT_STATUS: INVALID or ALREADY_LOGGED_IN, where the login failed.
        AGENTACKCALL: Set before: ``ackcall`` for this login.
        AGENTACCEPTDTMF: Set before: ``acceptdtmf`` for this login.
        AGENTAUTOLOGOFF: Set before: ``autologoff`` for this login.
        AGENTWRAPUPTIME: Set before: ``wrapuptime`` for this login.

    Examples:
        ; the agent's number, then its PIN from the AstDB
        exten => *77,1,Answer()
         same => n,Read(agent,agent-user,4)
         same => n,Authenticate(${DB(pin/${agent})})
         same => n,AgentLogin(${agent})
    """
    await channel.answer()
    name = agentid.strip()
    if not name:
        name, _ = await ask(channel, ["agent-user"], MAX_DIGITS, "#", 0.0)
    agent = channel.pbx.datastore(Agents).get(name)
    if agent is None or not await _knows_password(channel, agent.settings):
        channel.set_variable("AGENT_STATUS", "INVALID")
        return
    if agent.is_logged_in:
        channel.set_variable("AGENT_STATUS", "ALREADY_LOGGED_IN")
        return
    await AgentSession(channel, agent, is_silent=options.silent).run()


async def _knows_password(channel: Channel, settings: AgentSettings) -> bool:
    """Files of before Asterisk 12 have passwords."""
    if not settings.password:
        return True
    prompt = "agent-pass"
    for _ in range(ATTEMPTS):
        keyed, _ended = await ask(channel, [prompt], MAX_DIGITS, "#", 0.0)
        if keyed == settings.password:
            return True
        prompt = "agent-incorrect"
    await play_prompts(channel, ["vm-goodbye"], "AgentLogin")
    return False


@application("AgentRequest")
async def agent_request(channel: Channel, agentid: str) -> None:
    """Talk to an agent who is logged in; the call is answered when the agent takes it.

    Args:
        channel: The caller.
        agentid: The section of agents.conf.

    Variables:
        AGENT_STATUS: Why there was no talk: INVALID, NOT_LOGGED_IN, BUSY, NOT_CONNECTED (the
            agent did not acknowledge) or ERROR.

    Examples:
        [agents]  ; member => Local/1001@agents,0,Alice,Agent:1001
        exten => _X.,1,AgentRequest(${EXTEN})
         same => n,Congestion()
    """
    agent = channel.pbx.datastore(Agents).get(agentid.strip())
    if agent is None:
        status = "INVALID"
    elif not agent.is_logged_in:
        status = "NOT_LOGGED_IN"
    elif (summons := agent.summon(channel)) is None:
        status = "BUSY"
    else:
        status = await _meet(channel, agent, summons)
    if status:
        channel.set_variable("AGENT_STATUS", status)


async def _meet(channel: Channel, agent: Agent, summons: Summons) -> str:
    """Wait for the agent and talk; returns AGENT_STATUS where that failed."""
    party: Party | None = None
    try:
        if channel.state is not ChannelState.UP:
            await channel.indicate(Indication.RINGING)
        party = await summons.outcome
        if party is None:
            return "NOT_CONNECTED"
        await channel.answer()
        own = Party(channel, keys=keys_of(channel))
        if party.over.done():  # it left just now
            return "NOT_CONNECTED"
        try:
            await Bridge(channel.pbx).join(own, party)
        except HangupError:
            if channel.is_hung_up:
                raise
            return "ERROR"  # it was the agent
        if agent.settings.records:
            await mix_by_code(party)
        await own.stay()
    finally:
        summons.withdraw()
        if party is not None and party.bridge is None:
            party.end(Left(Departure.ENDED))
    return ""
