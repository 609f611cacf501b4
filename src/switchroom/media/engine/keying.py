"""Handshakes over one socket of a stream, in a thread of their own."""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from switchroom.media.api import Address, DtlsPlan, Protection
from switchroom.media.dtls.connection import DtlsConnection, is_hello

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8  #: handshakes of one socket that may fail before nothing more is tried
MAX_SOURCES = 4  #: addresses that may be in a handshake at once, where ICE does not tell them apart
MAX_WAITING = 64  #: datagrams; what is lost is sent again
PAUSE = 1.0  #: seconds from one that failed to the next that we begin
AGAIN = b""  #: stands for a datagram: begin, or send again what got no answer

Job = tuple[Address | None, bytes]


@dataclass(frozen=True, slots=True)
class Doors:
    """What handshakes of one socket need of the stream."""

    send: Callable[[Address | None, bytes], object]  #: to whom, or to the party; a datagram
    on_keys: Callable[[Address | None], None]  #: told where the party is, if by that alone
    on_failure: Callable[[str], None]  #: nothing more is tried
    remote: Address | None = None  #: where the party is, by its description
    is_symmetric: bool = True  #: whether it may be elsewhere, if it has the right certificate
    is_checked: bool = False  #: only nominated pairs of ICE get this far, so all are one party


class Keying:
    """Shakes hands until one has the right certificate; then its keys count.

    Args:
        plan: Ours and theirs; its role is agreed.
        doors: Of the stream.
        pool: Where the arithmetic is done, one step of this socket at a time.
    """

    def __init__(self, plan: DtlsPlan, doors: Doors, pool: Executor) -> None:
        self._plan = plan
        self._doors = doors
        self._pool = pool
        self._loop = asyncio.get_running_loop()
        self._connections: dict[Address | None, DtlsConnection] = {}  # in the pool, while it works
        self._waiting: list[Job] = []
        self._is_working = self._is_closed = False
        self._timer: asyncio.TimerHandle | None = None
        self._attempts = 0
        self._winner: Address | None = None
        self._source: Address | None = None  # who answers what we began, if not where the party is
        self._refused: set[Address] = set()  # who answered so that it failed
        self._secret = secrets.token_bytes(16)
        self.keys: Protection | None = None

    def begin(self) -> None:
        """Send the first flight, where that is ours to do."""
        if self._plan.is_client:
            self._queue(None, AGAIN)

    def receive(self, address: Address, datagram: bytes) -> None:
        """Take one datagram of a stream's socket."""
        doors = self._doors
        if not self._may_shake_hands(address):
            return
        is_one_party = doors.is_checked or self._plan.is_client
        key = None if is_one_party else address
        if self.keys is None or key == self._winner:
            self._queue(key, datagram)

    def _may_shake_hands(self, address: Address) -> bool:
        """Whether a datagram from there can be the party's."""
        doors = self._doors
        if doors.is_checked or doors.remote in {None, address}:
            return True
        if not doors.is_symmetric:
            return False
        if self._plan.is_client:  # others' answers would end what we began: one place at a time
            if address in self._refused or self._source not in {None, address}:
                return False
            self._source = address
        return True

    def close(self) -> None:
        """Nothing is sent or told any more."""
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _queue(self, key: Address | None, datagram: bytes) -> None:
        if len(self._waiting) < MAX_WAITING:
            self._waiting.append((key, datagram))
            self._work()

    def _work(self) -> None:
        if self._is_working or self._is_closed or not self._waiting:
            return
        jobs, self._waiting = self._waiting, []
        self._is_working = True
        future = self._loop.run_in_executor(self._pool, self._step, jobs)
        future.add_done_callback(self._stepped)

    def _step(self, jobs: Sequence[Job]) -> list[Job]:
        """Feed the connections; returns what they answer. In the pool."""
        output: list[Job] = []
        for key, datagram in jobs:
            connection = self._connections.get(key) or self._make(key, datagram)
            if connection is None or connection.failure:
                continue
            had_begun = connection.has_begun
            if datagram:
                connection.receive(datagram)
            else:
                connection.tick()
            self._attempts += connection.has_begun and not had_begun
            output += [(key, each) for each in connection.take_output()]
        return output

    def _make(self, key: Address | None, datagram: bytes) -> DtlsConnection | None:
        """A new connection where somebody begins."""
        is_client = bool(self._plan.is_client)
        begins = not datagram if is_client else is_hello(datagram)
        if not begins or self._attempts >= MAX_ATTEMPTS:
            return None
        if len(self._connections) >= MAX_SOURCES:  # who is not known to hear us goes first
            del self._connections[min(self._connections, key=self._has_begun)]
        made = self._connections[key] = DtlsConnection(
            self._plan.identity,
            is_client=is_client,
            fingerprints=self._plan.fingerprints,
            cookie=hmac.digest(self._secret, repr(key).encode(), "sha256")[:16],
        )
        if is_client:
            self._attempts += 1
            made.begin()
        return made

    def _has_begun(self, key: Address | None) -> bool:
        return self._connections[key].has_begun

    def _stepped(self, future: asyncio.Future[list[Job]]) -> None:
        self._is_working = False
        if self._is_closed or future.cancelled():
            return
        for key, datagram in future.result():
            self._doors.send(key, datagram)
        if self.keys is None:
            self._judge()
        self._arm()
        self._work()

    def _judge(self) -> None:
        """See who has keys, and let go who failed."""
        for key, connection in list(self._connections.items()):
            if connection.keys is not None:
                self.keys, self._winner = connection.keys, key
                self._connections = {key: connection}
                self._doors.on_keys(key or self._source)
                return
            if connection.failure:
                del self._connections[key]
                self._refuse_source()
                logger.warning("a DTLS handshake failed: %s", connection.failure)
                if self._attempts >= MAX_ATTEMPTS:
                    self.close()
                    self._doors.on_failure(connection.failure)
                    return

    def _refuse_source(self) -> None:
        if self._source is not None:
            self._refused.add(self._source)
            self._source = None

    def _arm(self) -> None:
        """Look again when the first of them wants to send again, or we are to begin anew."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.keys is not None or self._is_closed:
            return
        spans = [span for each in self._connections.values() if (span := each.timeout) is not None]
        if self._plan.is_client and not self._connections:
            spans = [PAUSE]
        if spans:
            self._timer = self._loop.call_later(min(spans), self._again)

    def _again(self) -> None:
        self._timer = None
        if self._is_working:
            return  # it is armed anew behind that
        for key in list(self._connections) or [None]:
            self._queue(key, AGAIN)
