"""``websocket_client.conf`` and ``chan_websocket.conf``: programs that take part in calls."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack

from switchroom.channels.external.control import ControlFormat
from switchroom.channels.external.reaching_programs import let_come
from switchroom.channels.external.websocket_channel import MediaWebSockets
from switchroom.config.language.options import ConfigWarning
from switchroom.config.websocket import (
    WebSocketClients,
    read_websocket_channel,
    read_websocket_clients,
)
from switchroom.net.http import HttpServer
from switchroom.node.part import Part, Services
from switchroom.pbx.pbx import Pbx

PATH = "/media/"


class MediaWebSocketPart(Part):
    """The files need not be there; programs that come find us where ``http.conf`` says."""

    words = frozenset({"websocket_client", "chan_websocket", "res_websocket_client"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        found = self.read_file("websocket_client.conf", read_websocket_clients)
        self._clients = found or WebSocketClients()
        chosen = self.read_file("chan_websocket.conf", read_websocket_channel)
        self._format = ControlFormat(chosen) if chosen is not None else ControlFormat.TEXT
        return self._clients.warnings

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        known = pbx.datastore(MediaWebSockets)
        known.clients = self._clients.clients
        known.format = self._format

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        server = services.pbx.datastore(HttpServer)
        known = services.pbx.datastore(MediaWebSockets)
        server.takers[server.prefix + PATH] = lambda: let_come(known.waiting)
