"""Telling a channel that is about to be dialled who calls, and whom it was dialled for."""

from __future__ import annotations

from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel


class _Introduced:
    """Of a dialled channel."""

    def __init__(self) -> None:
        self.is_done = False


def introduce(called: Channel, caller: CallerId, dialled: CallerId) -> None:
    """Let ``called`` know both ends before it is dialled.

    Args:
        called: Not dialled yet.
        caller: Who calls: it is shown to the party, and is ``CONNECTEDLINE`` of the channel.
        dialled: What the party is called where its own configuration says nothing: its ``CALLERID``
            then, mostly the extension that was dialled for it.
    """
    called.connected = caller
    if not called.caller.is_number_known:
        tag = called.caller.tag
        called.caller = dialled
        called.caller.tag = called.caller.tag or tag
    called.datastore(_Introduced).is_done = True


def who_calls(called: Channel) -> CallerId:
    """Who calls a channel that is dialled."""
    is_told = called.datastore(_Introduced).is_done or called.connected.is_number_known
    return called.connected if is_told else called.caller
