"""The mailboxes of a node at work: found by name, changed one at a time, told to who shows them."""

from __future__ import annotations

import asyncio
import logging
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import partial
from pathlib import Path
from typing import TypeVar, TypeVarTuple
from zoneinfo import ZoneInfo

from switchroom.config.voicemail.mailboxes import (
    DEFAULT_CONTEXT,
    GeneralVoicemail,
    Mailbox,
    VoicemailConfig,
)
from switchroom.config.voicemail.rows import FAMILY, mailbox_of_row
from switchroom.media.files.converting import suffix_of
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import DeviceKinds, DeviceState, DeviceStateChanged
from switchroom.pbx.states.mailboxes import MailboxChanged, Mailboxes
from switchroom.storage.realtime import Realtime
from switchroom.storage.sql.databases import Databases
from switchroom.storage.sql.errors import SqlError
from switchroom.storage.sql.statements import Condition
from switchroom.voicemail.external import ExternalMailboxes
from switchroom.voicemail.outbox import Outbox
from switchroom.voicemail.passwords import PasswordError, write_password
from switchroom.voicemail.sending import NotSentError, run_arguments
from switchroom.voicemail.spool import Counts, Spool, Stored
from switchroom.voicemail.sql_spool import SqlSpool
from switchroom.voicemail.sql_table import MessageTable

logger = logging.getLogger(__name__)

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

DEVICES = ("mwi", "voicemail")  #: kinds of devices that hints may name: ``MWI:100@default``


@dataclass(frozen=True, slots=True)
class PasswordChanged:
    """An owner has another password (AMI: VoicemailPasswordChange)."""

    context: str
    mailbox: str
    password: str


