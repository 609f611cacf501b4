"""VoiceMailPlayMsg(), VMSayName(), MailboxExists(): single things about mailboxes.

Family: Voicemail
"""

from __future__ import annotations

from switchroom.apps.voicemail.playing import play_envelope_and_message
from switchroom.apps.voicemail.visit import Entry, Visit
from switchroom.apps.voicemail.voice import Voice
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.voicemail.folders import FOLDERS
from switchroom.voicemail.service import voicemail_of
from switchroom.voicemail.spool import NoMessageError


@application("VoiceMailPlayMsg")
async def voice_mail_play_msg(channel: Channel, mailbox: str, msg_id: str) -> None:
    """Play one message by its id, wherever in the mailbox it is.

    Answers first.

    Args:
        channel: The channel.
        mailbox: ``100@default``.
        msg_id: As in the message's file, and as AMI tells it.

    Variables:
        VOICEMAIL_PLAYBACKSTATUS: SUCCESS or FAILED.

    Examples:
        VoiceMailPlayMsg(100@default,1609459200-00000000)
    """
    channel.set_variable("VOICEMAIL_PLAYBACKSTATUS", "FAILED")
    voicemail = voicemail_of(channel.pbx)
    box = await voicemail.look_up(mailbox)
    if box is None:
        return
    for folder in FOLDERS:
        try:
            stored = await voicemail.work(box, voicemail.spool.find, box, folder, msg_id.strip())
        except NoMessageError:
            continue
        await channel.answer()
        visit = Visit(Voice(channel, "VoiceMailPlayMsg"), voicemail, box, may_change=False)
        visit.entries = [Entry(stored)]
        await play_envelope_and_message(visit, visit.entries[0], 0)
        channel.set_variable("VOICEMAIL_PLAYBACKSTATUS", "SUCCESS")
        return


@application("VMSayName")
async def vm_say_name(channel: Channel, mailbox: str) -> None:
    """Say the name that the owner of a mailbox recorded, or the mailbox digit by digit.

    Does not answer.

    Args:
        channel: The channel.
        mailbox: ``100@default``.

    Examples:
        VMSayName(100@default)
    """
    voicemail = voicemail_of(channel.pbx)
    box = await voicemail.look_up(mailbox)
    voice = Voice(channel, "VMSayName")
    number = mailbox.partition("@")[0]
    names = voice.digits(number) if box is None else await voice.name_of(voicemail, box)
    await voice.say(*names, keys="")


@application("MailboxExists")
async def mailbox_exists(channel: Channel, mailbox: str, options: str = "") -> None:
    """Look whether there is a mailbox; newer dialplans ask VM_INFO(…,exists).

    Args:
        channel: The channel.
        mailbox: ``100@default``.
        options: Had a meaning once.

    Variables:
        VMBOXEXISTSSTATUS: SUCCESS or FAILED.

    Examples:
        MailboxExists(100@default)
    """
    found = await voicemail_of(channel.pbx).look_up(mailbox)
    channel.set_variable("VMBOXEXISTSSTATUS", "FAILED" if found is None else "SUCCESS")
