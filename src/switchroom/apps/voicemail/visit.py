"""An owner's visit to a mailbox: the folder that is open, and what was done with its messages.

No application itself.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from switchroom.apps.voicemail.voice import Voice
from switchroom.config.voicemail.mailboxes import Mailbox
from switchroom.voicemail.folders import INBOX, OLD, URGENT
from switchroom.voicemail.service import Voicemail
from switchroom.voicemail.spool import MailboxFullError, NoMessageError, Spool, Stored

_NEW = (URGENT, INBOX)  #: what stands under "new": urgent messages come first


@dataclass(slots=True)
class Entry:
    """A message of the open folder."""

    stored: Stored
    is_heard: bool = False
    is_deleted: bool = False
    is_saved: bool = False  #: it went to another folder already, by its owner's wish


class Visit:
    """One owner in one mailbox.

    Args:
        voice: To the owner.
        voicemail: The node's.
        box: The mailbox.
        may_change: False: nothing of it is moved or deleted.
    """

    def __init__(
        self, voice: Voice, voicemail: Voicemail, box: Mailbox, *, may_change: bool = True
    ) -> None:
        self.voice = voice
        self.channel = voice.channel
        self.voicemail = voicemail
        self.box = box
        self.may_change = may_change
        self.folder = INBOX
        self.entries: list[Entry] = []
        self.at = -1  #: the current message; -1: none was heard yet

    @property
    def current(self) -> Entry | None:
        """The message that was heard last."""
        return self.entries[self.at] if 0 <= self.at < len(self.entries) else None

    async def open(self, folder: str) -> None:
        """Look into a folder; the one before must be closed."""
        self.folder = folder
        folders = _NEW if folder == INBOX else (folder,)
        spool = self.voicemail.spool
        found: list[Stored] = []
        for each in folders:
            found += await self.voicemail.work(self.box, spool.messages, self.box, each)
        self.entries = [Entry(stored) for stored in found]
        self.at = -1

    async def close(self) -> None:
        """Carry out what was decided of the open folder; safe when the call is over."""
        entries, self.entries, self.at = self.entries, [], -1
        self.voicemail.spool.forget_fetched(self.box)
        if not self.may_change:
            return
        work = self.channel.pbx.spawn(self._settle(entries), name=f"closing {self.box.name}")
        await asyncio.shield(work)

    async def _settle(self, entries: list[Entry]) -> None:
        moves_heard = self.box.options.move_heard and self.folder == INBOX
        if not any(e.is_deleted or (e.is_heard and moves_heard) for e in entries):
            return
        await self.voicemail.work(
            self.box, _settle, self.voicemail.spool, self.box, entries, moves_heard
        )
        await self.voicemail.changed(self.box)


def _settle(spool: Spool, box: Mailbox, entries: list[Entry], moves_heard: bool) -> None:  # noqa: FBT001  # one call, in a thread
    """Blocks."""
    folders = {entry.stored.folder for entry in entries}
    for entry in entries:
        try:
            if entry.is_deleted:
                if entry.is_saved:
                    spool.remove(box, entry.stored)
                else:
                    spool.discard(box, entry.stored)
            elif entry.is_heard and moves_heard:
                _make_room(spool, box)
                spool.move(box, entry.stored, OLD)
        except (NoMessageError, MailboxFullError):
            continue  # somebody else was quicker, or it stays where it is
    for folder in folders | {OLD}:
        spool.compact(box, folder)


def _make_room(spool: Spool, box: Mailbox) -> None:
    """The oldest of the heard messages give way to those that are heard now."""
    most = max(1, box.options.most)
    kept = spool.messages(box, OLD)
    for each in kept[: max(0, len(kept) - most + 1)]:
        spool.remove(box, each)
