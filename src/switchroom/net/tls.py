"""SIP over TLS (RFC 3261 §26.3.1, RFC 5922): connections of :mod:`.tcp` behind a handshake."""

from __future__ import annotations

import asyncio
import socket

from switchroom.net.credentials import TlsSettings
from switchroom.net.driver import SipDriver
from switchroom.net.tcp import TcpConnection, TcpTransport
from switchroom.net.tls_listener import (
    HANDSHAKE_TIMEOUT,
    SHUTDOWN_TIMEOUT,
    TlsListener,
    explain,
)
from switchroom.sip.flow import Flow


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
        self._listener = TlsListener(
            settings,
            self.new_connection,
            lambda host, now: self.driver.blocks(host, now),  # noqa: PLW0108  # set later
        )

    @property
    def settings(self) -> TlsSettings:
        """What new connections are met with."""
        return self._listener.settings

    def reload(self, settings: TlsSettings) -> None:
        """Meet new connections with other settings; those that are up stay as they are.

        Raises:
            TlsError: They cannot be used; what was there stays.
        """
        self._listener.reload(settings)

    def look_around(self) -> None:
        """Take up a certificate that was renewed: its file is another one than before."""
        self._listener.renew()

    # connections to us

    async def serve(self, bound: socket.socket) -> None:
        """See :class:`~switchroom.net.tcp.TcpTransport`."""
        self._listener.serve(bound)

    def close(self) -> None:
        """Close the listening socket and every connection."""
        super().close()
        self._listener.close()

    # connections from us

    async def connect(self, flow: Flow) -> TcpConnection:
        """Make a connection and look at the certificate at its other end.

        Raises:
            OSError: Nobody there; or its certificate is not good for the name of the flow.
        """
        _, connection = await asyncio.get_running_loop().create_connection(
            lambda: self.new_connection(flow),
            *flow.remote,
            ssl=self._listener.contexts.client,
            server_hostname=flow.name or flow.remote[0],
            ssl_handshake_timeout=HANDSHAKE_TIMEOUT,
            ssl_shutdown_timeout=SHUTDOWN_TIMEOUT,
        )
        return connection

    def explain(self, error: Exception | None) -> str:
        """See :class:`~switchroom.net.tcp.TcpTransport`."""
        return explain(error)


async def open_tls(driver: SipDriver, host: str, port: int, settings: TlsSettings) -> TlsTransport:
    """Listen for TLS connections and feed the driver from them.

    Raises:
        OSError: The address is not ours or is taken.
        TlsError: The settings cannot be used.
    """
    transport = TlsTransport(driver, settings)
    await transport.listen(host, port)
    return transport
