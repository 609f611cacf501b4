"""``extconfig.conf``: realtime families, and the databases that its drivers describe."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack

from switchroom.config.extconfig import (
    ExtConfig,
    TableMapping,
    read_extconfig,
    read_res_mysql,
    read_res_pgsql,
    read_res_sqlite,
)
from switchroom.config.language.options import ConfigWarning
from switchroom.node.part import Part, Services
from switchroom.pbx.config_files import ConfigFiles
from switchroom.pbx.pbx import Pbx
from switchroom.storage.realtime import Realtime, Target
from switchroom.storage.sql.databases import Databases
from switchroom.storage.sql.source import SourceSettings

logger = logging.getLogger(__name__)

REFRESH_EVERY = 60.0  #: seconds between two readings of whole families


class RealtimeFamilies(Part):
    """None of the files need be there."""

    words = frozenset({"extconfig", "config_odbc", "config_pgsql", "config_mysql", "realtime"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("extconfig.conf", read_extconfig) or ExtConfig()
        self._urls = {
            **{f"mysql:{n}": u for n, u in self._sections("res_config_mysql.conf").items()},
            **{f"mariadb:{n}": u for n, u in self._sections("res_config_mysql.conf").items()},
            **{f"sqlite3:{n}": u for n, u in self._sqlite().items()},
            **{f"sqlite:{n}": u for n, u in self._sqlite().items()},
        }
        self._pgsql = self.read_file("res_pgsql.conf", read_res_pgsql) or ""
        return self._config.warnings

    def _sections(self, name: str) -> dict[str, str]:
        return self.read_file(name, read_res_mysql) or {}

    def _sqlite(self) -> dict[str, str]:
        return self.read_file("res_config_sqlite3.conf", read_res_sqlite) or {}

    def open(self, pbx: Pbx, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        pbx.datastore(ConfigFiles).update(self.asterisk.static_files)

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        databases = pbx.datastore(Databases)
        families: dict[str, list[Target]] = {}
        for family, mappings in self._config.families.items():
            for mapping in mappings:
                self._take_database(databases, mapping)
                if mapping.source in databases.sources:
                    target = Target(mapping.source, mapping.table)
                    families.setdefault(family, []).append(target)
                else:
                    message = "extconfig.conf: %s is left out: no database is called %r"
                    logger.warning(message, family, mapping.database)
        pbx.datastore(Realtime).use(databases, families)

    def _take_database(self, databases: Databases, mapping: TableMapping) -> None:
        """Know the database of a driver that has a file of its own."""
        url = self._pgsql if mapping.driver == "pgsql" else self._urls.get(mapping.source, "")
        if url:
            databases.take([SourceSettings(mapping.source, url)])

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        realtime = services.pbx.datastore(Realtime)
        if realtime.families:
            await asyncio.gather(*(realtime.refresh(family) for family in realtime.families))
            copies = services.pbx.datastore(Databases).copies
            if copies is not None:
                copies.write_soon()  # a node that is killed early has a copy, too
            services.start_chore(_refresh(realtime), "realtime")


async def _refresh(realtime: Realtime) -> None:
    """Keep the copies whole: what nobody asks for changes, too."""
    while True:
        await asyncio.sleep(REFRESH_EVERY)
        for family in list(realtime.families):
            await realtime.refresh(family)
