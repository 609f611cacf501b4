"""``http.conf``: the node's one HTTP server, for all who serve something there."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import fields

from switchroom.base.version import COMPATIBLE_VERSION
from switchroom.config.acl import read_acl
from switchroom.config.http import HttpConfig, read_http
from switchroom.config.language.options import ConfigWarning
from switchroom.config.tls import TlsConfig
from switchroom.net.credentials import TlsError, TlsSettings
from switchroom.net.http import HttpServer
from switchroom.node.part import Part, Services
from switchroom.pbx.pbx import Pbx

logger = logging.getLogger(__name__)


class Http(Part):
    """Listens where ``http.conf`` says; what is served is mounted by others."""

    words = frozenset({"acl", "http"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        named = self.read_file("acl.conf", read_acl) or {}
        read = self.read_file("http.conf", lambda file: read_http(file, named))
        self._config = read or HttpConfig()
        return ()  # told with SIP's, whose transports need it

    def apply(self, pbx: Pbx) -> None:
        """Let in who may come; where it listens stays as it was."""
        pbx.datastore(HttpServer).admits = self._config.rules.allows

    def open(self, pbx: Pbx, stack: AsyncExitStack) -> None:
        """Say where things are to be mounted, before anybody does."""
        server = pbx.datastore(HttpServer)
        server.server_name = f"{self._config.server_name}/{COMPATIBLE_VERSION}"
        server.prefix = self._config.prefix
        self.apply(pbx)

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        config = self._config
        server = services.pbx.datastore(HttpServer)
        stack.push_async_callback(server.close)
        server.blocks = services.sip.guard.blocks
        if config.plain is not None:
            await _listen(server, config.plain, None)
        if config.tls is not None:
            await _listen(server, config.tls, tls_of(config.tls_options))


async def _listen(server: HttpServer, where: tuple[str, int], tls: TlsSettings | None) -> None:
    """Listen; an address that is taken by another server is no reason not to start."""
    try:
        await server.listen(*where, tls)
    except (OSError, TlsError) as error:
        logger.warning("HTTP cannot listen on %s:%s: %s", *where, error)
    else:
        logger.info("HTTP%s on %s:%s", "S" if tls is not None else "", *where)


def tls_of(config: TlsConfig) -> TlsSettings:
    """Settings of a listening socket from a configuration file's."""
    return TlsSettings(**{each.name: getattr(config, each.name) for each in fields(config)})
