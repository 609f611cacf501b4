"""``ari.conf``: the REST interface."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial

from switchroom.ari.context import AriContext
from switchroom.ari.device_states import know_devices
from switchroom.ari.dispatch import Dispatcher
from switchroom.ari.events.endpoints import endpoint_topics
from switchroom.ari.hub import EventHub, collect_mappings
from switchroom.ari.login import Doorkeeper
from switchroom.ari.mailboxes import know_mailboxes
from switchroom.ari.registry import collect_operations
from switchroom.ari.server import AriServer
from switchroom.ari.view import View
from switchroom.base.version import COMPATIBLE_VERSION
from switchroom.channels.sip.service import SipService
from switchroom.cli.views import SipView
from switchroom.config.acl import read_acl
from switchroom.config.ari import AriConfig, read_ari
from switchroom.config.options import ConfigWarning
from switchroom.net.http import HttpServer
from switchroom.node.part import Part, Services
from switchroom.pbx.device_watch import DeviceStates
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.security import report
from switchroom.pbx.text_message import MessageListeners


class RestInterface(Part):
    """The REST interface, on the node's HTTP server."""

    words = frozenset({"ari", "acl", "res_ari"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        named = self.read_file("acl.conf", read_acl) or {}
        self._config = self.read_file("ari.conf", lambda file: read_ari(file, named)) or AriConfig()
        return self._config.warnings

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        context: AriContext | None = getattr(self, "_context", None)
        if context is not None:
            use_config(context, self._config)

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        if not self._config.is_enabled:
            return
        context = self._context = make_context(services, self)
        use_config(context, self._config)
        loop = asyncio.get_running_loop()
        pbx = services.pbx
        door = Doorkeeper(
            config=lambda: context.config,
            guard=context.guard,
            now=context.now,
            report=lambda event: loop.call_soon(report, pbx, event),
        )
        http = pbx.datastore(HttpServer)
        path = f"{http.prefix}/ari"
        dispatcher = Dispatcher(context, collect_operations())
        server = AriServer(context, door, dispatcher, path)
        http.mount(path, server)
        stack.callback(context.hub.close)
        stack.callback(server.close)
        know_devices(pbx)
        know_mailboxes(pbx)
        pbx.datastore(MessageListeners).append(
            lambda technology, name: context.hub.is_heard(endpoint_topics(technology, name))
        )
        pbx.datastore(DeviceStates).watch(pbx)


def use_config(context: AriContext, config: AriConfig) -> None:
    """Go by a configuration from now on."""
    context.config = config
    context.view.channel_variables = config.channel_variables
    context.view.live_dangerously = context.asterisk.live_dangerously


def make_context(services: Services, part: Part) -> AriContext:
    """What operations use, of a node."""
    pbx = services.pbx
    configured: Callable[[], Sequence[tuple[str, str]]] = partial(_endpoints, services.sip)
    return AriContext(
        pbx=pbx,
        asterisk=part.asterisk,
        node=services.cli.node,
        hub=EventHub(pbx, View(pbx, configured), collect_mappings()),
        guard=services.sip.guard,
        now=asyncio.get_running_loop().time,
        version=COMPATIBLE_VERSION,
        find_object=partial(_find_object, services.cli.sip),
    )


def _find_object(
    sip: SipView, config_class: str, kind: str, name: str
) -> Sequence[tuple[str, str]] | None:
    """What ``pjsip show`` tells of an object; secrets stay."""
    if config_class != "res_pjsip":
        return None
    match kind:
        case "endpoint":
            return next((each.parameters for each in sip.endpoints() if each.name == name), None)
        case "aor":
            return next((each.parameters for each in sip.aors() if each.name == name), None)
        case "transport":
            return next((each.parameters for each in sip.transports() if each.name == name), None)
        case _:
            return None


def _endpoints(sip: SipService) -> list[tuple[str, str]]:
    return [(each.technology, name) for name, each in sip.settings.endpoints.items()]
