"""An owner's greetings and password. No application itself."""

from __future__ import annotations

import asyncio
import logging

from switchroom.apps.voicemail.recording import Ending, Take, TakePlan
from switchroom.apps.voicemail.visit import Visit
from switchroom.pbx.channel import HangupError
from switchroom.voicemail.delivering import in_formats
from switchroom.voicemail.passwords import PasswordError

logger = logging.getLogger(__name__)

#: Which greeting a key records, and what is said before.
_GREETINGS = {
    "1": ("unavail", "vm-rec-unv"),
    "2": ("busy", "vm-rec-busy"),
    "3": ("greet", "vm-rec-name"),
}
_TRIES = 3


async def mailbox_menu(visit: Visit) -> None:
    """Greetings and password, until the owner has done enough."""
    while True:
        key = await visit.voice.choose(["vm-options"], "12345*#")
        if key in _GREETINGS:
            await record_greeting(visit, *_GREETINGS[key])
        elif key == "4":
            await _temporary(visit)
        elif key == "5":
            await change_password(visit)
        else:
            return


async def record_greeting(visit: Visit, kind: str, question: str) -> bool:
    """Record a greeting anew; gives whether there is a new one."""
    await visit.voice.say(question)
    longest = float(visit.voicemail.config.general.longest_greeting)
    take = Take(visit.voice, visit.voicemail, visit.box, TakePlan(longest=longest))
    try:
        ending = await take.run()
    except (asyncio.CancelledError, HangupError):  # the greeting before stays
        take.drop()
        raise
    if ending is not Ending.SAVED:
        take.drop()
        return False
    sounds = await asyncio.to_thread(in_formats, visit.voicemail, visit.box, take.path, 0.0)
    await visit.voicemail.work(
        visit.box, visit.voicemail.spool.set_greeting, visit.box, kind, sounds
    )
    return True


async def _temporary(visit: Visit) -> None:
    """The greeting that callers hear instead of the others."""
    spool = visit.voicemail.spool
    if await visit.voicemail.greeting(visit.box, "temp") is None:
        await record_greeting(visit, "temp", "vm-rec-temp")
        return
    key = await visit.voice.choose(["vm-tempgreeting2"], "12*")
    if key == "1":
        await record_greeting(visit, "temp", "vm-rec-temp")
    elif key == "2":
        await visit.voicemail.work(visit.box, spool.remove_greeting, visit.box, "temp")
        await visit.voice.say("vm-tempremoved", keys="")


async def change_password(visit: Visit) -> bool:
    """Ask for a new password, twice; gives whether it counts now."""
    voice, box, voicemail = visit.voice, visit.box, visit.voicemail
    prompts = voicemail.config.general.prompts
    if not box.may_change_password:
        await voice.say("vm-no", keys="")
        return False
    for _ in range(_TRIES):
        first = await voice.read(prompts["vm-newpassword"], leaves_by_star=True)
        if first in {"", "*"}:
            return False
        if not await voicemail.is_acceptable(box, first):
            await voice.say(prompts["vm-invalid-password"], keys="")
            continue
        if await voice.read(prompts["vm-reenterpassword"]) != first:
            await voice.say(prompts["vm-mismatch"], keys="")
            continue
        try:
            await voicemail.change_password(box, first)
        except PasswordError as error:
            logger.warning("mailbox %s keeps its password: %s", box.name, error)
            await voice.say(prompts["vm-pls-try-again"], keys="")
            return False
        await voice.say(prompts["vm-passchanged"], keys="")
        voice.tell("VOICEMAIL_PASSWORD_CHANGED", ("Mailbox", box.name))
        return True
    return False


async def set_up(visit: Visit) -> bool:
    """Lead a new owner, whose password is still the mailbox, through what is asked for.

    Returns:
        Whether the mailbox may be used: it was set up, or nothing was missing.
    """
    options, box = visit.box.options, visit.box
    if not (options.force_name or options.force_greetings):
        return True
    if await visit.voicemail.password(box) != box.number:
        return True
    await visit.voice.say(visit.voicemail.config.general.prompts["vm-newuser"], keys="")
    wanted = ["3"] * options.force_name + ["1", "2"] * options.force_greetings
    for key in wanted:
        kind, question = _GREETINGS[key]
        is_there = await visit.voicemail.greeting(box, kind) is not None
        if not is_there and not await record_greeting(visit, kind, question):
            return False
    # The password comes last: until it is another one, the next visit begins here again.
    return await change_password(visit)
