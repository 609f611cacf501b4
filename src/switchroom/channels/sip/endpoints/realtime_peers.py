"""Peers of the old SIP channel that stand in tables: the families ``sippeers`` and ``sipusers``."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from switchroom.base.errors import ConfigError
from switchroom.channels.sip.endpoints.endpoint import Identify
from switchroom.channels.sip.endpoints.settings import merge
from switchroom.config.language.reader import ConfigFile, Section
from switchroom.config.language.rows import section_of
from switchroom.config.pjsip.objects import PjsipConfig
from switchroom.config.sip.peers import PEER_NAMES, SipConfig, read_sip
from switchroom.storage.realtime import Realtime
from switchroom.storage.sql.statements import Condition

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService

logger = logging.getLogger(__name__)

FAMILIES = ("sippeers", "sipusers")


class RealtimePeers:
    """Keeps the settings of a SIP service in step with its tables of peers.

    Args:
        service: Whose settings.
        realtime: Finds rows.
        general: ``[general]`` of ``sip.conf``: what counts where a row says nothing.
    """

    def __init__(self, service: SipService, realtime: Realtime, general: Section | None) -> None:
        self._service = service
        self._realtime = realtime
        self._general = general
        self._made: dict[str, Section] = {}
        self._identifies: dict[str, tuple[Identify, ...]] = {}

    def use(self, general: Section | None) -> None:
        """The files were read anew: go by them, and by what is known of the tables."""
        self._general = general
        self._made.clear()
        self._identifies.clear()
        self.build_all()

    def _families(self) -> list[str]:
        return [family for family in FAMILIES if self._realtime.is_mapped(family)]

    async def freshen(self, names: Iterable[str], host: str = "") -> None:
        """Read the rows of peers with these names, and of those at an address."""
        names = list(names)
        wanted = [Condition("name", name) for name in names]
        wanted += [Condition("host", host)] if host else []
        asked = (self._realtime.find(f, each) for f in self._families() for each in wanted)
        found = [row for rows in await asyncio.gather(*asked) for row in rows]
        self._build({*names, *(row["name"] for row in found if row.get("name"))})

    def build_all(self) -> None:
        """Go by the copies of whole tables."""
        known = {row.get("name", "") for f in self._families() for row in self._realtime.known(f)}
        self._build({*known, *self._made})

    def _build(self, names: Iterable[str]) -> None:
        settings = self._service.settings
        endpoints, aors = dict(settings.endpoints), dict(settings.aors)
        before = {each for found in self._identifies.values() for each in found}
        is_news = False
        for name in names:
            there = endpoints.get(name)
            if not name or (there is not None and there.technology == "PJSIP"):
                continue  # that of pjsip.conf counts
            section = self._section(name)
            if section == self._made.get(name):
                continue
            is_news = True
            self._identifies.pop(name, None)
            config = None if section is None else self._read(section)
            if section is None or config is None:
                self._made.pop(name, None)
                endpoints.pop(name, None)
                continue
            self._made[name] = section
            built = merge(PjsipConfig(), config, user_agent="")
            endpoints[name], aors[name] = built.endpoints[name], built.aors[name]
            self._identifies[name] = built.identifies
        if is_news:
            others = (each for each in settings.identifies if each not in before)
            own = (each for found in self._identifies.values() for each in found)
            changed = replace(settings, endpoints=endpoints, aors=aors, identifies=(*others, *own))
            self._service.take_changed(changed)

    def _section(self, name: str) -> Section | None:
        for family in self._families():
            if rows := self._realtime.known(family, Condition("name", name)):
                row = {"type": "friend", "host": "dynamic", **rows[0]}
                if row["host"] == "dynamic":
                    row.pop("port", None)  # where it registered from, not where it is
                return section_of(name, row, PEER_NAMES, family=family)
        return None

    def _read(self, section: Section) -> SipConfig | None:
        general = [self._general] if self._general is not None else []
        try:
            return read_sip(ConfigFile(section.path, [*general, section]))
        except ConfigError as error:
            logger.warning("%s", error)
            return None
