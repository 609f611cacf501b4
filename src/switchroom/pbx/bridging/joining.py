"""Two conversations of one somebody become one without him: an attended transfer by his phone."""

from __future__ import annotations

import asyncio

from switchroom.pbx.bridging.bridge import Departure, Left, party_of
from switchroom.pbx.channel import Channel
from switchroom.pbx.events import AttendedTransferDone
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.holding import end_hold


def join_peers(first: Channel, second: Channel) -> bool:
    """Join the two that somebody talks with over ``first`` and ``second``, who both leave.

    Returns:
        Whether they were joined; not where one of the two calls has nobody at its other end.
    """
    here, there = party_of(first), party_of(second)
    if here is None or there is None or here.bridge is None or there.bridge is None:
        return False
    peer, bridge = here.peer, there.bridge
    if peer is None or there.peer is None or bridge is here.bridge:
        return False
    left, target = here.bridge, there.peer.channel.name
    peer.channel.set_variable("TRANSFERERNAME", first.name)
    peer.channel.set_variable("ATTENDEDTRANSFER", second.name)
    for held in (peer, there.peer):
        end_hold(held.channel)
    left.detach(peer)
    left.detach(here)
    bridge.detach(there)
    bridge.attach(peer)
    events = first.pbx.events
    if events.wants(AttendedTransferDone):
        events.publish(
            AttendedTransferDone(first.name, second.name, peer.channel.name, target, bridge.id)
        )
    for spare in (here, there):
        spare.end(Left(Departure.REPLACED))
        # Whoever waits in its task must see that the other is not his any more before it ends.
        asyncio.get_running_loop().call_soon(spare.channel.hangup, HangupCause.NORMAL_CLEARING)
    return True
