"""``manager.conf`` and ``acl.conf``: the manager interface."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack

from switchroom.ami.context import AmiContext
from switchroom.ami.http import AmiOverHttp
from switchroom.ami.hub import EventHub, collect_mappings
from switchroom.ami.login import Doorkeeper
from switchroom.ami.privileges import Privilege, parse_privileges
from switchroom.ami.registry import collect_actions
from switchroom.ami.server import AmiServer
from switchroom.ami.sip import SipSide
from switchroom.cli.registry import collect_commands
from switchroom.cli.version import version_text
from switchroom.config.acl import read_acl
from switchroom.config.language.options import ConfigWarning
from switchroom.config.manager import ManagerConfig, read_manager
from switchroom.net.credentials import TlsError
from switchroom.net.http import HttpServer
from switchroom.node.part import Part, Services
from switchroom.node.parts.http import tls_of
from switchroom.pbx.harness import Harness
from switchroom.pbx.manager_facts import ConnectedManager, KnownAction, ManagerFacts
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.security import report
from switchroom.pbx.states.device_watch import DeviceStates

logger = logging.getLogger(__name__)


class Manager(Part):
    """The manager interface over TCP and TLS."""

    words = frozenset({"manager", "acl"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        named = self.read_file("acl.conf", read_acl) or {}
        found = self.read_file("manager.conf", lambda file: read_manager(file, named))
        self._config = found or ManagerConfig()
        return self._config.warnings

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        context: AmiContext | None = getattr(self, "_context", None)
        if context is not None:
            self._use(context)

    def _show(self, context: AmiContext) -> None:
        """Let the console see it."""
        facts = context.pbx.datastore(ManagerFacts)
        facts.connected = lambda: [
            ConnectedManager(
                each.name, each.remote[0], each.started_at, each.number, int(each.read),
                int(each.write),
            )
            for each in sorted(context.hub.sessions, key=lambda each: each.number)
            if each.is_in
        ]  # fmt: skip
        facts.actions = {
            key: KnownAction(
                each.name, each.privilege.text, each.summary, inspect.getdoc(each.run) or ""
            )
            for key, each in collect_actions().items()
        }
        facts.events = sorted({each.kind.__name__ for each in collect_mappings()})
        facts.expand = lambda text: parse_privileges(text)[0].text

    def _use(self, context: AmiContext) -> None:
        config = context.config = self._config
        context.pbx.datastore(ManagerFacts).config = config
        context.pbx.datastore(Harness).is_asked_for = any(
            "test" in each.read.split(",") for each in config.users.values()
        )
        hub = context.hub
        hub.timestamps = config.timestamps
        hub.disabled = frozenset(config.disabled_events)
        hub.snapshots.channel_variables = config.channel_variables

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        context = self._context = make_context(services, self)
        self._use(context)
        self._show(context)
        stack.callback(context.hub.close)
        if not self._config.is_enabled:
            return
        if self._config.is_on_web:
            self._serve_web(context, services.pbx.datastore(HttpServer), stack)
        server = AmiServer(context)
        services.pbx.datastore(ManagerFacts).kick = server.kick
        stack.push_async_callback(server.close)
        services.pbx.datastore(DeviceStates).watch(services.pbx)
        await self._listen(server)
        services.start_chore(_tell_booted(context), "tell managers of the start")

    def _serve_web(self, context: AmiContext, http: HttpServer, stack: AsyncExitStack) -> None:
        web = AmiOverHttp(context)
        stack.callback(web.close)
        for path, application in web.applications().items():
            http.mount(f"{http.prefix}{path}", application)

    async def _listen(self, server: AmiServer) -> None:
        """Listen; an address that is taken by another server is no reason not to start."""
        try:
            await server.listen(*self._config.plain)
            if self._config.tls is not None:
                await server.listen(*self._config.tls, tls_of(self._config.tls_options))
        except (OSError, TlsError) as error:
            host, port = self._config.plain
            logger.warning("the manager interface cannot listen on %s:%s: %s", host, port, error)


def make_context(services: Services, part: Part) -> AmiContext:
    """What actions use, of a node."""
    cli, pbx = services.cli, services.pbx
    loop = asyncio.get_running_loop()
    hub = EventHub(pbx, collect_mappings())
    door = Doorkeeper(
        config=lambda: context.config,
        sessions=lambda: hub.sessions,
        guard=services.sip.guard,
        now=loop.time,
        # Whoever caused it reads its answer first.
        report=lambda event: loop.call_soon(report, pbx, event),
    )
    context = AmiContext(
        pbx=pbx,
        asterisk=part.asterisk,
        node=cli.node,
        dialplan=cli.dialplan,
        sip=SipSide(cli.sip, services.sip),
        run_command=lambda line: collect_commands().execute(line, cli),
        hub=hub,
        door=door,
        is_http_on=lambda: pbx.datastore(HttpServer).is_on,
        version=version_text().removeprefix("Asterisk "),
    )
    return context


async def _tell_booted(context: AmiContext) -> None:
    """Tell those who connected before calls were accepted."""
    await context.node.fully_booted.wait()
    headers = [("Uptime", "0"), ("LastReload", "0"), ("Status", "Fully Booted")]
    context.hub.tell("FullyBooted", Privilege.SYSTEM, headers)
