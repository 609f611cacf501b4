"""Queues and members that stand in databases: read at each call, and now and then for who waits.

With the databases gone the last known copy counts (:mod:`switchroom.storage.realtime`).
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Mapping, Sequence

from switchroom.base.errors import ConfigError
from switchroom.config.queues.queues import PenaltyChange, QueueSettings
from switchroom.config.queues.rows import (
    members_of_rows,
    queue_of_row,
    rules_of_rows,
    with_members,
)
from switchroom.pbx.pbx import Pbx
from switchroom.queues.desk import Desk, Desks
from switchroom.queues.member import Member
from switchroom.storage.realtime import Realtime
from switchroom.storage.sql.errors import SqlError
from switchroom.storage.sql.statements import Condition

logger = logging.getLogger(__name__)

QUEUES = "queues"
MEMBERS = "queue_members"
RULES = "queue_rules"
WATCH_EVERY = 5.0  #: seconds between two looks at the members of a queue with callers

Rows = Sequence[Mapping[str, str]]


class RealtimeQueues:
    """Those of a node. A datastore of the core; does nothing until :meth:`use`."""

    def __init__(self) -> None:
        self._pbx: Pbx | None = None
        self._rules: Mapping[str, tuple[PenaltyChange, ...]] | None = None

    def use(self, pbx: Pbx, *, reads_rules: bool = False) -> None:
        """Take what is known of the families, where they are mapped; again after each reload.

        Args:
            pbx: The core.
            reads_rules: There may be rules besides those of queuerules.conf.
        """
        if self._pbx is None:
            self._pbx = pbx
            pbx.datastore(Realtime).on_news.append(self._heard)
            pbx.datastore(Desks).write_row = self._write_row
        is_mapped = reads_rules and self._realtime.is_mapped(RULES)
        self._rules = pbx.datastore(Desks).rules if is_mapped else None
        self.take_known()

    def _heard(self, family: str) -> None:
        if family in {QUEUES, MEMBERS}:
            self.take_known()
        elif family == RULES:
            self._take_rules(self._realtime.known(RULES))

    def _take_rules(self, rows: Rows) -> None:
        if self._rules is not None and self._pbx is not None:
            self._pbx.datastore(Desks).rules = {**self._rules, **rules_of_rows(rows)}

    @property
    def _realtime(self) -> Realtime:
        assert self._pbx is not None
        return self._pbx.datastore(Realtime)

    @property
    def is_mapped(self) -> bool:
        """Whether there is anything to read."""
        return self._pbx is not None and bool({QUEUES, MEMBERS} & self._realtime.families.keys())

    def take_known(self) -> None:
        """Go by the last known copies."""
        if self._rules is not None:
            self._take_rules(self._realtime.known(RULES))
        if not self.is_mapped:
            return
        assert self._pbx is not None
        desks = self._pbx.datastore(Desks)
        of_queue: dict[str, list[Mapping[str, str]]] = {}
        for row in self._realtime.known(MEMBERS):
            of_queue.setdefault(row.get("queue_name", ""), []).append(row)
        rows = {row.get("name", ""): row for row in self._realtime.known(QUEUES)}
        for name in [name for name, desk in desks.items() if desk.is_realtime and name not in rows]:
            desks.drop(name)
        for name in {**dict.fromkeys(desks.config.queues), **rows}:
            self._apply(name, [rows[name]] if name in rows else [], of_queue.get(name, []))

    def complete(self, settings: QueueSettings) -> QueueSettings:
        """A queue of queues.conf with the members that are known of it besides."""
        if not self.is_mapped:
            return settings
        rows = self._realtime.known(MEMBERS, Condition("queue_name", settings.name))
        assert self._pbx is not None
        return with_members(settings, members_of_rows(rows, self._pbx.datastore(Desks).config))

    async def fetch(self, name: str) -> None:
        """Read one queue, its members and the rules anew."""
        read_at = asyncio.get_running_loop().time()
        if self._rules is not None:
            self._take_rules(await self._realtime.find(RULES))
        if self.is_mapped:
            queues = await self._realtime.find(QUEUES, Condition("name", name))
            by_queue = Condition("queue_name", name)
            members = await self._realtime.find(MEMBERS, by_queue, order_by="interface")
            self._apply(name, queues, members, read_at=read_at)

    def _apply(
        self, name: str, queues: Rows, members: Rows, *, read_at: float | None = None
    ) -> None:
        assert self._pbx is not None
        desks = self._pbx.datastore(Desks)
        settings = desks.config.queues.get(name)
        is_realtime = settings is None
        try:
            if settings is None and queues:
                settings = queue_of_row(queues[0], desks.config)
        except ConfigError as error:
            logger.warning("%s; the queue stays as it was", error.render())
            return
        if settings is not None:
            found = members_of_rows(members, desks.config)
            whole = with_members(settings, found)
            if read_at is None:  # a copy: what was written is in it
                read_at = asyncio.get_running_loop().time()
            desks.make(whole, is_realtime=is_realtime, read_at=read_at)

    async def watch(self) -> None:
        """Until cancelled: changed rows act on callers who wait, too."""
        assert self._pbx is not None
        desks = self._pbx.datastore(Desks)
        while True:
            await asyncio.sleep(WATCH_EVERY)
            for name in [name for name, desk in desks.items() if desk.queue.entries]:
                await self.fetch(name)

    def _write_row(self, desk: Desk, member: Member, values: Mapping[str, str]) -> None:
        """What was changed of a member stands in its row."""
        assert self._pbx is not None
        member.written_at = math.inf
        work = self._update(desk, member, values)
        self._pbx.spawn(work, name=f"row of {member.interface}")

    async def _update(self, desk: Desk, member: Member, values: Mapping[str, str]) -> None:
        where = [Condition("queue_name", desk.queue.name)]
        where.append(Condition("interface", member.interface))
        try:
            await self._realtime.update(MEMBERS, where, values)
        except SqlError as error:
            told = (MEMBERS, member.interface, ", ".join(values), error)
            logger.warning("%s: %s: not written: %s: %s", *told)
        finally:
            member.written_at = asyncio.get_running_loop().time()
