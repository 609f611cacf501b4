"""What led a channel to its ``e`` extension; ``EXCEPTION()`` reads it."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.pbx.channel import Channel


@dataclass(slots=True)
class RaisedException:
    """The last exception of a channel, and where it stood then."""

    reason: str = ""  #: INVALID, ERROR, RESPONSETIMEOUT, ABSOLUTETIMEOUT, or RaiseException's own
    context: str = ""
    extension: str = ""
    priority: int = 0


def raise_exception(channel: Channel, reason: str) -> None:
    """Note why and where, and move the channel to ``e``; it must exist."""
    raised = channel.datastore(RaisedException)
    raised.reason = reason
    raised.context = channel.context
    raised.extension = channel.extension
    raised.priority = channel.priority
    channel.goto(channel.context, "e", 1)
