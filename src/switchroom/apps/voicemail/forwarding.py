"""Sends a message on, with something said in front or not. No application itself."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

from switchroom.apps.voicemail.directory_search import DirectoryPlan, Search
from switchroom.apps.voicemail.leaving import Greeted, Leaving
from switchroom.apps.voicemail.recording import Ending, Take, TakePlan
from switchroom.apps.voicemail.visit import Visit
from switchroom.base.errors import MediaError
from switchroom.config.voicemail.mailboxes import Mailbox
from switchroom.media.files.converting import convert_sound
from switchroom.media.files.editing import append_file
from switchroom.pbx.channel import HangupError
from switchroom.voicemail.delivering import Recorded, announce, copy_message, deliver
from switchroom.voicemail.folders import INBOX, URGENT
from switchroom.voicemail.spool import Stored, fresh_id

logger = logging.getLogger(__name__)

_TRIES = 3


async def forward(visit: Visit, stored: Stored) -> str:
    """Forward a message; gives the key that was pressed at the end, or nothing."""
    boxes = await ask_for_boxes(visit)
    if not boxes:
        return ""
    key = await visit.voice.choose(["vm-forwardoptions"], "12*")
    if key == "1":
        if not await _with_introduction(visit, stored, boxes):
            return ""
    elif key == "2":
        for box in boxes:
            folder = _folder_of(visit, stored)
            copied = await copy_message(visit.voicemail, visit.box, stored, box, folder)
            if copied is not None:
                await announce(visit.voicemail, box, copied)
    else:
        return ""
    visit.voice.tell("VOICEMAIL_FORWARDED")
    return await visit.voice.say("vm-msgforwarded")


async def leave_for_others(visit: Visit, gain_db: float) -> str:
    """Record a new message for other mailboxes."""
    boxes = await ask_for_boxes(visit)
    if not boxes:
        return ""
    leaving = Leaving(visit.voice, boxes, Greeted())
    leaving.is_reply, leaving.gain_db = True, gain_db
    await leaving.run()
    return ""


async def ask_for_boxes(visit: Visit) -> list[Mailbox]:
    """Who is to get it; nobody where the owner thinks better of it."""
    found: list[Mailbox] = []
    for _ in range(_TRIES):
        box = await _ask_for_box(visit)
        if box is None:
            await visit.voice.say("pbx-invalid", keys="")
            continue
        found.append(box)
        key = await visit.voice.choose(["vm-forward-multiple"], "12*", tries=1)
        if key == "*":
            return []
        if key != "2":
            break
    return found


async def _ask_for_box(visit: Visit) -> Mailbox | None:
    by_directory = visit.voicemail.config.general.uses_directory
    if by_directory and await visit.voice.choose(["vm-forward"], "12", tries=1) == "2":
        search = Search(visit.voice, DirectoryPlan(visit.box.context))
        return await search.run()
    keyed = await visit.voice.read("vm-extension", "vm-then-pound", leaves_by_star=True)
    if keyed in {"", "*"}:
        return None
    box = await visit.voicemail.look_up(f"{keyed}@{visit.box.context}")
    return box or await visit.voicemail.look_up(keyed)


async def _with_introduction(visit: Visit, stored: Stored, boxes: list[Mailbox]) -> bool:
    """Record what is to be heard before the message; gives whether it was sent."""
    voice, voicemail = visit.voice, visit.voicemail
    await voice.say("vm-record-prepend")
    unended = voicemail.config.general.prompts["vm-prepend-timeout"]
    take = Take(voice, voicemail, visit.box, TakePlan(unended=unended))
    try:
        ending = await take.run()
    except (asyncio.CancelledError, HangupError):
        take.drop()
        raise
    if ending is not Ending.SAVED:
        take.drop()
        return False
    sounds = await asyncio.to_thread(voicemail.spool.sounds, visit.box, stored)
    try:
        whole = await asyncio.to_thread(_append, visit, take, sounds[0])
    except (MediaError, OSError, IndexError) as error:
        logger.warning("%s: the message is not forwarded: %s", visit.channel.name, error)
        take.drop()
        return False
    message = replace(
        stored.message,
        id=fresh_id(stored.message.time),
        duration=stored.message.duration + round(take.seconds),
    )
    return await deliver(voicemail, whole, message, boxes, _folder_of(visit, stored))


def _folder_of(visit: Visit, stored: Stored) -> str:
    """Where a message goes in the mailbox of who gets it."""
    keeps = visit.voicemail.config.general.forwards_urgent
    return URGENT if keeps and stored.message.is_urgent else INBOX


def _append(visit: Visit, take: Take, sound: Path) -> Recorded:
    """Put a copy of the message behind what was said. Blocks."""
    more = visit.voicemail.spool.temporary(visit.box, take.path.suffix)
    convert_sound(sound, more)
    append_file(take.path, more)
    return Recorded(take.path, take.seconds)
