"""Plays a message to its owner, with what is known of it. No application itself."""

from __future__ import annotations

import logging

from switchroom.apps.voicemail.visit import Entry, Visit
from switchroom.base.errors import SoundNotFoundError
from switchroom.pbx.controlled_playback import Keys, Player
from switchroom.voicemail.message import Message

logger = logging.getLogger(__name__)


async def play_envelope_and_message(visit: Visit, entry: Entry, at: int) -> str:
    """Say which message it is, and what the owner wants to know of it, and play it.

    Returns:
        The key that ended it, or nothing.
    """
    visit.voice.tell("VOICEMAIL_PLAYBACK", ("MessageID", entry.stored.message.id))
    entry.is_heard = True
    names = _place(visit, entry, at)
    if visit.box.options.envelope:
        names += await envelope(visit, entry.stored.message)
    else:
        names += duration(visit, entry.stored.message)
    if key := await visit.voice.say(*names):
        return key
    return await play_message(visit, entry)


async def play_message(visit: Visit, entry: Entry) -> str:
    """Play its sound under the owner's control; gives the key that ended it, or nothing."""
    general = visit.voicemail.config.general
    keys = general.keys
    player = Player(
        visit.channel,
        await visit.voicemail.sound(visit.box, entry.stored),
        Keys(keys.forward, keys.reverse, keys.stop, keys.pause, keys.restart),
        general.skip,
    )
    try:
        return await player.run(0.0)
    except SoundNotFoundError as error:
        logger.warning("%s: %s", visit.channel.name, error)
        return ""


def _place(visit: Visit, entry: Entry, at: int) -> list[str]:
    """Which one it is: "first urgent message", "message 3"."""
    names: list[str] = []
    is_named = at in {0, len(visit.entries) - 1}
    if is_named:
        names.append("vm-first" if at == 0 else "vm-last")
    if entry.stored.message.is_urgent:
        names.append("vm-Urgent")
    names.append("vm-message")
    return names if is_named else [*names, *visit.voice.number(at + 1)]


async def envelope(visit: Visit, message: Message) -> list[str]:
    """The prompts of when it came, from whom, and how long it is, as far as its owner wants."""
    names = visit.voice.moment(visit.voicemail, visit.box, message.time)
    if visit.box.options.say_caller:
        names += await caller(visit, message)
    return names + duration(visit, message)


async def caller(visit: Visit, message: Message) -> list[str]:
    """The prompts of who left it: by the recorded name where it is a colleague."""
    number = message.caller_number
    if not number:
        return ["vm-unknown-caller"]
    general = visit.voicemail.config.general
    contexts = general.internal_contexts or (visit.box.context,)
    if message.context in contexts or not general.internal_contexts:
        for context in contexts:
            box = visit.voicemail.find(f"{number}@{context}")
            name = await visit.voicemail.greeting(box, "greet") if box is not None else None
            if name is not None:
                return ["vm-from", name]
            if box is not None:
                return ["vm-from-extension", *visit.voice.digits(number)]
    return ["vm-from-phonenumber", *visit.voice.digits(number)]


def duration(visit: Visit, message: Message) -> list[str]:
    """The prompts of its length; nothing for one that is too short to speak of."""
    options = visit.box.options
    minutes = message.duration // 60
    if not options.say_duration or minutes < options.duration_minutes:
        return []
    return ["vm-duration", *visit.voice.number(minutes), "vm-minutes"]
