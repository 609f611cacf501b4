"""``switch => Realtime/context@family``: extensions that stand in a table.

A look-up in the dialplan cannot wait, so it goes by the rows that were read last; they are read
anew before a call begins (:meth:`RealtimeExtensions.freshen`), so that a changed row acts on the
next call.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.dialplan.model import Context
from switchroom.dialplan.parser import parse_dialplan
from switchroom.storage.known_table import Row
from switchroom.storage.realtime import Realtime
from switchroom.storage.sql.statements import Condition

logger = logging.getLogger(__name__)

FAMILY = "extensions"
FRESH_FOR = 0.1  #: seconds that what was read counts as new: a call asks more than once
MADE_BY = "pbx_realtime"


class RealtimeExtensions:
    """A :class:`~switchroom.dialplan.switches.ContextSource`; empty before :meth:`use`."""

    def __init__(self) -> None:
        self._realtime = Realtime()
        self._built: dict[tuple[str, str], tuple[list[Row], Context]] = {}
        self._began_at = float("-inf")
        self._read = asyncio.Event()  #: what is being read was read
        self._read.set()

    def use(self, realtime: Realtime) -> None:
        """Find rows there from now on."""
        self._realtime = realtime
        self._built.clear()

    def context(self, data: str, within: str) -> Context | None:
        """See :class:`~switchroom.dialplan.switches.ContextSource`."""
        name, _, rest = data.partition("@")
        family = rest.partition("/")[0].strip() or FAMILY
        if not self._realtime.is_mapped(family):
            return None
        key = (family, name.strip() or within)
        rows = self._realtime.known(family, Condition("context", key[1]))
        built = self._built.get(key)
        if built is None or built[0] != rows:
            built = self._built[key] = (rows, _context(key[1], family, rows))
        return built[1]

    async def freshen(self) -> None:
        """Read the rows of all contexts anew that calls have looked into."""
        if not self._built:
            return
        now = asyncio.get_running_loop().time()
        if now - self._began_at < FRESH_FOR:
            await self._read.wait()
            return
        self._began_at = now
        self._read.clear()
        try:
            for family, name in list(self._built):
                await self._realtime.find(family, Condition("context", name))
        finally:
            self._read.set()


def _context(name: str, family: str, rows: list[Row]) -> Context:
    """The extensions that rows stand for; a row that is none is left out."""
    context = Context(name, MADE_BY)
    for row in rows:
        text = f"[{name}]\nexten => {_line(row)}\n"
        try:
            read = parse_dialplan(parse_config(text, path=Path(family))).contexts[name]
        except ConfigError as error:
            logger.warning("%s: %s", family, error)
            continue
        for key, each in read.extensions.items():
            extension = context.add(*key)
            extension.priorities.update(each.priorities)
            extension.labels.update(each.labels)
    context.index()
    return context


def _line(row: Row) -> str:
    """``100,1,Dial(PJSIP/alice)``; a hint has no application."""
    priority, data = row.get("priority", ""), row.get("appdata", "")
    if priority.lower() == "hint":
        words = data or row.get("app", "")
    else:
        words = f"{row.get('app', '')}({data})"
    line = f"{row.get('exten', '')},{priority},{words}"
    return " ".join(line.splitlines()).replace(";", "\\;")
