"""``statsd.conf``: figures for a StatsD server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

from switchroom.channels.sip.service import SipService
from switchroom.config.language.options import ConfigWarning
from switchroom.config.statsd import StatsdConfig, read_statsd
from switchroom.node.part import Part, Services
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.statistics import Statistics
from switchroom.pbx.statsd import Statsd as Sender

INTERVAL = 10.0  #: seconds between two reports of how things stand, as StatsD servers count


class Statsd(Part):
    """The file need not be there."""

    words = frozenset({"statsd", "res_statsd", "app_statsd"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("statsd.conf", read_statsd) or StatsdConfig()
        return self._config.warnings

    def open(self, pbx: Pbx, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        self._services: Services | None = None
        self._statistics = Statistics(pbx)
        stack.callback(pbx.datastore(Sender).close)

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        if self._services is not None:
            self._begin(self._services)

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        self._services = services
        self._begin(services)

    def _begin(self, services: Services) -> None:
        if self._config.is_on:
            services.start_chore(self._report(services, self._config), "statsd")
        else:
            services.pbx.datastore(Sender).turn_off(self._config)
            self._statistics.stop()

    async def _report(self, services: Services, config: StatsdConfig) -> None:
        """Send figures until another configuration is gone by."""
        sender = services.pbx.datastore(Sender)
        await sender.connect(config)
        if sender.config is config:
            self._statistics.start()
            self._know_contacts(services.sip)
        while sender.config is config:
            self._statistics.send_standings()
            await asyncio.sleep(INTERVAL)

    def _know_contacts(self, sip: SipService) -> None:
        """Those of before, which nothing is told of until they change."""
        for aor in sip.settings.aors.values():
            technologies = {device.partition("/")[0] for device in sip.devices_of(aor.name)}
            for contact in sip.location.contacts(aor) if technologies else ():
                for technology in technologies:
                    self._statistics.know_contact(technology, aor.name, contact.uri, contact.status)
