"""LOCK, TRYLOCK and UNLOCK: one call at a time.

Family: Flow of the dialplan
"""

from __future__ import annotations

from switchroom.dialplan.escalation import escalates
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel
from switchroom.pbx.named_locks import NamedLocks


@function("LOCK")
@escalates
async def lock(channel: Channel, name: Rest) -> str:
    """Wait for a lock and take it: 1, or 0 where it could not be had.

    A channel that holds another lock waits three seconds only, since whoever has this one may wait
    for that. Locks are given back when the call ends.

    Args:
        channel: The channel.
        name: The lock.

    Examples:
        NoOp(${LOCK(counter)})  ; => 1
        Set(DB(count/calls)=$[0${DB(count/calls)} + 1])
        NoOp(${UNLOCK(counter)})  ; => 1
    """
    return str(int(await channel.pbx.datastore(NamedLocks).take(channel, name)))


@function("TRYLOCK")
@escalates
def try_lock(channel: Channel, name: Rest) -> str:
    """Take a lock if it is free: 1, or 0 where it is not.

    Args:
        channel: The channel.
        name: The lock.

    Examples:
        exten => s,1,GotoIf(${TRYLOCK(door)}?open)
         same => n,Playback(vm-goodbye)
         same => n,Hangup()
         same => n(open),NoOp(${UNLOCK(door)})  ; => 1
    """
    return str(int(channel.pbx.datastore(NamedLocks).try_to_take(channel, name)))


@function("UNLOCK")
@escalates
def unlock(channel: Channel, name: Rest) -> str:
    """Give a lock back: 1, or 0 where this channel does not have it.

    Args:
        channel: The channel.
        name: The lock.

    Examples:
        NoOp(${UNLOCK(door)})  ; => 0
        NoOp(${LOCK(door)} ${UNLOCK(door)})  ; => 1 1
    """
    return str(int(channel.pbx.datastore(NamedLocks).release(channel, name)))
