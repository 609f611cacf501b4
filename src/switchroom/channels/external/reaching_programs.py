"""Going to a program on a WebSocket, as ``websocket_client.conf`` says; and letting one come."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from dataclasses import replace
from typing import Protocol

from switchroom.channels.external.upgrade import (
    SUBPROTOCOL,
    ClientUpgrade,
    Place,
    ServerUpgrade,
    UpgradeError,
)
from switchroom.config.websocket import WebSocketClient
from switchroom.net.credentials import TlsError, TlsSettings, make_contexts
from switchroom.net.handing_over import Head

logger = logging.getLogger(__name__)

HANDSHAKE_TIMEOUT = 10.0  #: seconds that a program may take which comes to us
BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


async def reach_program(client: WebSocketClient, parameters: str = "") -> tuple[int, bytes]:
    """Connect, again after a while where that fails, and shake hands.

    Args:
        client: Whom to reach.
        parameters: Added to its URI's query.

    Returns:
        A connected descriptor, and what came behind the handshake.

    Raises:
        UpgradeError: It cannot be reached, or does not let us in.
    """
    place = Place.parse(client.uri, parameters)
    place = replace(place, is_tls=place.is_tls or client.is_tls)
    context = _context(client) if place.is_tls else None
    for left in reversed(range(client.attempts + 1)):
        try:
            async with asyncio.timeout(client.timeout):
                return await _shake_hands(client, place, context)
        except (TimeoutError, OSError) as error:
            why = f"{place.authority}: {error or 'it does not answer'}"
            if not left:
                raise UpgradeError(why) from error
            logger.info("WebSocket %s: %s; trying again", client.name, why)
            await asyncio.sleep(client.interval)
    raise AssertionError("the last attempt returns or raises")


async def _shake_hands(
    client: WebSocketClient, place: Place, context: ssl.SSLContext | None
) -> tuple[int, bytes]:
    """Connect once.

    Raises:
        OSError: It cannot be reached.
        UpgradeError: It does not let us in.
    """
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[bytes | None] = loop.create_future()

    def on_head(head: bytes | None) -> None:
        if not answered.done():
            answered.set_result(head)

    protocol = Head(on_head)
    transport, _ = await loop.create_connection(
        lambda: protocol, place.host, place.port, ssl=context,
        server_hostname=place.host if context is not None else None,
    )  # fmt: skip
    try:
        user = (client.username, client.password) if client.username else None
        upgrade = ClientUpgrade(place, client.protocols or (SUBPROTOCOL,), user)
        transport.write(upgrade.request)
        upgrade.check(await answered or b"")
        return protocol.release()
    except BaseException:
        transport.abort()
        raise


def _context(client: WebSocketClient) -> ssl.SSLContext:
    settings = TlsSettings(
        certificate=client.certificate,
        private_key=client.private_key,
        authorities=client.authorities,
        authorities_folder=client.authorities_folder,
        verifies_server=client.verifies_server,
    )
    try:
        context = make_contexts(settings).client
    except TlsError as error:
        raise UpgradeError(str(error)) from error
    context.check_hostname = client.verifies_server and client.verifies_name
    return context


class Waiting(Protocol):
    """A call that waits for its program."""

    def arrive(self, descriptor: int, received: bytes) -> None:
        """It is here."""


class Waiters(Protocol):
    """Who waits for which program."""

    def get(self, connection_id: str, /) -> Waiting | None:
        """The call with this id."""


def let_come(waiting: Waiters) -> Head:
    """What reads the request of a program that comes to us, and hands it to the call that waits."""
    protocol: Head

    def on_head(head: bytes | None) -> None:
        timer.cancel()
        if head is not None:
            _let_in(protocol, head, waiting)

    protocol = Head(on_head)
    timer = asyncio.get_running_loop().call_later(HANDSHAKE_TIMEOUT, protocol.give_up)
    return protocol


def _let_in(protocol: Head, head: bytes, waiting: Waiters) -> None:
    transport = protocol.transport
    try:
        upgrade = ServerUpgrade(head)
        asked = upgrade.asked
    except UpgradeError as error:
        logger.info("a program for a call: %s", error)
        transport.write(BAD_REQUEST)
        transport.close()
        return
    call = waiting.get(asked.path.rpartition("/")[2])
    if call is None or not asked.may_speak:
        transport.write(upgrade.refuse(404 if call is None else 400))
        transport.close()
        return
    with contextlib.suppress(OSError):  # it is gone already: the call goes on waiting
        call.arrive(*protocol.release(upgrade.accept()))
