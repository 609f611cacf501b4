"""``BRIDGEPEER`` of those in a conference: the names of the others, as long as they are few."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.pbx.channel import Channel

MOST = 8  #: with more in it the variable is empty: each join would write all names to everybody


def tell_peers(here: Iterable[Channel], gone: Channel | None = None) -> None:
    """Set the variable after somebody came or went.

    Args:
        here: Who is in the conference now.
        gone: Who left it just now.
    """
    channels = list(here)
    if gone is not None:
        _set(gone, "")
    few = channels if 1 < len(channels) <= MOST else []
    for channel in channels:
        _set(channel, ",".join(each.name for each in few if each is not channel))


def _set(channel: Channel, value: str) -> None:
    if channel.variables.get("BRIDGEPEER", "") != value:
        channel.set_variable("BRIDGEPEER", value)
