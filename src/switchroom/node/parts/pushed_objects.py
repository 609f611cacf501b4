"""Endpoints, auths and addresses that programs push, as ``sorcery.conf`` lets them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack

from switchroom.channels.sip.service import SipService
from switchroom.config.acl import read_acl
from switchroom.config.asterisk_conf import AsteriskConfig
from switchroom.config.language.options import ConfigWarning
from switchroom.config.rtp import RtpConfig, read_rtp
from switchroom.config.sorcery import Sorcery, read_sorcery
from switchroom.node.part import Part, Services
from switchroom.pbx.pbx import Pbx


class Pushed(Part):
    """What was pushed before the last restart, and what of it counts.

    SIP joins it with what its files say whenever it reads them.
    """

    words = frozenset({"pjsip", "sip"})
    is_first = True  # realtime builds on it, and so do the doors

    def __init__(self, asterisk: AsteriskConfig) -> None:
        super().__init__(asterisk)
        self._sip: SipService | None = None

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`; of ``sorcery.conf`` realtime warns."""
        self._sorcery = self.read_file("sorcery.conf", read_sorcery) or Sorcery()
        self._rtp = self.read_file("rtp.conf", read_rtp) or RtpConfig()
        self._named = self.read_file("acl.conf", read_acl)
        return ()

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        if self._sip is None:
            return
        pushed = self._sip.pushed
        if pushed.use(self._sorcery, self._rtp, self._named):
            self._sip.take_changed(pushed.joined_again())

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        self._sip = services.sip
        self.apply(services.pbx)
