"""Signal() and WaitForSignal(): calls that wait for one another.

Family: Flow of the dialplan
"""

from __future__ import annotations

import asyncio

from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel


class Signals:
    """Who waits for which signal; of the whole node."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Future[str]]] = {}

    def send(self, name: str, payload: str) -> bool:
        """Wake all who wait; says whether anybody did."""
        waiting = self._waiting.pop(name, set())
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(payload)
        return bool(waiting)

    async def wait(self, name: str) -> str:
        """Wait for a signal; returns what came with it."""
        waiter: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(name, set()).add(waiter)
        try:
            return await waiter
        finally:
            left = self._waiting.get(name, set())
            left.discard(waiter)
            if not left:
                self._waiting.pop(name, None)


@application("Signal")
def signal(channel: Channel, name: str, payload: Rest = "") -> None:
    """Wake the channels that wait for a signal.

    Args:
        channel: The channel.
        name: Of the signal.
        payload: What they are told with it.

    Variables:
        SIGNALSTATUS: SUCCESS, or FAILURE where nobody waited.

    Examples:
        Signal(door,open)
        NoOp(${SIGNALSTATUS})  ; => FAILURE
    """
    woke = channel.pbx.datastore(Signals).send(name, payload)
    channel.set_variable("SIGNALSTATUS", "SUCCESS" if woke else "FAILURE")


@application("WaitForSignal")
async def wait_for_signal(channel: Channel, name: str, seconds: float = 0.0) -> None:
    """Wait until another channel sends a signal.

    Args:
        channel: The channel.
        name: Of the signal.
        seconds: How long to wait; 0: for ever.

    Variables:
        WAITFORSIGNALSTATUS: SIGNALED, TIMEOUT or HANGUP.
        WAITFORSIGNALPAYLOAD: What came with it.

    Examples:
        WaitForSignal(door,10)
        NoOp(${WAITFORSIGNALSTATUS})  ; => TIMEOUT
    """
    status = "HANGUP"
    try:
        async with asyncio.timeout(seconds or None):
            payload = await channel.pbx.datastore(Signals).wait(name)
        channel.set_variable("WAITFORSIGNALPAYLOAD", payload)
        status = "SIGNALED"
    except TimeoutError:
        status = "TIMEOUT"
    finally:
        channel.set_variable("WAITFORSIGNALSTATUS", status)
