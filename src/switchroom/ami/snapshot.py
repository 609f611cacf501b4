"""Channels and bridges as the headers of events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from switchroom.ami.reply import HeaderList
from switchroom.pbx.bridging.bridge import Bridge
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx

UNKNOWN = "<unknown>"


@dataclass(slots=True)
class Snapshots:
    """Makes headers of what an event speaks of."""

    pbx: Pbx
    channel_variables: Sequence[str] = ()  #: told with each channel (``channelvars``)

    def named(self, name: str, prefix: str = "") -> HeaderList:
        """The headers of a channel by its name; nothing where it is gone, or there was none."""
        channel = self.pbx.channels.get(name)
        return self.channel(channel, prefix) if channel is not None else []

    def channel(self, channel: Channel, prefix: str = "") -> HeaderList:
        """The headers of a channel, each with ``prefix`` in front."""
        headers = channel_headers(channel, prefix)
        for name in self.channel_variables:
            value = self.pbx.dialplan.read_variable(channel, name)
            headers.append((f"{prefix}ChanVariable", f"{name}={value}"))
        return headers


def channel_headers(channel: Channel, prefix: str = "") -> HeaderList:
    """Where a channel stands and who is at its ends."""
    caller, connected = channel.caller, channel.connected
    return [
        (f"{prefix}Channel", channel.name),
        (f"{prefix}ChannelState", str(int(channel.state))),
        (f"{prefix}ChannelStateDesc", channel.state.text),
        (f"{prefix}CallerIDNum", caller.number or UNKNOWN),
        (f"{prefix}CallerIDName", caller.name or UNKNOWN),
        (f"{prefix}ConnectedLineNum", connected.number or UNKNOWN),
        (f"{prefix}ConnectedLineName", connected.name or UNKNOWN),
        (f"{prefix}Language", channel.language),
        (f"{prefix}AccountCode", channel.account_code),
        (f"{prefix}Context", channel.context),
        (f"{prefix}Exten", channel.extension),
        (f"{prefix}Priority", str(channel.priority)),
        (f"{prefix}Uniqueid", channel.unique_id),
        (f"{prefix}Linkedid", channel.linked_id),
    ]


def bridge_headers(bridge: Bridge, prefix: str = "") -> HeaderList:
    """What a bridge is and how many are in it."""
    return [
        (f"{prefix}BridgeUniqueid", bridge.id),
        (f"{prefix}BridgeType", bridge.kind),
        (f"{prefix}BridgeTechnology", bridge.technology),
        (f"{prefix}BridgeCreator", bridge.creator or UNKNOWN),
        (f"{prefix}BridgeName", bridge.name or UNKNOWN),
        (f"{prefix}BridgeNumChannels", str(len(bridge.parties))),
        (f"{prefix}BridgeVideoSourceMode", "none"),
    ]
