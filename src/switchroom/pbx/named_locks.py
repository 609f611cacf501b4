"""Locks that calls hold by name: LOCK, TRYLOCK and UNLOCK."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from switchroom.pbx.channel import Channel

PATIENCE = (
    3.0  #: seconds that a channel which holds a lock waits for another: it could be a deadlock
)


@dataclass(slots=True)
class _Lock:
    holder: Channel
    waiting: deque[tuple[Channel, asyncio.Future[None]]] = field(default_factory=deque)


class NamedLocks:
    """Those of one node, by ``pbx.datastore(NamedLocks)``; they end with the holder's call."""

    def __init__(self) -> None:
        self._locks: dict[str, _Lock] = {}
        self._held: dict[Channel, set[str]] = {}

    def held(self) -> Iterator[tuple[str, Channel, int]]:
        """Each lock that is held: its name, who holds it, how many wait."""
        for name, lock in self._locks.items():
            yield name, lock.holder, sum(not waiter.done() for _, waiter in lock.waiting)

    def try_to_take(self, channel: Channel, name: str) -> bool:
        """Take a lock if it is free, or the channel's already; says whether it is."""
        lock = self._locks.get(name)
        if lock is None:
            self._locks[name] = _Lock(channel)
            self._note(channel, name)
            return True
        return lock.holder is channel

    async def take(self, channel: Channel, name: str) -> bool:
        """Wait for a lock; says whether the channel has it then."""
        if self.try_to_take(channel, name):
            return True
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._locks[name].waiting.append((channel, waiter))
        try:
            async with asyncio.timeout(PATIENCE if self._held.get(channel) else None):
                await waiter
        except TimeoutError:
            pass
        lock = self._locks.get(name)  # whoever had it may have given it back just then
        return lock is not None and lock.holder is channel

    def release(self, channel: Channel, name: str) -> bool:
        """Give a lock back to whoever waits longest; says whether the channel had it."""
        lock = self._locks.get(name)
        if lock is None or lock.holder is not channel:
            return False
        self._held[channel].discard(name)
        while lock.waiting:
            next_holder, waiter = lock.waiting.popleft()
            if not waiter.done():
                lock.holder = next_holder
                self._note(next_holder, name)
                waiter.set_result(None)
                return True
        del self._locks[name]
        return True

    def _note(self, channel: Channel, name: str) -> None:
        if channel not in self._held:
            self._held[channel] = set()
            channel.at_end(lambda: self._release_all(channel))
        self._held[channel].add(name)

    def _release_all(self, channel: Channel) -> None:
        for name in tuple(self._held[channel]):
            self.release(channel, name)
        del self._held[channel]
