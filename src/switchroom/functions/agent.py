"""AGENT(): what is known of an agent.

Family: Queues
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_search import device_of
from switchroom.queues.agents import Agents


@function("AGENT")
def agent(channel: Channel, agentid: str) -> str:
    """One thing that is known of an agent of agents.conf, ``1001`` or ``1001:item``.

    Args:
        channel: The channel.
        agentid: The agent; behind a colon ``status`` (LOGGEDIN or LOGGEDOUT, also without an
            item), ``name``, ``mohclass``, ``channel`` (its device) or ``fullchannel`` (its name).

    Examples:
        ExecIf($["${AGENT(1001)}" = "LOGGEDIN"]?AgentRequest(1001))
        NoOp(${AGENT(1001:name)} sits at ${AGENT(1001:channel)})
    """
    name, _, item = (part.strip() for part in agentid.partition(":"))
    found = channel.pbx.datastore(Agents).get(name)
    if found is None:
        raise DialplanError(f"AGENT: there is no agent {name!r}")
    phone = found.channel
    match item.lower() or "status":
        case "status":
            return "LOGGEDIN" if found.is_logged_in else "LOGGEDOUT"
        case "name":
            return found.settings.name
        case "mohclass":
            return found.settings.music
        case "channel":
            return device_of(phone) if phone is not None else ""
        case "fullchannel":
            return phone.name if phone is not None else ""
        case _:
            raise DialplanError(f"AGENT: there is no item {item!r}")
