"""VM_INFO(), VMCOUNT(), MAILBOX_EXISTS(): what mailboxes are like.

Family: Voicemail
"""

from __future__ import annotations

import logging

from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.voicemail.folders import INBOX, find_folder
from switchroom.voicemail.service import Voicemail, voicemail_of

logger = logging.getLogger(__name__)


@function("VM_INFO")
async def vm_info(channel: Channel, mailbox: str, attribute: str, folder: str = INBOX) -> str:
    """One fact about a mailbox; nothing where there is no such mailbox.

    Args:
        channel: The channel.
        mailbox: ``100@default``.
        attribute: ``count`` of messages in a folder, ``email``, ``exists`` (1 or 0), ``fullname``,
            ``language``, ``locale``, ``pager``, ``password``, or ``tz``.
        folder: For ``count``: its name or number.

    Examples:
        Set(email=${VM_INFO(100@default,email)})
        Set(old=${VM_INFO(100@default,count,Old)})
    """
    voicemail = voicemail_of(channel.pbx)
    box = await voicemail.look_up(mailbox)
    word = attribute.strip().lower()
    if word == "exists":
        return "0" if box is None else "1"
    if box is None:
        return ""
    if word == "count":
        return str(await _count(voicemail, mailbox, folder))
    if word == "password":
        return await voicemail.password(box)
    facts = {
        "email": box.email,
        "pager": box.pager,
        "fullname": box.full_name,
        "language": box.options.language,
        "locale": box.options.locale,
        "tz": box.options.zone,
    }
    if word not in facts:
        logger.warning("%s: VM_INFO: there is no attribute %r", channel.name, attribute)
    return facts.get(word, "")


@function("VMCOUNT")
async def vmcount(channel: Channel, vmbox: str, folder: str = INBOX) -> str:
    """How many messages one or more mailboxes have in a folder.

    Args:
        channel: The channel.
        vmbox: ``100@default``, several joined by ``&``.
        folder: Its name or number; ``INBOX`` when empty.

    Examples:
        ExecIf($[${VMCOUNT(100@default&200@default)} > 0]?Playback(vm-youhave))
    """
    voicemail = voicemail_of(channel.pbx)
    return str(sum([await _count(voicemail, name, folder) for name in vmbox.split("&")]))


@function("MAILBOX_EXISTS")
async def mailbox_exists(channel: Channel, mailbox: str) -> str:
    """1 where there is a mailbox, 0 where not; newer dialplans ask VM_INFO(…,exists).

    Args:
        channel: The channel.
        mailbox: ``100@default``.

    Examples:
        ExecIf($[${MAILBOX_EXISTS(100@default)}]?VoiceMail(100@default))
    """
    found = await voicemail_of(channel.pbx).look_up(mailbox)
    return "0" if found is None else "1"


async def _count(voicemail: Voicemail, name: str, folder: str) -> int:
    """Messages in a folder; none where there is no such mailbox or folder."""
    box = await voicemail.look_up(name)
    found = find_folder(folder or INBOX)
    if found is None:
        return 0
    if box is None:
        new, old = voicemail.count(name)  # somebody else may keep it
        return {INBOX: new, "Old": old}.get(found, 0)
    return await voicemail.messages_in(box, found)
