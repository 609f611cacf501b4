"""The variables that a queue leaves. No application itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from switchroom.pbx.channel import Channel
from switchroom.queues.member import Member
from switchroom.queues.variables import queue_values

if TYPE_CHECKING:
    from switchroom.apps.queues.stay import Stay


def set_variables(stay: Stay, member: Member, channels: Iterable[Channel]) -> None:
    """Set what ``setinterfacevar``, ``setqueueentryvar`` and ``setqueuevar`` ask for."""
    settings = stay.desk.queue.settings
    values: dict[str, str] = {}
    if settings.sets_interface:
        values |= {
            "MEMBERINTERFACE": member.interface,
            "MEMBERNAME": member.name,
            "MEMBERCALLS": str(member.calls),
            "MEMBERLASTCALL": str(int(member.last_call)),
            "MEMBERPENALTY": str(member.penalty),
            "MEMBERDYNAMIC": str(int(member.is_dynamic)),
            "MEMBERREALTIME": str(int(member.is_realtime)),
        }
    if settings.sets_entry:
        values |= {
            "QEHOLDTIME": str(stay.waited),
            "QEORIGINALPOS": str(stay.entry.original_position),
        }
    if settings.sets_queue:
        values |= queue_values(stay.desk.queue, served=stay.entry)
    for channel in channels:
        for name, value in values.items():
            channel.set_variable(name, value)
