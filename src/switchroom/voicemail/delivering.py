"""From a recording to messages in mailboxes, and to e-mail that tells of them."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from switchroom.base.errors import MediaError, SwitchroomError
from switchroom.config.voicemail.mailboxes import Mailbox
from switchroom.media.files.converting import convert_sound, suffix_of
from switchroom.pbx.outsider import outsider
from switchroom.storage.sql.errors import SqlError
from switchroom.voicemail.email import (
    Attachment,
    Letter,
    build_email,
    email_letter,
    letter_variables,
    pager_letter,
)
from switchroom.voicemail.folders import INBOX
from switchroom.voicemail.message import Message
from switchroom.voicemail.service import Voicemail
from switchroom.voicemail.spool import MailboxFullError, Stored, fresh_id

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded for a mailbox, in its folder for that."""

    path: Path
    seconds: float
    gain_db: float = 0.0  #: that it is made louder by


async def deliver(
    voicemail: Voicemail,
    recorded: Recorded,
    message: Message,
    boxes: Sequence[Mailbox],
    folder: str = INBOX,
) -> bool:
    """Put a recording into mailboxes, the first of which it was made in; all of them are told.

    Returns:
        Whether the first one has it: it is on the disk then.
    """
    first, *others = boxes
    sounds = await asyncio.to_thread(in_formats, voicemail, first, recorded.path, recorded.gain_db)
    try:
        stored = await voicemail.work(first, voicemail.spool.add, first, folder, message, sounds)
    except (MailboxFullError, OSError):
        logger.exception("a message for %s is lost", first.name)
        for sound in sounds:
            sound.unlink(missing_ok=True)
        return False
    logger.info("%s: a message of %d s from %s", first.name, message.duration, message.caller)
    copies = [(box, await copy_message(voicemail, first, stored, box, folder)) for box in others]
    for box, each in [(first, stored), *copies]:
        if each is not None:
            await announce(voicemail, box, each)
    return True


async def copy_message(  # from where, to where
    voicemail: Voicemail,
    box: Mailbox,
    stored: Stored,
    to: Mailbox,
    folder: str,
    *,
    keeps_id: bool = False,
) -> Stored | None:
    """Put a message into another mailbox or folder too; None where it cannot be, which is logged.

    Args:
        voicemail: The node's.
        box: Where it is.
        stored: It.
        to: Who gets it.
        folder: Where to.
        keeps_id: It is the same message, which leaves its old place later.
    """
    spool = voicemail.spool
    if await asyncio.to_thread(spool.count, to, folder) >= max(1, to.options.most):
        logger.warning("a message for %s is not copied: its folder is full", to.name)
        return None
    try:
        message = stored.message
        if not keeps_id:
            message = replace(message, id=fresh_id(message.time))
        return await voicemail.work(to, spool.copy, box, stored, to, folder, message)
    except (MailboxFullError, SqlError, OSError):
        logger.exception("a message for %s is not copied", to.name)
        return None


def in_formats(voicemail: Voicemail, box: Mailbox, source: Path, gain_db: float) -> list[Path]:
    """A recording in all formats of the configuration; what cannot be written is left out. Blocks.

    The recording itself goes, unless it is what is left.
    """
    found: list[Path] = []
    formats = dict.fromkeys(map(suffix_of, voicemail.config.general.formats))
    for suffix in formats:
        if suffix == source.suffix and not gain_db:
            found.append(source)
            continue
        target = voicemail.spool.temporary(box, suffix)
        try:
            convert_sound(source, target, gain_db=gain_db)
            found.append(target)
        except (MediaError, OSError) as error:  # what was recorded is kept as it is, if need be
            target.unlink(missing_ok=True)
            logger.warning("mailbox %s: %s", box.name, error)
    if found and source not in found:
        source.unlink()
    return found or [source]


async def announce(voicemail: Voicemail, box: Mailbox, stored: Stored) -> None:
    """Tell of a new message: e-mail that is on the disk when this returns, and lamps.

    Lamps show it whatever becomes of the e-mail.
    """
    try:
        sent = await _write_letters(voicemail, box, stored)
        if sent and box.options.delete:
            await voicemail.work(box, voicemail.spool.discard, box, stored)
    except (OSError, ValueError, SwitchroomError):
        logger.exception("mailbox %s: the e-mail of a message goes wrong", box.name)
    await voicemail.changed(box)


async def _write_letters(voicemail: Voicemail, box: Mailbox, stored: Stored) -> bool:
    general = voicemail.config.general
    letters = []
    if box.email:
        sound = await asyncio.to_thread(_attachment, voicemail, box, stored)
        letters.append((email_letter(box, general), general.email_date, sound))
    if box.pager:
        letters.append((pager_letter(box, general), general.pager_date, None))
    host = socket.gethostname()
    for letter, layout, attachment in letters:
        zone, _ = voicemail.zone_of(box)
        variables = letter_variables(box, stored.message, stored.number, layout, zone)
        mail = build_email(
            await filled_in(voicemail, letter, variables),
            box,
            stored.message,
            charset=general.charset,
            host=host,
            attachment=attachment,
        )
        server = box.options.server_email
        sender = server if "@" in server else f"{server}@{host}"
        await asyncio.to_thread(
            voicemail.outbox.put, voicemail.pbx.now(), sender, [letter.to], mail.as_bytes()
        )
    if letters:
        voicemail.on_mail()
    return bool(box.email)


def _attachment(voicemail: Voicemail, box: Mailbox, stored: Stored) -> Attachment | None:
    if not box.options.attach:
        return None
    sounds = voicemail.spool.sounds(box, stored)
    wanted = suffix_of(box.options.attach_format or voicemail.config.general.formats[0])
    sound = next((each for each in sounds if each.suffix == wanted), None)
    sound = sound or (sounds[0] if sounds else None)
    return None if sound is None else Attachment(sound.name, sound.read_bytes())


async def filled_in(voicemail: Voicemail, letter: Letter, variables: Mapping[str, str]) -> Letter:
    """The texts with their variables and expressions replaced."""
    channel = outsider(voicemail.pbx, "voicemail")
    channel.variables.update(variables)
    substitute = voicemail.pbx.dialplan.substitute
    subject, body = [await substitute(channel, text) for text in (letter.subject, letter.body)]
    return replace(letter, subject=subject, body=body)
