"""The REST interface of a node, put together from what the node has."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from switchroom.ari.application import Application
from switchroom.ari.context import AriContext
from switchroom.ari.device_states import know_devices
from switchroom.ari.dispatch import Dispatcher
from switchroom.ari.events.endpoints import endpoint_topics
from switchroom.ari.hub import EventHub, collect_mappings
from switchroom.ari.login import Doorkeeper
from switchroom.ari.outbound import OutboundSockets
from switchroom.ari.registry import collect_operations
from switchroom.ari.server import AriServer
from switchroom.ari.view import View
from switchroom.base.version import COMPATIBLE_VERSION
from switchroom.channels.sip.service import SipService
from switchroom.config.ari import AriConfig
from switchroom.config.asterisk_conf import AsteriskConfig
from switchroom.net.http import HttpServer
from switchroom.node.part import Services
from switchroom.pbx.ari_facts import AriFacts, KnownApplication, KnownSession
from switchroom.pbx.security import report
from switchroom.pbx.states.device_watch import DeviceStates
from switchroom.pbx.text_message import MessageListeners


class RestInterface:
    """Serves requests and events until it is closed.

    Args:
        services: What the core has.
        asterisk: How it is set.
    """

    def __init__(self, services: Services, asterisk: AsteriskConfig) -> None:
        context = self.context = make_context(services, asterisk)
        pbx, loop = services.pbx, asyncio.get_running_loop()
        door = Doorkeeper(
            config=lambda: context.config,
            guard=context.guard,
            now=context.now,
            report=lambda event: loop.call_soon(report, pbx, event),
        )
        http = pbx.datastore(HttpServer)
        path = f"{http.prefix}/ari"
        dispatcher = Dispatcher(context, collect_operations())
        self.server = AriServer(context, door, dispatcher, path)
        self.outbound = OutboundSockets(context, dispatcher)
        http.mount(path, self.server)
        know_devices(pbx)
        pbx.datastore(MessageListeners).append(
            lambda technology, name: context.hub.is_heard(endpoint_topics(technology, name))
        )
        pbx.datastore(DeviceStates).watch(pbx)
        self._show(pbx.datastore(AriFacts))

    def _show(self, facts: AriFacts) -> None:
        """Let the console see it."""
        facts.is_served = True
        facts.applications = lambda: [_known(each) for each in self._applications.values()]
        facts.trace = self._trace
        facts.sessions = lambda: [
            KnownSession(each.id, each.remote, each.user.name, each.applications, is_outbound)
            for is_outbound, sessions in (
                (False, self.server.sessions),
                (True, self.outbound.sessions),
            )
            for each in sessions
        ]
        facts.connect = self.outbound.start
        facts.kick = self._kick

    @property
    def _applications(self) -> Mapping[str, Application]:
        return self.context.hub.applications

    def _trace(self, name: str, traced: bool) -> bool:  # noqa: FBT001  # as the facts want it
        application = self._applications.get(name)
        if application is not None:
            application.is_traced = traced
        return application is not None

    def _kick(self, session_id: str) -> bool:
        sessions = self.server.sessions | self.outbound.sessions
        found = [each for each in sessions if each.id == session_id]
        for session in found:
            session.kick("an operator wanted it")
        return bool(found)

    def use(self, config: AriConfig) -> None:
        """Go by a configuration from now on."""
        self.context.config = config
        for session in self.server.sessions | self.outbound.sessions:
            if config.users.get(session.user.name) != session.user:
                session.kick("its user was changed")
        self.context.pbx.datastore(AriFacts).config = config
        self.context.view.channel_variables = config.channel_variables
        # Other parts read where the programs are, and may do so after this one.
        asyncio.get_running_loop().call_soon(self.outbound.use, config.outbound)

    def close(self) -> None:
        """End all WebSockets, and hear of nothing."""
        self.outbound.close()
        self.server.close()
        self.context.hub.close()


def _known(application: Application) -> KnownApplication:
    return KnownApplication(
        name=application.name,
        is_active=application.is_active,
        is_traced=application.is_traced,
        hears_all=application.hears_all,
        topics=tuple(application.topics),
        channels=tuple(application.channels),
    )


def make_context(services: Services, asterisk: AsteriskConfig) -> AriContext:
    """What operations use."""
    pbx = services.pbx
    configured: Callable[[], Sequence[tuple[str, str]]] = partial(_endpoints, services.sip)
    view = View(pbx, configured)
    view.live_dangerously = asterisk.live_dangerously
    return AriContext(
        pbx=pbx,
        asterisk=asterisk,
        node=services.cli.node,
        hub=EventHub(pbx, view, collect_mappings()),
        guard=services.sip.guard,
        now=asyncio.get_running_loop().time,
        version=COMPATIBLE_VERSION,
        objects=services.sip.objects,
    )


def _endpoints(sip: SipService) -> list[tuple[str, str]]:
    return [(each.technology, name) for name, each in sip.settings.endpoints.items()]