class Voicemail:
    """Voicemail of one node; :func:`voicemail_of` finds it.

    Args:
        pbx: The core.
    """

    def __init__(self, pbx: Pbx) -> None:
        self.pbx = pbx
        self.config = VoicemailConfig()
        self.spool = Spool(pbx.directories.astspooldir / "voicemail")
        self.outbox = Outbox(pbx.directories.astspooldir / "voicemail-mail")
        self.external = ExternalMailboxes(pbx.astdb)
        #: Called when something was put into the outbox.
        self.on_mail: Callable[[], None] = lambda: None
        self._locks: dict[str, asyncio.Lock] = {}
        self._passwords: dict[str, str] = {}  #: changed since the file was read
        self._told: dict[str, Counts] = {}
        mailboxes = pbx.datastore(Mailboxes)
        mailboxes.count, mailboxes.urgent = self.count, self.urgent
        for kind in DEVICES:
            pbx.datastore(DeviceKinds).setdefault(kind, self.device_state)

    def use(self, config: VoicemailConfig) -> None:
        """Go by another configuration from now on."""
        self.config = config
        self._passwords.clear()
        self.spool = self._spool_for(config.general)

    def _spool_for(self, general: GeneralVoicemail) -> Spool:
        """Where messages are kept: in a table of a database that is named, or in files."""
        root = self.spool.root
        if not general.database:
            return Spool(root)
        source = self.pbx.datastore(Databases).sources.get(general.database)
        if source is None:
            message = "no database is called %r (odbcstorage): voicemail is kept in files"
            logger.warning(message, general.database)
            return Spool(root)
        table, suffix = general.table, suffix_of(general.formats[0])
        if isinstance(self.spool, SqlSpool) and self.spool.is_of(source, table, suffix):
            return self.spool
        return SqlSpool(root, source, MessageTable(table), suffix)

    def find(self, name: str) -> Mailbox | None:
        """The mailbox of ``100@default``, ``100`` or an alias, as far as that is known."""
        found = self.config.find(name)
        if found is None and (wanted := self._conditions(name)):
            rows = self.pbx.datastore(Realtime).known(FAMILY, *wanted)
            found = mailbox_of_row(rows[0], self.config.defaults) if rows else None
        return found

    async def look_up(self, name: str) -> Mailbox | None:
        """The same, a database asked where the mailbox may stand in one."""
        if self.config.find(name) is None and (wanted := self._conditions(name)):
            await self.pbx.datastore(Realtime).find(FAMILY, *wanted)
        return self.find(name)

    async def people(self, context: str) -> list[Mailbox]:
        """All mailboxes of a context, a database asked where some stand in one."""
        realtime = self.pbx.datastore(Realtime)
        if realtime.is_mapped(FAMILY):
            await realtime.find(FAMILY, Condition("context", context))
        return list(self.boxes(context))

    def _conditions(self, name: str) -> list[Condition]:
        """Which row a mailbox is; none where they stand in no database."""
        number, _, context = name.strip().partition("@")
        if not number or not self.pbx.datastore(Realtime).is_mapped(FAMILY):
            return []
        wanted = [Condition("mailbox", number)]
        if context or not self.config.general.searches_contexts:
            wanted.append(Condition("context", context or DEFAULT_CONTEXT))
        return wanted

    def zone_of(self, box: Mailbox) -> tuple[tzinfo | None, str]:
        """The time zone of a mailbox, None for the machine's, and how a moment is said there."""
        name = box.options.zone
        if (zone := self.config.zones.get(name)) is not None:
            return ZoneInfo(zone.timezone), zone.layout
        try:
            return (ZoneInfo(name) if name else None), ""
        except (KeyError, ValueError, OSError):  # not there; not a name; a folder
            logger.warning("mailbox %s: there is no time zone %r", box.name, name)
            return None, ""

    # counts

    def counts(self, name: str) -> Counts:
        """How many messages a mailbox has; none where there is no such mailbox."""
        box = self.find(name)
        if box is not None:
            return self.spool.known_counts(box)
        new, old = self.external.counts.get(_whole(name), (0, 0))
        return Counts(0, new, old)

    def count(self, name: str) -> tuple[int, int]:
        """New and old messages, urgent ones among the new."""
        found = self.counts(name)
        return found.urgent + found.new, found.old

    def urgent(self, name: str) -> int:
        """Urgent messages."""
        return self.counts(name).urgent

    def device_state(self, name: str) -> DeviceState:
        """In use while new messages wait."""
        box = self.find(name)
        if box is None and _whole(name) not in self.external.counts:
            return DeviceState.INVALID
        return DeviceState.INUSE if self.count(name)[0] else DeviceState.NOT_INUSE

    # changing

    async def work(self, box: Mailbox, function: Callable[[*Ts], T], *arguments: *Ts) -> T:
        """Do something that blocks with a mailbox, when nobody else does.

        Where the caller is cancelled meanwhile it goes on, and others wait for its end.
        """
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        work = self._in_turn(box.name, done, partial(function, *arguments))
        self.pbx.spawn(work, name=f"mailbox {box.name}")
        return await done

    async def _in_turn(self, name: str, done: asyncio.Future[T], function: Callable[[], T]) -> None:
        lock = self._locks.setdefault(name, asyncio.Lock())
        try:
            async with lock:
                result = await asyncio.to_thread(function)
        except Exception as error:
            if done.done():
                raise  # nobody waits for it any more: the log is told
            done.set_exception(error)
        else:
            if not done.done():
                done.set_result(result)
        finally:
            if not done.done():
                done.cancel()

    async def greeting(self, box: Mailbox, kind: str) -> str | None:
        """A greeting as it is played; None where it was not recorded."""
        found = await asyncio.to_thread(self.spool.greeting, box, kind)
        return None if found is None else str(found)

    async def sound(self, box: Mailbox, stored: Stored) -> str:
        """A message as it is played."""
        try:
            return str(await asyncio.to_thread(self.spool.fetch, box, stored))
        except SqlError as error:
            logger.warning("mailbox %s: %s", box.name, error)
            return str(self.spool.sound(box, stored))  # where there is nothing to be played

    async def messages_in(self, box: Mailbox, folder: str) -> int:
        """How many messages a folder has."""
        return await asyncio.to_thread(self.spool.count, box, folder)

    async def refresh(self, box: Mailbox, *, tells: bool = False) -> None:
        """Look at a mailbox, and tell of it what is new.

        Args:
            box: It.
            tells: Tell it where nobody looked before too.
        """
        counts = await asyncio.to_thread(self.spool.counts, box)
        self._tell_if_new(box, counts, tells=tells)

    def _tell_if_new(self, box: Mailbox, counts: Counts, *, tells: bool) -> None:
        before = self._told.get(box.name)
        self._told[box.name] = counts
        if counts != before and (before is not None or tells):
            self.tell(box.name, counts)

    async def changed(self, box: Mailbox) -> None:
        """Messages of a mailbox came, went or were moved: tell it."""
        counts = await asyncio.to_thread(self.spool.counts, box)
        self._told[box.name] = counts
        self.tell(box.name, counts)
        command = self.config.general.notify_command
        if command:
            arguments = (box.context, box.number, counts.new, counts.old, counts.urgent)
            self.pbx.spawn(self._notify(command, *map(str, arguments)), name="externnotify")

    def tell(self, name: str, counts: Counts) -> None:
        """Let lamps show a mailbox's counts."""
        events, new = self.pbx.events, counts.new + counts.urgent
        if events.wants(MailboxChanged):
            events.publish(MailboxChanged(name, new, counts.old))
        if events.wants(DeviceStateChanged):
            state = DeviceState.INUSE if new else DeviceState.NOT_INUSE
            events.publish(DeviceStateChanged(f"MWI:{name}", state))

    async def set_external(self, name: str, counts: tuple[int, int] | None) -> None:
        """Take up the counts of a mailbox that somebody else keeps; None: it is gone."""
        if counts is None:
            await self.external.delete(name)
        else:
            await self.external.update(name, *counts)
        self.tell(_whole(name), Counts(0, *(counts or (0, 0))))

    async def look_at_all(self) -> None:
        """Look at all mailboxes, for what other programs and systems did."""
        if isinstance(self.spool, SqlSpool):
            await asyncio.to_thread(self._look)
            for box in list(self.boxes()):
                self._tell_if_new(box, self.spool.known_counts(box), tells=False)
        elif self.config.general.polls:
            for box in list(self.boxes()):
                await self.refresh(box)

    def _look(self) -> None:
        assert isinstance(self.spool, SqlSpool)
        try:
            self.spool.look()
        except SqlError as error:
            logger.warning("voicemail: %s", error)

    async def _notify(self, command: str, *arguments: str) -> None:
        try:
            code, _ = await run_arguments([*shlex.split(command), *arguments])
        except (NotSentError, ValueError) as error:
            logger.warning("voicemail: %s", error)
            return
        if code:
            logger.warning("voicemail: %r ends with %d", command, code)

    def boxes(self, context: str = "", number: str = "") -> Iterator[Mailbox]:
        """All mailboxes, or those of a context, or of a number."""
        rows = self.pbx.datastore(Realtime).known(FAMILY)
        known = (mailbox_of_row(row, self.config.defaults) for row in rows)
        for box in (*self.config.boxes.values(), *(each for each in known if each is not None)):
            if context in {"", box.context} and number in {"", box.number}:
                yield box

    # passwords

    async def password(self, box: Mailbox) -> str:
        """The password that counts now."""
        if box.options.password_in_spool:
            kept = await asyncio.to_thread(self.spool.password, box)
            return box.password if kept is None else kept
        if box.column:
            now = await self.look_up(box.name)
            return box.password if now is None else now.password
        return self._passwords.get(box.name, box.password)

    async def is_acceptable(self, box: Mailbox, password: str) -> bool:
        """Whether a password may be chosen: long enough, and good in the eyes of a command."""
        general = self.config.general
        if len(password) < max(1, general.shortest_password) or not password.isdigit():
            return False
        if not general.check_command:
            return True
        before = (await self.password(box)) or '""'
        arguments = [*shlex.split(general.check_command), box.number, box.context, before, password]
        try:
            _, output = await run_arguments(arguments)
        except NotSentError as error:
            logger.warning("voicemail: %s", error)
            return False
        return output.strip().upper().startswith(b"VALID")

    async def change_password(self, box: Mailbox, password: str) -> None:
        """Give a mailbox another password, which is kept where the configuration says.

        Raises:
            PasswordError: It cannot be kept; the old one counts.
        """
        general, arguments = self.config.general, (box.context, box.number, password)
        if general.change_command:
            code, _ = await self._run(general.change_command, *arguments)
            if code:
                raise PasswordError(f"externpass ends with {code}")
            self._passwords[box.name] = password
        elif box.options.password_in_spool:
            await self.work(box, self.spool.set_password, box, password)
        elif box.column:
            await self._store_password(box, password)
        else:
            now = replace(box, password=await self.password(box))
            await self.work(box, write_password, Path(box.path), now, password)
            self._passwords[box.name] = password
        if general.changed_command:
            await self._notify(general.changed_command, *arguments)
        if self.pbx.events.wants(PasswordChanged):
            self.pbx.events.publish(PasswordChanged(*arguments))

    async def _store_password(self, box: Mailbox, password: str) -> None:
        wanted = self._conditions(box.name)
        try:
            await self.pbx.datastore(Realtime).update(FAMILY, wanted, {box.column: password})
        except SqlError as error:
            raise PasswordError(str(error)) from error

    async def _run(self, command: str, *arguments: str) -> tuple[int, bytes]:
        try:
            return await run_arguments([*shlex.split(command), *arguments])
        except (NotSentError, ValueError) as error:
            raise PasswordError(str(error)) from error


class _Holder:
    """Keeps the one of a core."""

    def __init__(self) -> None:
        self.voicemail: Voicemail | None = None


def voicemail_of(pbx: Pbx) -> Voicemail:
    """Voicemail of a core, made when it is first asked for."""
    holder = pbx.datastore(_Holder)
    if holder.voicemail is None:
        holder.voicemail = Voicemail(pbx)
    return holder.voicemail


def _whole(name: str) -> str:
    return name if "@" in name else f"{name}@default"
