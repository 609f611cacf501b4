"""What the core has, as models."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Protocol

from msgspec import UNSET

from switchroom.ari.models.bridges import Bridge
from switchroom.ari.models.channels import CallerID, Channel, DialplanCEP
from switchroom.ari.models.endpoints import Endpoint
from switchroom.ari.models.model import Long, date
from switchroom.base.errors import DialplanError
from switchroom.dialplan.escalation import from_outside
from switchroom.pbx.bridging.bridge import Bridge as CoreBridge
from switchroom.pbx.bridging.stasis_bridge import StasisBridge
from switchroom.pbx.channel import Channel as CoreChannel
from switchroom.pbx.channel_search import device_of
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import DeviceState, device_state
from switchroom.pbx.technology import HasChannelItems

#: What differs from AMI's words.
_STATES = {"Rsrvd": "Rsrved"}

_OFFLINE = frozenset({DeviceState.UNAVAILABLE, DeviceState.INVALID})


class Configured(Protocol):
    """The endpoints that are configured."""

    def __call__(self) -> Sequence[tuple[str, str]]:
        """Technology and resource of each."""
        ...


def entity_id() -> str:
    """What this node is called where several are: made of the hardware's address."""
    digits = f"{uuid.getnode():012x}"
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def endpoint_of(channel: CoreChannel) -> str:
    """``PJSIP/alice``."""
    return device_of(channel)


class View:
    """Makes models.

    Args:
        pbx: The core.
        configured: Its endpoints.
    """

    def __init__(self, pbx: Pbx, configured: Configured) -> None:
        self.pbx = pbx
        self.configured = configured
        self.channel_variables: Sequence[str] = ()
        self.live_dangerously = False

    def channel(self, channel: CoreChannel) -> Channel:
        """A channel as it is now."""
        state = channel.state.text
        diverted_by = channel.redirecting.sender.number
        return Channel(
            id=channel.unique_id,
            name=channel.name,
            state=_STATES.get(state, state),
            protocol_id=_protocol_id(channel),
            caller=CallerID(name=channel.caller.name, number=channel.caller.number),
            connected=CallerID(name=channel.connected.name, number=channel.connected.number),
            accountcode=channel.account_code,
            dialplan=DialplanCEP(
                context=channel.context,
                exten=channel.extension,
                priority=Long(channel.priority),
                app_name=channel.application,
                app_data=channel.data,
            ),
            creationtime=date(channel.created_at),
            language=channel.language,
            channelvars=self._variables(channel) if self.channel_variables else UNSET,
            caller_rdnis=diverted_by or UNSET,
        )

    def _variables(self, channel: CoreChannel) -> dict[str, str]:
        return {name: self.read(channel, name) for name in self.channel_variables}

    def read(self, channel: CoreChannel, name: str) -> str:
        """A variable, or a function that does not wait; nothing where it cannot be read."""
        with from_outside(live_dangerously=self.live_dangerously):
            try:
                return self.pbx.dialplan.read_variable(channel, name)
            except DialplanError:
                return ""

    def bridge(self, bridge: CoreBridge) -> Bridge:
        """A bridge as it is now."""
        is_ours = isinstance(bridge, StasisBridge)
        is_holding = (
            bridge.is_holding if isinstance(bridge, StasisBridge) else (bridge.kind == "holding")
        )
        video = bridge.video_source if isinstance(bridge, StasisBridge) else ""
        return Bridge(
            id=bridge.id,
            technology=bridge.technology,
            bridge_type="holding" if is_holding else "mixing",
            bridge_class="stasis" if is_ours else "base",
            creator=bridge.creator,
            name=bridge.name,
            channels=[each.channel.unique_id for each in bridge.parties],
            creationtime=date(bridge.created_at),
            video_mode="single" if video else "none",
            video_source_id=video or UNSET,
        )

    def endpoints(self) -> list[Endpoint]:
        """All that are configured."""
        return [self.endpoint(*each) for each in self.configured()]

    def endpoint(self, technology: str, resource: str) -> Endpoint:
        """One of them."""
        device = f"{technology}/{resource}"
        state = device_state(self.pbx, device)
        offline = state in _OFFLINE
        return Endpoint(
            technology=technology,
            resource=resource,
            channel_ids=[
                each.unique_id for each in self.pbx.channels.values() if device_of(each) == device
            ],
            state="unknown" if state is DeviceState.UNKNOWN else "offline" if offline else "online",
        )


def _protocol_id(channel: CoreChannel) -> str:
    driver = channel.driver
    if not isinstance(driver, HasChannelItems):
        return ""
    return driver.channel_item("pjsip", "call-id") or ""
