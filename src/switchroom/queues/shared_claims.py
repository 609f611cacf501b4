"""The claims of all nodes: a device that one node rings is rung by no other.

Within a node :class:`~switchroom.queues.claims.Claims` decides at once. Before anybody rings, the
claim is made known to the cluster as a lease on the device's own key, which one of two that want it
gets. It is renewed for as long as the claim stands; where a node dies, it runs out.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from switchroom.cluster.backend import Backend, ClusterError, Lease, LeaseLostError
from switchroom.queues.claims import device_key
from switchroom.queues.entry import Entry
from switchroom.queues.member import Member
from switchroom.queues.queue import CallQueue

logger = logging.getLogger(__name__)

LIFETIME = 30.0  #: seconds after which the devices of a node that died may be rung by others

#: Starts work that outlives its caller: :meth:`switchroom.pbx.pbx.Pbx.spawn`.
Spawn = Callable[..., asyncio.Task[Any]]


class SharedClaims:
    """Those of one node. What concerns one device happens in the order it was asked for.

    Args:
        backend: Of the cluster.
        node: The node's name, for whoever looks at the keys.
        spawn: Starts work.
    """

    def __init__(self, backend: Backend, node: str, spawn: Spawn) -> None:
        self._backend = backend
        self._node = node
        self._spawn = spawn
        self._leases: dict[str, Lease] = {}
        self._work: dict[str, asyncio.Task[None]] = {}  #: the last of each device
        self._timer: asyncio.TimerHandle | None = None

    async def confirm(self, device: str, holder: str) -> bool:
        """Make a claim known; False where another node has the device, or nobody can tell.

        Where the caller is cancelled meanwhile it is made all the same, and given back in turn.

        Args:
            device: Claimed within the node.
            holder: The call.
        """
        device = device_key(device)
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._in_turn(device, self._acquire(device, holder, answer))
        return await answer

    async def confirm_all(
        self, queue: CallQueue, entry: Entry, members: tuple[Member, ...]
    ) -> tuple[Member, ...]:
        """Those of the members offered that no other node has claimed; the others are let go."""
        answers = await asyncio.gather(
            *(self.confirm(member.device, entry.unique_id) for member in members)
        )
        for member, is_ours in zip(members, answers, strict=True):
            if not is_ours:
                queue.let_go(entry, member)
        return tuple(m for m, is_ours in zip(members, answers, strict=True) if is_ours)

    def give_back(self, device: str) -> None:
        """A claim within the node is over."""
        device = device_key(device)
        if device in self._leases or device in self._work:
            self._in_turn(device, self._release(device))

    def _in_turn(self, device: str, work: Coroutine[Any, Any, None]) -> None:
        task = self._work[device] = self._spawn(
            _after(self._work.get(device), work), name=f"claim of {device}"
        )
        task.add_done_callback(lambda _: self._forget(device, task))

    def _forget(self, device: str, task: asyncio.Task[None]) -> None:
        if self._work.get(device) is task:
            del self._work[device]

    async def _acquire(self, device: str, holder: str, answer: asyncio.Future[bool]) -> None:
        lease = None
        try:
            value = f"{self._node} {holder}".encode()
            lease = await self._backend.acquire(key_of(device), value, lifetime=LIFETIME)
        except ClusterError as error:
            # Whether it was written is not known: the device is rung by nobody until that runs out.
            logger.warning("cannot claim %s: %s", device, error)
        if lease is not None:
            self._leases[device] = lease
            self._renew_later()
        if not answer.done():
            answer.set_result(lease is not None)

    async def _release(self, device: str) -> None:
        lease = self._leases.pop(device, None)
        if lease is not None:
            try:
                await lease.release()
            except ClusterError as error:
                logger.warning("cannot give %s back, it runs out: %s", device, error)
        if not self._leases and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # renewing

    def _renew_later(self) -> None:
        if self._timer is None and self._leases:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(LIFETIME / 3, self._renew_soon)

    def _renew_soon(self) -> None:
        self._timer = None
        self._spawn(self._renew(), name="claims")

    async def _renew(self) -> None:
        for device, lease in list(self._leases.items()):
            try:
                await lease.renew()
            except LeaseLostError:
                logger.warning("the claim of %s was lost: another node may ring it", device)
                if self._leases.get(device) is lease:
                    del self._leases[device]
            except ClusterError as error:
                logger.warning("cannot renew the claim of %s: %s", device, error)
        self._renew_later()


async def _after(before: asyncio.Task[None] | None, work: Coroutine[Any, Any, None]) -> None:
    try:
        if before is not None:
            await asyncio.wait({before})
        await work
    finally:
        work.close()


def key_of(device: str) -> str:
    """A device's key: ``agents.pjsip/alice``; what no key may have is written as ``=2E``."""
    return "agents." + quote(device, safe="/").replace(".", "%2E").replace("~", "%7E").replace(
        "%", "="
    )
