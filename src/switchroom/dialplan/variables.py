"""Variables of a channel, of the node, and those that the channel itself answers."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING

from switchroom.pbx.states.hints import Hint, find_hint

if TYPE_CHECKING:
    from switchroom.pbx.channel import Channel


def _epoch(channel: Channel) -> str:
    return str(int(channel.pbx.now()))


def _folder(name: str) -> Callable[[Channel], str]:
    return lambda channel: str(getattr(channel.pbx.directories, name))


def _hint(channel: Channel) -> Hint:
    return find_hint(channel.pbx, channel.context, channel.extension) or Hint(())


def _entity(_: Channel) -> str:
    return ":".join(f"{octet:02x}" for octet in uuid.getnode().to_bytes(6, "big"))


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
    "CALLINGPRES": lambda channel: str(channel.caller.presentation),
    "CALLINGANI2": lambda channel: str(channel.caller.ani2),
    "CALLINGTON": lambda channel: str(channel.caller.number_plan),
    "CALLINGTNS": lambda _: "0",
    "HINT": lambda channel: _hint(channel).text,
    "HINTNAME": lambda channel: _hint(channel).name,
    "ENTITYID": _entity,
    **{
        name.upper(): _folder(name)
        for name in (
            "astcachedir", "astetcdir", "astmoddir", "astvarlibdir", "astdbdir", "astkeydir",
            "astdatadir", "astagidir", "astspooldir", "astrundir", "astlogdir", "astsbindir",
        )
    },
}  # fmt: skip


def variable(channel: Channel, name: str) -> str:
    """What ``${name}`` is for a plain name: built in, of the channel, global, or nothing."""
    if name in BUILT_IN:
        return BUILT_IN[name](channel)
    value = channel.variables.get(name)
    return channel.pbx.global_variables.get(name, "") if value is None else value
