"""What an endpoint's channels take part in, and how many calls it may have."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.channels.sip.endpoints.endpoint import Endpoint
from switchroom.pbx.call_completion import set_parameter
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.channel_settings import ChannelSettings
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import DeviceState, channels_of


def equip(channel: Channel, endpoint: Endpoint) -> None:
    """Set on a new channel what its endpoint's configuration says."""
    office = endpoint.office
    if office.is_plain:
        return
    settings = channel.datastore(ChannelSettings)
    settings.call_groups = office.call_groups
    settings.pickup_groups = office.pickup_groups
    settings.named_call_groups = office.named_call_groups
    settings.named_pickup_groups = office.named_pickup_groups
    settings.parking_lot = office.parking_lot
    settings.music_class = office.own_music
    settings.tone_zone = office.tone_zone
    for name, value in office.completion:
        set_parameter(channel, name, value)


def hold_music(endpoint: Endpoint, held: Channel) -> str:
    """The class of music that an endpoint suggests to whom it puts on hold; empty: none."""
    return "" if held.datastore(ChannelSettings).music_class else endpoint.office.hold_music


def has_room(pbx: Pbx, endpoint: Endpoint) -> bool:
    """Whether an endpoint may have one call more (``call-limit`` of sip.conf)."""
    limit = endpoint.office.call_limit
    return not limit or len(_channels(pbx, endpoint)) < limit


def busy_state(endpoint: Endpoint, state: DeviceState, channels: Iterable[Channel]) -> DeviceState:
    """The state of an endpoint that has calls: busy from some number of them on."""
    at = endpoint.office.busy_at
    talking = sum(channel.state is not ChannelState.RINGING for channel in channels)
    return DeviceState.BUSY if at and talking >= at else state


def _channels(pbx: Pbx, endpoint: Endpoint) -> list[Channel]:
    return channels_of(pbx, f"{endpoint.technology}/{endpoint.name}")
