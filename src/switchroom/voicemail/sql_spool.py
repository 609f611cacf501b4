"""Mailboxes in a table of a database, so that several systems share them.

While the database does not answer messages are kept as files in the same layout, and get into
the table as soon as it is back: nothing that was said is lost. What is played is fetched into the
mailbox's folder ``tmp`` meanwhile. As in :class:`~switchroom.voicemail.spool.Spool`, everything
blocks but :meth:`SqlSpool.known_counts`.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from switchroom.config.voicemail.mailboxes import Mailbox
from switchroom.storage.sql.errors import SqlError
from switchroom.storage.sql.source import Source
from switchroom.storage.whole_file import replace_file
from switchroom.voicemail.folders import FOLDERS, INBOX, OLD, URGENT
from switchroom.voicemail.message import Message
from switchroom.voicemail.spool import (
    Counts,
    MailboxFullError,
    NoMessageError,
    Spool,
    Stored,
)
from switchroom.voicemail.sql_table import MessageTable, TableFullError, Work

logger = logging.getLogger(__name__)

PATIENCE = 10.0  #: seconds that anything may take
FETCHED = "fetched-"  #: begins the names of what is in ``tmp`` to be played


class SqlSpool(Spool):
    """All mailboxes in one table.

    Args:
        root: Where files are kept while the database is away; names the folders in the table too.
        source: The database.
        table: Its table.
        suffix: Of the one format that recordings have there.
    """

    def __init__(self, root: Path, source: Source, table: MessageTable, suffix: str) -> None:
        super().__init__(root)
        self._source = source
        self._table = table
        self._suffix = suffix
        self._known: dict[str, int] = {}  #: messages by folder, when it was looked at last

    def is_of(self, source: Source, table: str, suffix: str) -> bool:
        """Whether it is the one of these settings: what it knows is worth keeping then."""
        return (self._source, self._table.name, self._suffix) == (source, table, suffix)

    def _run(self, work: Work, *, reads: bool = False) -> Any:
        return self._source.run_blocking(work, within=PATIENCE, reads=reads)

    def _dir(self, box: Mailbox, folder: str) -> str:
        """How a folder, or a greeting, is called in the table."""
        return str(self.folder(box, folder))

    # counting

    def look(self) -> None:
        """Count all messages of all mailboxes."""
        self._known = self._run(self._table.counts(), reads=True)

    def known_counts(self, box: Mailbox) -> Counts:
        """As of the last look."""
        return Counts(
            *(
                self._known.get(self._dir(box, folder), 0) + len(self._numbers(box, folder))
                for folder in (URGENT, INBOX, OLD)
            )
        )

    def counts(self, box: Mailbox) -> Counts:
        """See :class:`Spool`."""
        for folder in (URGENT, INBOX, OLD):
            self.messages(box, folder)
        return self.known_counts(box)

    def count(self, box: Mailbox, folder: str) -> int:
        """See :class:`Spool`."""
        return len(self.messages(box, folder))

    def messages(self, box: Mailbox, folder: str) -> list[Stored]:
        """See :class:`Spool`; while the database is away those that came meanwhile."""
        try:
            self.bring_in(box)
            found = self._run(self._table.messages(self._dir(box, folder)), reads=True)
        except SqlError as error:
            logger.warning("mailbox %s: %s", box.name, error)
            return super().messages(box, folder)
        self._known[self._dir(box, folder)] = len(found)
        return [Stored(folder, number, message) for number, message in found]

    def bring_in(self, box: Mailbox) -> None:
        """Let what was kept as files get into the table.

        Raises:
            SqlError: The database is away, still.
        """
        for folder in FOLDERS:
            for stored in super().messages(box, folder):
                # Where the database went away in the middle, it may be there already.
                work = self._table.recording(self._dir(box, folder), stored.message.id)
                if self._run(work, reads=True) is None:
                    sounds = super().sounds(box, stored)
                    content = self._chosen(sounds).read_bytes() if sounds else b""
                    self._insert(box, folder, stored.message, content)
                super().remove(box, stored)

    # messages

    def _chosen(self, sounds: Sequence[Path]) -> Path:
        """The sound that the table gets."""
        return next((each for each in sounds if each.suffix == self._suffix), sounds[0])

    def _insert(self, box: Mailbox, folder: str, message: Message, sound: bytes) -> int:
        owner = (box.context, box.number)
        work = self._table.insert(self._dir(box, folder), owner, message, sound)
        try:
            number: int = self._run(work)
        except TableFullError as error:
            raise MailboxFullError(str(error)) from error
        self._known[self._dir(box, folder)] = self._known.get(self._dir(box, folder), 0) + 1
        return number

    def add(self, box: Mailbox, folder: str, message: Message, sounds: Sequence[Path]) -> Stored:
        """See :class:`Spool`; into files while the database is away."""
        try:
            number = self._insert(box, folder, message, self._chosen(sounds).read_bytes())
        except SqlError as error:
            logger.warning("mailbox %s keeps a message as a file: %s", box.name, error)
            return super().add(box, folder, message, sounds)
        for each in sounds:
            each.unlink()
        return Stored(folder, number, message)

    def fetch(self, box: Mailbox, stored: Stored) -> Path:
        """See :class:`Spool`."""
        if self._is_file(box, stored):
            return super().fetch(box, stored)
        path = self.folder(box, "tmp") / f"{FETCHED}{stored.message.id}{self._suffix}"
        if not path.exists():
            work = self._table.recording(self._dir(box, stored.folder), stored.message.id)
            self._write(path, self._run(work, reads=True) or b"")
        return path.with_suffix("")

    def sounds(self, box: Mailbox, stored: Stored) -> list[Path]:
        """See :class:`Spool`; it is fetched first."""
        if self._is_file(box, stored):
            return super().sounds(box, stored)
        return [self.fetch(box, stored).with_suffix(self._suffix)]

    def forget_fetched(self, box: Mailbox) -> None:
        """See :class:`Spool`."""
        for path in self.folder(box, "tmp").glob(f"{FETCHED}*"):
            path.unlink(missing_ok=True)

    def _is_file(self, box: Mailbox, stored: Stored) -> bool:
        """Whether it still waits for the database."""
        now = self._read(box, stored.folder, stored.number)
        return now is not None and now.message.id == stored.message.id

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, content)  # somebody may play the one before just now

    def move(self, box: Mailbox, stored: Stored, folder: str) -> Stored:
        """See :class:`Spool`."""
        if self._is_file(box, stored):
            return super().move(box, stored, folder)
        here, there = self._dir(box, stored.folder), self._dir(box, folder)
        try:
            number = self._run(self._table.move(here, stored.message.id, there))
        except TableFullError as error:
            raise MailboxFullError(str(error)) from error
        if number is None:
            raise NoMessageError(f"there is no message {stored.message.id} in {here}")
        return Stored(folder, number, stored.message)

    def remove(self, box: Mailbox, stored: Stored) -> None:
        """See :class:`Spool`."""
        if self._is_file(box, stored):
            super().remove(box, stored)
            return
        where = self._dir(box, stored.folder)
        if not self._run(self._table.delete(where, stored.message.id)):
            raise NoMessageError(f"there is no message {stored.message.id} in {where}")

    def compact(self, box: Mailbox, folder: str) -> None:
        """See :class:`Spool`."""
        self._run(self._table.compact(self._dir(box, folder)))

    # greetings

    def greeting(self, box: Mailbox, kind: str) -> Path | None:
        """See :class:`Spool`; the last one that was fetched while the database is away."""
        path = self.folder(box, kind).with_suffix(self._suffix)
        try:
            content = self._run(self._table.recording(self._dir(box, kind)), reads=True)
        except SqlError as error:
            logger.warning("mailbox %s: %s", box.name, error)
            return super().greeting(box, kind)
        if content is None:
            path.unlink(missing_ok=True)
            return None
        if not path.exists() or path.read_bytes() != content:
            self._write(path, content)
        return path.with_suffix("")

    def set_greeting(self, box: Mailbox, kind: str, sounds: Sequence[Path]) -> None:
        """See :class:`Spool`."""
        owner, content = (box.context, box.number), self._chosen(sounds).read_bytes()
        self._run(self._table.set_greeting(self._dir(box, kind), owner, content))
        for each in sounds:
            each.unlink()

    def remove_greeting(self, box: Mailbox, kind: str) -> None:
        """See :class:`Spool`."""
        self._run(self._table.delete(self._dir(box, kind)))
        super().remove_greeting(box, kind)
