"""Two conversations of one somebody become one without him: an attended transfer by his phone."""

from __future__ import annotations

import asyncio

from switchroom.pbx.bridging.bridge import Departure, Left, party_of
from switchroom.pbx.channel import Channel
from switchroom.pbx.events import AttendedTransferDone
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.holding import end_hold


def join_peers(first: Channel, second: Channel) -> bool:
    """Join those that somebody talks with over ``first`` and ``second``, who both leave.

    Returns:
        Whether they were joined; not where one of the two calls has nobody at its other end.
    """
    here, there = party_of(first), party_of(second)
    if here is None or there is None or here.bridge is None or there.bridge is None:
        return False
    left, bridge = here.bridge, there.bridge
    moving, staying = here.others, there.others
    if not moving or not staying or bridge is left:
        return False
    for each in (*moving, *staying):
        end_hold(each.channel)
    left.keeps_one = True  # and leaves no Local channel out: those that move are known by now
    for each in (*moving, here):
        left.detach(each)
    bridge.detach(there)
    for each in moving:
        each.channel.set_variable("TRANSFERERNAME", first.name)
        each.channel.set_variable("ATTENDEDTRANSFER", second.name)
        bridge.attach(each)
    events = first.pbx.events
    if events.wants(AttendedTransferDone):
        names = (first.name, second.name, moving[0].channel.name, staying[0].channel.name)
        events.publish(AttendedTransferDone(*names, bridge.id, left.id, (first, second)))
    for spare in (here, there):
        spare.end(Left(Departure.REPLACED))
        # Whoever waits in its task must see that the other is not his any more before it ends.
        asyncio.get_running_loop().call_soon(spare.channel.hangup, HangupCause.NORMAL_CLEARING)
    return True
