"""Accepting TLS connections, for SIP and for HTTP.

Not a server of asyncio's: that one tells nobody why a handshake failed.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from switchroom.net.credentials import TlsContexts, TlsError, TlsSettings, make_contexts

logger = logging.getLogger(__name__)

HANDSHAKE_TIMEOUT = 10.0  #: seconds from the connection to the end of its handshake
ACCEPT_PAUSE = 0.1  #: seconds, when the system has no more descriptors
SHUTDOWN_TIMEOUT = 2.0  #: seconds that a peer gets to say that it closes too
MAX_HANDSHAKES = 512  #: under way at once; whoever comes then is not let in

#: What OpenSSL says of a peer that speaks no TLS at all.
_IN_THE_CLEAR = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST"})


@runtime_checkable
class RenewsTls(Protocol):
    """What meets connections by settings that may change."""

    def reload(self, settings: TlsSettings) -> None:
        """Meet new connections with other settings.

        Raises:
            TlsError: They cannot be used; what was there stays.
        """


class TlsListener:
    """Meets connections with a certificate that may be renewed.

    Args:
        settings: Certificate and whom to trust.
        new_connection: Makes what serves one connection.
        blocks: Whether a host is not even let in, at a time of the loop's clock.

    Raises:
        TlsError: The settings cannot be used.
    """

    def __init__(
        self,
        settings: TlsSettings,
        new_connection: Callable[[], asyncio.Protocol],
        blocks: Callable[[str, float], bool],
    ) -> None:
        self.settings = settings
        self._new_connection = new_connection
        self._blocks = blocks
        self._stamps = settings.stamps()
        self.contexts: TlsContexts = make_contexts(settings)
        self._accepting: asyncio.Task[None] | None = None
        self._shaking: set[asyncio.Task[None]] = set()

    def reload(self, settings: TlsSettings) -> None:
        """Meet new connections with other settings; those that are up stay as they are.

        Raises:
            TlsError: They cannot be used; what was there stays.
        """
        stamps = settings.stamps()
        self.contexts = make_contexts(settings)
        self.settings, self._stamps = settings, stamps

    def renew(self) -> None:
        """Take up a certificate that was renewed: its file is another one than before."""
        stamps = self.settings.stamps()
        if stamps == self._stamps:
            return
        self._stamps = stamps  # of a file that is no good, this is said once
        try:
            self.contexts = make_contexts(self.settings)
        except TlsError as error:
            logger.warning("TLS goes on with the certificate that it had: %s", error)
        else:
            logger.info("TLS took up the certificate in %s", self.settings.certificate)

    def serve(self, bound: socket.socket) -> None:
        """Accept connections from now on; the socket is closed by :meth:`close`."""
        self._accepting = asyncio.get_running_loop().create_task(
            self._accept(bound), name="tls accepts"
        )

    async def _accept(self, bound: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with bound:
            while True:
                try:
                    accepted, remote = await loop.sock_accept(bound)
                except OSError as error:
                    logger.warning("cannot accept a TLS connection: %s", error)
                    await asyncio.sleep(ACCEPT_PAUSE)
                    continue
                if self._blocks(remote[0], loop.time()):
                    accepted.close()  # banned: not even a handshake is spent on it
                    continue
                if len(self._shaking) >= MAX_HANDSHAKES:
                    logger.warning("%s TLS handshakes at once: refusing one", MAX_HANDSHAKES)
                    accepted.close()
                    continue
                task = loop.create_task(self._secure(accepted, remote), name="tls handshake")
                self._shaking.add(task)
                task.add_done_callback(self._shaking.discard)

    async def _secure(self, accepted: socket.socket, remote: tuple[Any, ...]) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                self._new_connection,
                accepted,
                ssl=self.contexts.server,
                ssl_handshake_timeout=HANDSHAKE_TIMEOUT,
                ssl_shutdown_timeout=SHUTDOWN_TIMEOUT,
            )
        except OSError as error:
            logger.info("TLS handshake with %s:%s failed: %s", *remote[:2], explain(error))

    def close(self) -> None:
        """Accept no more; handshakes under way end."""
        for task in self._shaking:
            task.cancel()
        if self._accepting is not None:
            self._accepting.cancel()


def explain(error: Exception | None) -> str:
    """Why a handshake failed, for who must mend it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not good: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        reason = str(error.reason or "")
        if reason in _IN_THE_CLEAR:
            return "it does not speak TLS"
        words = reason.lower().replace("_", " ")
        if " alert " in words:  # what the other side said, in words of another age: sslv3, tlsv1
            return f"it does not go on: {words.partition(' alert ')[2]}"
        return words or str(error)
    return str(error or "") or "it went away"
