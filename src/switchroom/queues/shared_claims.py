"""The claims of all nodes: a device that one node rings is rung by no other.

Within a node :class:`~switchroom.queues.claims.Claims` decides at once. Before anybody rings, the
claim is written to the device's own key, which one of two that want it gets. A claim counts as long
as the *session* of the node that made it stands: one lease, renewed while the node has claims, so
that however many agents talk, one write holds them all. Where a node dies its session runs out, and
its claims are for whoever comes next.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from secrets import token_hex
from typing import Any
from urllib.parse import quote

from switchroom.cluster.backend import (
    Backend,
    ClusterError,
    Lease,
    LeaseLostError,
    RevisionConflictError,
)
from switchroom.cluster.backend import Entry as Value
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
        self._session: Lease | None = None
        self._renewed_at = 0.0
        self._at_session = asyncio.Lock()
        self._held: dict[str, int] = {}  #: devices, and the revisions of their keys
        self._doubtful: set[str] = set()  #: whether these keys are ours is not known
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
        if device in self._held or device in self._work:
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
        revision = None
        try:
            revision = await self._claim(device, holder)
        except ClusterError as error:
            # Whether it was written is not known: the device is rung by nobody until it is.
            logger.warning("cannot claim %s: %s", device, error)
            self._doubtful.add(device)
        if revision is not None:
            self._held[device] = revision
            self._doubtful.discard(device)
        self._renew_later()
        if not answer.done():
            answer.set_result(revision is not None)

    async def _claim(self, device: str, holder: str) -> int | None:
        """Write a claim; its revision, or None where it is another node's."""
        session = await self._ready_session()
        value = f"{session.key} {holder}".encode()
        stands_at: int | None = 0
        for _ in range(2):
            try:
                revision = await self._backend.put(key_of(device), value, revision=stands_at)
            except RevisionConflictError:
                stands_at = await self._free_at(device, session)
                if stands_at is None:
                    return None
                continue
            if self._session is not session:
                raise ClusterError("the session ended meanwhile")
            return revision
        return None

    async def _free_at(self, device: str, session: Lease) -> int | None:
        """The revision of a key that holds nobody's claim; None where it is another node's."""
        found = await self._backend.get(key_of(device))
        if found is None:
            return 0
        of = _session_of(found)
        is_taken = of != session.key and await self._backend.get(of) is not None
        return None if is_taken else found.revision

    async def _release(self, device: str) -> None:
        revision = self._held.pop(device, None)
        if revision is not None:
            try:
                await self._backend.delete(key_of(device), revision=revision)
            except RevisionConflictError:
                pass  # it was lost, and is another node's by now
            except ClusterError as error:
                logger.warning("cannot give %s back: %s", device, error)
                self._doubtful.add(device)
        self._rest()

    # the session

    async def _ready_session(self) -> Lease:
        """That by which claims are made from now on; it has most of its life before it."""
        async with self._at_session:
            now = asyncio.get_running_loop().time()
            if self._session is not None and now - self._renewed_at >= LIFETIME / 3:
                await self._renew_session(self._session)
            if self._session is None:
                # Its name is new each time: claims of a node that died are none of its next life's.
                key = f"sessions.{as_word(self._node)}.{token_hex(8)}"
                lease = await self._backend.acquire(key, b"queues", lifetime=LIFETIME)
                if lease is None:
                    raise ClusterError(f"{key} is taken")
                self._session, self._renewed_at = lease, now
            return self._session

    async def _renew_session(self, session: Lease) -> None:
        now = asyncio.get_running_loop().time()
        try:
            await session.renew()
        except LeaseLostError:
            if self._held:
                names = ", ".join(sorted(self._held))
                logger.warning("the claims of %s were lost: other nodes may ring them", names)
            self._session = None
            self._held.clear()
            self._doubtful.clear()
        else:
            self._renewed_at = now

    def _renew_later(self) -> None:
        if self._timer is None and (self._held or self._doubtful):
            self._timer = asyncio.get_running_loop().call_later(LIFETIME / 3, self._renew_soon)

    def _rest(self) -> None:
        """Renew no more while there is nothing to hold; the next claim does."""
        if not self._held and not self._doubtful and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _renew_soon(self) -> None:
        self._timer = None
        self._spawn(self._renew(), name="claims")

    async def _renew(self) -> None:
        async with self._at_session:
            try:
                if self._session is not None:
                    await self._renew_session(self._session)
            except ClusterError as error:
                logger.warning("cannot renew the claims of this node: %s", error)
        for device in self._doubtful - self._held.keys():
            self._in_turn(device, self._settle(device))
        self._renew_later()

    async def _settle(self, device: str) -> None:
        """Nothing is held: let the key go where it says otherwise."""
        session = self._session
        if device in self._held or session is None:
            self._doubtful.discard(device)
            return
        try:
            found = await self._backend.get(key_of(device))
            if found is not None and _session_of(found) == session.key:
                await self._backend.delete(key_of(device), revision=found.revision)
        except ClusterError as error:
            logger.warning("cannot tell who has %s: %s", device, error)
        else:
            self._doubtful.discard(device)
            self._rest()


async def _after(before: asyncio.Task[None] | None, work: Coroutine[Any, Any, None]) -> None:
    try:
        if before is not None:
            await asyncio.wait({before})
        await work
    finally:
        work.close()


def _session_of(claim: Value) -> str:
    return claim.value.decode().partition(" ")[0]


def key_of(device: str) -> str:
    """A device's key: ``agents.pjsip/alice``."""
    return "agents." + as_word(device)


def as_word(name: str) -> str:
    """A name as a word of a key; what no key may have is written as ``=2E``."""
    return quote(name, safe="/").replace(".", "%2E").replace("~", "%7E").replace("%", "=")
