"""PERIODIC_HOOK: let a call hear something again and again.

Family: Channels and calls
"""

from __future__ import annotations

import asyncio
import itertools

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.config.language.values import is_true
from switchroom.dialplan.escalation import escalates
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.pbx.originate import Origination, RunApplication, originate

SHORTEST_INTERVAL = 1  #: seconds
MOST_HOOKS = 32  #: of one channel


class _Hooks:
    """Of one channel, by their ids."""

    def __init__(self) -> None:
        self.ids = itertools.count(1)
        self.paused: dict[str, bool] = {}


@function("PERIODIC_HOOK")
@escalates
def periodic_hook(channel: Channel, context: str, extension: str, interval: str) -> str:
    """Run an extension every so many seconds, and let both parties of the call hear what it plays.

    Args:
        channel: The channel.
        context: Where the extension is.
        extension: Is called as a Local channel that listens in; HOOK_CHANNEL is this channel.
        interval: Seconds.

    Examples:
        ; a beep every half minute while the call is recorded
        exten => s,1,Set(BEEPID=${PERIODIC_HOOK(example,beep,30)})
         same => n,Dial(PJSIP/100)
        exten => beep,1,Answer()
         same => n,Playback(beep)
    """
    seconds = leading_int(interval) or 0
    hooks = channel.datastore(_Hooks)
    if seconds < SHORTEST_INTERVAL or len(hooks.paused) >= MOST_HOOKS:
        raise DialplanError(f"PERIODIC_HOOK: {interval!r} is no interval, or there are too many")
    name = str(next(hooks.ids))
    hooks.paused[name] = False
    work = _run(channel, hooks, name, f"Local/{extension}@{context}/n", seconds)
    task = channel.pbx.spawn(work, name=f"hook of {channel.name}")
    channel.at_end(task.cancel)
    return name


@function("PERIODIC_HOOK", write=True)
@escalates
def set_periodic_hook(channel: Channel, value: str, hook_id: str) -> None:
    """Stop a hook, or go on with it.

    Args:
        channel: The channel.
        value: ``off`` or ``on``.
        hook_id: What reading the function gave.
    """
    hooks = channel.datastore(_Hooks)
    if hook_id not in hooks.paused:
        raise DialplanError(f"PERIODIC_HOOK: this channel has no hook {hook_id!r}")
    hooks.paused[hook_id] = not is_true(value)


async def _run(channel: Channel, hooks: _Hooks, name: str, resource: str, interval: int) -> None:
    while not channel.is_hung_up:
        await asyncio.sleep(interval)
        if hooks.paused[name] or channel.is_hung_up:
            continue
        spy = RunApplication("ChanSpy", f"{channel.unique_id},uBEqS")
        variables = (("HOOK_CHANNEL", channel.name), ("HOOK_ID", name))
        await originate(channel.pbx, Origination(resource, spy, variables=variables))
