"""``Agent/1001``: an agent of agents.conf as a device, as it was dialled up to Asterisk 11."""

from __future__ import annotations

from switchroom.channels.local import make_pair
from switchroom.channels.registry import technology
from switchroom.pbx.channel import Channel, RequestError
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import DeviceState, device_state

CONTEXT = "agent-pool"  #: where each agent is an extension that requests it


@technology("Agent")
class AgentTechnology:
    """Makes channels to agents: a pair as a Local channel has it, whose other half asks for one."""

    async def request(self, pbx: Pbx, resource: str, requestor: Channel | None) -> Channel:
        """Make the pair; returns the half to dial.

        Raises:
            RequestError: There is no such agent, or it is logged in nowhere.
        """
        state = self.device_state(pbx, resource)
        if state is DeviceState.INVALID:
            raise RequestError(f"no agent {resource!r}", HangupCause.NO_ROUTE_DESTINATION)
        if state is DeviceState.UNAVAILABLE:
            raise RequestError(f"agent {resource} is logged off", HangupCause.SUBSCRIBER_ABSENT)
        near = make_pair(pbx, f"Agent/{resource}", place=(CONTEXT, resource), stays=False)
        if requestor is not None:
            near.extension = requestor.extension
        return near

    def device_state(self, pbx: Pbx, resource: str) -> DeviceState:
        """As ``Agent:ID`` has it."""
        return device_state(pbx, f"Agent:{resource}")
