"""Variables of a channel, of the node, and those that the channel itself answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from switchroom.pbx.channel import Channel


def _epoch(channel: Channel) -> str:
    return str(int(channel.pbx.now()))


#: Variables that the channel itself answers, whatever it was told to set.
BUILT_IN: Mapping[str, Callable[[Channel], str]] = {
    "EXTEN": attrgetter("extension"),
    "CONTEXT": attrgetter("context"),
    "PRIORITY": lambda channel: str(channel.priority),
    "CHANNEL": attrgetter("name"),
    "UNIQUEID": attrgetter("unique_id"),
    "HANGUPCAUSE": lambda channel: str(int(channel.hangup_cause)),
    "SYSTEMNAME": attrgetter("pbx.system_name"),
    "EPOCH": _epoch,
}


def variable(channel: Channel, name: str) -> str:
    """What ``${name}`` is for a plain name: built in, of the channel, global, or nothing."""
    if name in BUILT_IN:
        return BUILT_IN[name](channel)
    value = channel.variables.get(name)
    return channel.pbx.global_variables.get(name, "") if value is None else value
