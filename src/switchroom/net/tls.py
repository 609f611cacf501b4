"""SIP over TLS (RFC 3261 §26.3.1, RFC 5922): connections of :mod:`.tcp` behind a handshake."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from typing import Any

from switchroom.net.credentials import TlsContexts, TlsError, TlsSettings, make_contexts
from switchroom.net.driver import SipDriver
from switchroom.net.tcp import TcpConnection, TcpTransport
from switchroom.sip.flow import Flow

logger = logging.getLogger(__name__)

HANDSHAKE_TIMEOUT = 10.0  #: seconds from the connection to the end of its handshake
ACCEPT_PAUSE = 0.1  #: seconds, when the system has no more descriptors
SHUTDOWN_TIMEOUT = 2.0  #: seconds that a peer gets to say that it closes too
MAX_HANDSHAKES = 512  #: under way at once; whoever comes then is not let in

#: What OpenSSL says of a peer that speaks no TLS at all.
_IN_THE_CLEAR = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST"})


class TlsTransport(TcpTransport):
    """A listening socket and all TLS connections. Make it with :func:`open_tls`.

    Args:
        driver: Gets the messages.
        settings: Certificate and whom to trust.

    Raises:
        TlsError: The settings cannot be used.
    """

    protocol = "tls"

    def __init__(self, driver: SipDriver, settings: TlsSettings) -> None:
        super().__init__(driver)
        self._accepting: asyncio.Task[None] | None = None
        self.settings = settings
        self._stamps = settings.stamps()
        self._contexts: TlsContexts = make_contexts(settings)

    def reload(self, settings: TlsSettings) -> None:
        """Meet new connections with other settings; those that are up stay as they are.

        Raises:
            TlsError: They cannot be used; what was there stays.
        """
        stamps = settings.stamps()
        self._contexts = make_contexts(settings)
        self.settings, self._stamps = settings, stamps

    def look_around(self) -> None:
        """Take up a certificate that was renewed: its file is another one than before."""
        stamps = self.settings.stamps()
        if stamps == self._stamps:
            return
        self._stamps = stamps  # of a file that is no good, this is said once
        try:
            self._contexts = make_contexts(self.settings)
        except TlsError as error:
            logger.warning("TLS goes on with the certificate that it had: %s", error)
        else:
            logger.info("TLS took up the certificate in %s", self.settings.certificate)

    # connections to us

    async def serve(self, bound: socket.socket) -> None:
        """See :class:`~switchroom.net.tcp.TcpTransport`.

        Not a server of asyncio's: that one tells nobody why a handshake failed.
        """
        self._accepting = asyncio.get_running_loop().create_task(
            self._accept(bound), name="sip tls accepts"
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
                if self.driver.blocks(remote[0], loop.time()):
                    accepted.close()  # banned: not even a handshake is spent on it
                    continue
                if len(self._connecting) >= MAX_HANDSHAKES:
                    logger.warning("%s TLS handshakes at once: refusing one", MAX_HANDSHAKES)
                    accepted.close()
                    continue
                task = loop.create_task(self._secure(accepted, remote), name="sip tls handshake")
                self._connecting.add(task)
                task.add_done_callback(self._connecting.discard)

    async def _secure(self, accepted: socket.socket, remote: tuple[Any, ...]) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                self.new_connection,
                accepted,
                ssl=self._contexts.server,
                ssl_handshake_timeout=HANDSHAKE_TIMEOUT,
                ssl_shutdown_timeout=SHUTDOWN_TIMEOUT,
            )
        except OSError as error:
            logger.info("TLS handshake with %s:%s failed: %s", *remote[:2], explain(error))

    def close(self) -> None:
        """Close the listening socket and every connection."""
        super().close()
        if self._accepting is not None:
            self._accepting.cancel()

    # connections from us

    async def connect(self, flow: Flow) -> TcpConnection:
        """Make a connection and look at the certificate at its other end.

        Raises:
            OSError: Nobody there; or its certificate is not good for the name of the flow.
        """
        _, connection = await asyncio.get_running_loop().create_connection(
            lambda: self.new_connection(flow),
            *flow.remote,
            ssl=self._contexts.client,
            server_hostname=flow.name or flow.remote[0],
            ssl_handshake_timeout=HANDSHAKE_TIMEOUT,
            ssl_shutdown_timeout=SHUTDOWN_TIMEOUT,
        )
        return connection

    def explain(self, error: Exception | None) -> str:
        """See :class:`~switchroom.net.tcp.TcpTransport`."""
        return explain(error)


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


async def open_tls(driver: SipDriver, host: str, port: int, settings: TlsSettings) -> TlsTransport:
    """Listen for TLS connections and feed the driver from them.

    Raises:
        OSError: The address is not ours or is taken.
        TlsError: The settings cannot be used.
    """
    transport = TlsTransport(driver, settings)
    await transport.listen(host, port)
    return transport
