"""Who is at the other end of a channel, told to its party when that changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from switchroom.pbx.caller_id import CallerId, PartyId
from switchroom.pbx.channel import Channel
from switchroom.pbx.interception import Told, tell_intercepted


@runtime_checkable
class TellsConnectedLine(Protocol):
    """A driver that can tell its party who it is connected with."""

    def tell_connected_line(self) -> None:
        """Tell what ``channel.connected`` says now."""


class ConnectedLine:
    """Of one channel."""

    def __init__(self) -> None:
        self.is_kept = False  #: whoever dialled does not want it told: ``I`` of Dial()
        self.peer = ""  #: the channel it was last connected with


def connect_line(channel: Channel, party: CallerId) -> None:
    """Let a channel be connected with somebody, and tell its party if that is news.

    A routine of the dialplan may change it before (``CONNECTED_LINE_SEND_SUB``).
    """
    if channel.datastore(ConnectedLine).is_kept or is_same(channel.connected, party):
        return
    channel.connected = party.copy()
    tell_intercepted(channel, Told.CONNECTED_LINE, lambda: tell_line(channel))


def tell_line(channel: Channel) -> None:
    """Tell a channel's party who it is connected with, where its technology can."""
    # Not asked by isinstance() of the Protocol above, which takes a hundredth of a call's time.
    tell: Callable[[], None] | None = getattr(channel.driver, "tell_connected_line", None)
    if tell is not None and not channel.is_hung_up:
        tell()


def joined(first: Channel, second: Channel) -> None:
    """Two channels hear each other now.

    At first each knows what whoever dialled told it; from the second partner on, and where it was
    told nothing, it learns whom it has there.
    """
    for channel, peer in ((first, second), (second, first)):
        line = channel.datastore(ConnectedLine)
        is_first, line.peer = not line.peer, peer.name
        if not is_first or not channel.connected.is_number_known:
            connect_line(channel, peer.caller)


def is_same(one: PartyId, other: PartyId) -> bool:
    """Whether two parties are shown alike."""
    return (
        one.is_number_known == other.is_number_known
        and (one.name, one.number, one.presentation)
        == (other.name, other.number, other.presentation)
    )  # fmt: skip
