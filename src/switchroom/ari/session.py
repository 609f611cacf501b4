"""One WebSocket: events out, requests in."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import quote

import msgspec

from switchroom.ari.dispatch import Answer, Asked, Dispatcher, refusal
from switchroom.ari.hub import EventHub
from switchroom.ari.models.rest import RESTRequest, RESTResponse
from switchroom.config.ari import AriUser

logger = logging.getLogger(__name__)

MAX_UNREAD = 8 * 1024 * 1024  #: octets that wait for a reader; then it is too slow
CLOSE_TIMEOUT = 2.0  #: seconds that a reader gets to hear why it is dropped
NORMAL, POLICY = 1000, 1008  #: why a WebSocket ends (RFC 6455 section 7.4.1)
MAX_REQUEST = 1024 * 1024  #: octets of a request over the WebSocket


class Wire(Protocol):
    """A WebSocket."""

    async def send(self, text: str) -> None:
        """Send one message; returns when the next one may be sent."""

    async def receive(self) -> str | None:
        """The next message; None at the end."""

    async def close(self, code: int, reason: str) -> None:
        """End it."""


class Session:
    """Fulfils :class:`~switchroom.ari.application.Outbox` for the applications of one connection.

    Args:
        wire: The connection.
        user: Whose.
        hub: Knows the applications.
        dispatcher: Runs requests.
        remote: Where it comes from, for the log.
    """

    def __init__(
        self, wire: Wire, user: AriUser, hub: EventHub, dispatcher: Dispatcher, remote: str
    ) -> None:
        self.id = secrets.token_hex(6)
        self.user = user
        self.remote = remote
        self.applications: tuple[str, ...] = ()
        self._wire = wire
        self._hub = hub
        self._dispatcher = dispatcher
        self._unread: deque[bytes] = deque()
        self._size = 0
        self._arrived = asyncio.Event()
        self._refused = ""  #: why no more is sent
        self._code = POLICY
        self._ends = asyncio.Event()

    def tell(self, message: bytes) -> None:
        """See :class:`~switchroom.ari.application.Outbox`; a reader that is too slow is dropped."""
        if self._refused:
            return
        self._unread.append(message)
        self._size += len(message)
        self._arrived.set()
        if self._size > MAX_UNREAD:
            self._unread.clear()
            self.kick(f"more than {MAX_UNREAD} octets of events were not read")

    def kick(self, reason: str, *, code: int = POLICY) -> None:
        """End it; as if all were well with the code 1000."""
        if not self._refused:
            self._refused, self._code = reason, code
        self._arrived.set()
        self._ends.set()

    async def run(self, applications: Sequence[str], *, hears_all: bool) -> None:
        """Serve until the connection ends."""
        self.applications = tuple(applications)
        for name in applications:
            self._hub.connect(name, self, hears_all=hears_all)
        try:
            async with asyncio.TaskGroup() as tasks:
                writing = tasks.create_task(self._write())
                reading = tasks.create_task(self._read())
                ending = tasks.create_task(self._end())
                working = {writing, reading, ending}
                await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
                for task in working:
                    task.cancel()
        finally:
            for name in applications:
                self._hub.disconnect(name, self)
            self._unread.clear()

    async def _end(self) -> None:
        """Wait until it is to end, and a little for whoever does not read."""
        await self._ends.wait()
        await asyncio.sleep(CLOSE_TIMEOUT)

    async def _write(self) -> None:
        while not self._refused:
            while self._unread:
                message = self._unread.popleft()
                self._size -= len(message)
                await self._wire.send(message.decode())
            self._arrived.clear()
            if not self._refused:
                await self._arrived.wait()
        if self._code == NORMAL:
            while self._unread:
                await self._wire.send(self._unread.popleft().decode())
        level = logging.INFO if self._code == NORMAL else logging.WARNING
        logger.log(level, "ARI: %s is dropped: %s", self.remote, self._refused)
        await self._wire.close(self._code, self._refused[:120])

    async def _read(self) -> None:
        while (text := await self._wire.receive()) is not None:
            if len(text) > MAX_REQUEST:
                self.kick("a request was too long")
                return
            await self._request(text)

    async def _request(self, text: str) -> None:
        """Answer a request; one after the other, as they came."""
        try:
            asked = msgspec.json.decode(text, type=RESTRequest)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self._respond(_NOBODYS, refusal(400, f"This is no request: {error}"))
            return
        if asked.type != "RESTRequest":
            self._respond(asked, refusal(400, f"{asked.type!r} is no RESTRequest"))
            return
        path, _, query = asked.uri.partition("?")
        path = path.removeprefix("/ari").removeprefix("ari/")
        extra = _joined(asked)
        answer = await self._dispatcher.run(
            self.user,
            Asked(
                method=asked.method.upper(),
                path=path,
                query="&".join(part for part in (query, extra) if part),
                body=_text(asked.message_body).encode(),
                content_type=_text(asked.content_type),
            ),
        )
        self._respond(asked, answer)

    def _respond(self, asked: RESTRequest, answer: Answer) -> None:
        response = RESTResponse(
            timestamp=self._hub.now(),
            transaction_id=asked.transaction_id,
            request_id=asked.request_id,
            status_code=answer.status,
            reason_phrase=answer.reason,
            uri=asked.uri,
            content_type=answer.content_type if answer.body else msgspec.UNSET,
            message_body=answer.body.decode("utf-8", "replace") if answer.body else msgspec.UNSET,
        )
        body = msgspec.json.encode(response)
        behind = {"asterisk_id": self._hub.entity_id, "application": ",".join(self.applications)}
        self.tell(body[:-1] + b"," + msgspec.json.encode(behind)[1:])


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _joined(asked: RESTRequest) -> str:
    """The parameters that stand beside the address."""
    found = asked.query_strings
    if not isinstance(found, list):
        return ""
    return "&".join(f"{quote(each.name)}={quote(each.value)}" for each in found)


_NOBODYS = RESTRequest(type="", transaction_id="", request_id="", method="", uri="")
