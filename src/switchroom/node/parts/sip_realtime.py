"""``sorcery.conf``: endpoints, their passwords and addresses in tables of databases."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack

from switchroom.channels.sip.endpoints.memory_caches import MemoryCaches
from switchroom.channels.sip.endpoints.realtime import RealtimeEndpoints
from switchroom.channels.sip.endpoints.realtime_peers import FAMILIES, RealtimePeers
from switchroom.config.asterisk_conf import AsteriskConfig
from switchroom.config.language.options import ConfigWarning
from switchroom.config.rtp import RtpConfig, read_rtp
from switchroom.config.sorcery import Sorcery, read_sorcery
from switchroom.node.part import Part, Services
from switchroom.pbx.pbx import Pbx
from switchroom.storage.realtime import Realtime


class SipRealtime(Part):
    """``sorcery.conf``, which need not be there."""

    words = frozenset({"pjsip", "sip", "sorcery", "extconfig"})

    def __init__(self, asterisk: AsteriskConfig) -> None:
        super().__init__(asterisk)
        self._endpoints: RealtimeEndpoints | None = None

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._sorcery = self.read_file("sorcery.conf", read_sorcery) or Sorcery()
        self._rtp = self.read_file("rtp.conf", read_rtp) or RtpConfig()
        self._general = self.read_file("sip.conf", lambda file: file.section("general"))
        return self._sorcery.warnings

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        if self._endpoints is not None:
            if self._endpoints.peers is not None:
                self._endpoints.peers.use(self._general)
            self._endpoints.use(self._sorcery, self._rtp)
        pbx.datastore(MemoryCaches).known = {each.name: each for each in self._sorcery.caches}

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        realtime = services.pbx.datastore(Realtime)
        peers = {each for each in FAMILIES if realtime.is_mapped(each)}
        if not self._sorcery.kinds and not peers:
            return
        endpoints = RealtimeEndpoints(services.sip, realtime, self._sorcery, self._rtp)
        services.sip.directory = self._endpoints = endpoints
        caches = services.pbx.datastore(MemoryCaches)
        caches.ages, caches.forget = endpoints.ages, endpoints.forget
        if peers:
            endpoints.peers = RealtimePeers(services.sip, realtime, self._general)
        families = {f for each in self._sorcery.kinds.values() for f in each.families} | peers
        realtime.on_news.append(
            lambda family: endpoints.build_all() if family in families else None
        )
        endpoints.build_all()
