"""Moves, copies and removes messages for administrators: by mailbox, folder and id."""

from __future__ import annotations

from switchroom.base.errors import SwitchroomError
from switchroom.config.voicemail.mailboxes import Mailbox
from switchroom.voicemail.delivering import copy_message
from switchroom.voicemail.folders import find_folder
from switchroom.voicemail.service import Voicemail
from switchroom.voicemail.spool import Stored


class NoMailboxError(SwitchroomError):
    """There is no such mailbox, or no such folder."""


class NotCopiedError(SwitchroomError):
    """There is no room for a message."""


def mailbox_of(voicemail: Voicemail, context: str, number: str) -> Mailbox:
    """A mailbox by its context and number.

    Raises:
        NoMailboxError: There is none.
    """
    box = voicemail.find(f"{number}@{context}")
    if box is None:
        raise NoMailboxError(f"Can't find voicemail user {number}@{context}")
    return box


def folder_of(name: str) -> str:
    """A folder by its name.

    Raises:
        NoMailboxError: There is none.
    """
    folder = find_folder(name)
    if folder is None:
        raise NoMailboxError(f"There is no folder {name!r}")
    return folder


async def find_message(voicemail: Voicemail, box: Mailbox, folder: str, message_id: str) -> Stored:
    """A message by its id.

    Raises:
        NoMessageError: It is not in that folder.
    """
    return await voicemail.work(box, voicemail.spool.find, box, folder, message_id)


async def move_message(
    voicemail: Voicemail, box: Mailbox, folder: str, message_id: str, to: str
) -> None:
    """Move a message to another folder.

    Raises:
        NoMessageError: It is not in that folder.
        MailboxFullError: There is no room.
    """
    stored = await find_message(voicemail, box, folder, message_id)
    if folder != to:
        await voicemail.work(box, voicemail.spool.move, box, stored, to)
        await _tidy(voicemail, box, folder)


async def remove_message(voicemail: Voicemail, box: Mailbox, folder: str, message_id: str) -> None:
    """Remove a message.

    Raises:
        NoMessageError: It is not in that folder.
    """
    stored = await find_message(voicemail, box, folder, message_id)
    await voicemail.work(box, voicemail.spool.discard, box, stored)
    await _tidy(voicemail, box, folder)


async def forward_message(  # from where, to where
    voicemail: Voicemail, box: Mailbox, folder: str, message_id: str, to: Mailbox, to_folder: str
) -> None:
    """Put a copy of a message into another mailbox.

    Raises:
        NoMessageError: It is not in that folder.
        NotCopiedError: There is no room.
    """
    stored = await find_message(voicemail, box, folder, message_id)
    if await copy_message(voicemail, box, stored, to, to_folder) is None:
        raise NotCopiedError(f"no room for a message in {to.name}/{to_folder}")
    await voicemail.changed(to)


async def _tidy(voicemail: Voicemail, box: Mailbox, folder: str) -> None:
    await voicemail.work(box, voicemail.spool.compact, box, folder)
    await voicemail.changed(box)
