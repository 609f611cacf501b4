"""VoiceMail(): leave a message in a mailbox.

Family: Voicemail
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from switchroom.apps.voicemail.leaving import Greeted, Leaving
from switchroom.apps.voicemail.voice import Voice
from switchroom.config.voicemail.mailboxes import Mailbox
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.voicemail.service import voicemail_of

logger = logging.getLogger(__name__)

_NO_WORD = "\0"  #: an option without a value where an empty value means something


@dataclass(frozen=True, slots=True)
class VoiceMailOptions:
    """Option letters of VoiceMail."""

    busy: bool = option("b", "Play the greeting for when the owner is on the phone.")
    unavailable: bool = option("u", "Play the greeting for when the owner is away.")
    escape_context: str = option(
        "d", "Keys lead to extensions of a context while the greeting plays.",
        default=_NO_WORD, bare="",
    )  # fmt: skip
    early: bool = option("e", "Play the greeting before the call is answered.")
    gain_db: float = option("g", "Make the recording louder by decibels.", default=0.0)
    skip: bool = option("s", "Leave the instructions out.")
    skip_if_recorded: bool = option("S", "Leave them out where the greeting was recorded.")
    beep: str = option(
        "t", "A sound instead of the beep; none: silence.", default="beep", bare=""
    )  # fmt: skip
    urgent: bool = option("U", "Mark the message as urgent.")
    priority: bool = option("P", "Mark the message as one with priority.")


@application("VoiceMail")
async def voice_mail(
    channel: Channel, mailboxes: str = "", options: VoiceMailOptions = VoiceMailOptions()
) -> None:
    """Play a greeting, and record a message into one or more mailboxes.

    Answers first. While the greeting plays ``#`` skips it, ``0`` goes to extension ``o`` and ``*``
    to extension ``a``, where there is one. A message is kept when its caller hangs up.

    Args:
        channel: The channel.
        mailboxes: ``100@default``, several joined by ``&``; the greeting is that of the first. The
            caller is asked for one where there is none.
        options: Option letters.

    Variables:
        VMSTATUS: SUCCESS, USEREXIT where the caller left it by a key, or FAILED.
        VM_CATEGORY: What is written as the message's category.

    Examples:
        exten => 100,1,Dial(PJSIP/alice,20)
         same => n,VoiceMail(100@default,${IF($["${DIALSTATUS}" = "BUSY"]?b:u)})
    """
    channel.set_variable("VMSTATUS", "FAILED")
    voice = Voice(channel, "VoiceMail")
    if not options.early:
        await channel.answer()
    if not mailboxes.strip():
        mailboxes = await voice.read("vm-whichbox")
    boxes = await _boxes(channel, mailboxes)
    if boxes:
        greeted = Greeted(
            kind="busy" if options.busy else "unavail" if options.unavailable else "",
            instructions=not options.skip,
            instructions_if_recorded=not options.skip_if_recorded,
            escape=None if options.escape_context == _NO_WORD else options.escape_context,
        )
        leaving = Leaving(voice, boxes, greeted)
        leaving.beep = options.beep
        leaving.gain_db = options.gain_db or boxes[0].options.gain_db
        leaving.flag = "Urgent" if options.urgent else "PRIORITY" if options.priority else ""
        await leaving.run()


async def _boxes(channel: Channel, names: str) -> list[Mailbox]:
    voicemail = voicemail_of(channel.pbx)
    found: list[Mailbox] = []
    for name in filter(None, (each.strip() for each in names.split("&"))):
        box = await voicemail.look_up(name)
        if box is None:
            logger.warning("%s: VoiceMail: there is no mailbox %r", channel.name, name)
            if not found:
                return []
        else:
            found.append(box)
    return found
