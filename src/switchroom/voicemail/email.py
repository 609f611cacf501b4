"""The e-mail that tells of a message: its words and its MIME parts. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from switchroom.base.localized_time import localized_time
from switchroom.config.voicemail.mailboxes import GeneralVoicemail, Mailbox
from switchroom.voicemail.message import Message, one_line

if TYPE_CHECKING:
    from email.headerregistry import Address
    from email.message import EmailMessage

UNKNOWN = "an unknown caller"
_ESCAPES = {"n": "\n", "r": "", "t": "\t", "\\": "\\"}

SUBJECT = "New message ${VM_MSGNUM} in mailbox ${VM_MAILBOX}"
TAG = "[PBX]: "
BODY = (
    "Hello ${VM_NAME},\n\n${VM_CALLERID} left a message of ${VM_DUR} minutes in your mailbox"
    " ${VM_MAILBOX} on ${VM_DATE}.\nIt is message number ${VM_MSGNUM}.\n"
)
PAGER_SUBJECT = "New VM"
PAGER_BODY = "New message of ${VM_DUR} in box ${VM_MAILBOX}\nfrom ${VM_CALLERID}, on ${VM_DATE}"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A sound in an e-mail."""

    name: str  #: ``msg0000.wav``
    content: bytes

    @property
    def subtype(self) -> str:
        """Of ``audio/…``."""
        return f"x-{self.name.rpartition('.')[2].lower()}"


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail's texts, in which variables are not replaced yet."""

    to: str
    sender: str
    subject: str
    body: str


def unescape(text: str) -> str:
    r"""Replace ``\n``, ``\r`` and ``\t`` as they are written in configuration files."""
    return re.sub(r"\\([nrt\\])", lambda match: _ESCAPES[match[1]], text)


def email_letter(box: Mailbox, general: GeneralVoicemail) -> Letter:
    """What is sent to a mailbox's ``email``."""
    options = box.options
    subject = options.email_subject or ("" if general.without_tag else TAG) + SUBJECT
    body = unescape(options.email_body) if options.email_body else BODY
    return Letter(box.email, options.from_string, subject, body)


def pager_letter(box: Mailbox, general: GeneralVoicemail) -> Letter:
    """What is sent to a mailbox's ``pager``: the same in short, without the sound."""
    body = unescape(general.pager_body) if general.pager_body else PAGER_BODY
    return Letter(box.pager, general.pager_from, general.pager_subject or PAGER_SUBJECT, body)


def letter_variables(
    box: Mailbox, message: Message, number: int, layout: str, zone: tzinfo | None
) -> Mapping[str, str]:
    """What the texts may name.

    Args:
        box: Where the message is.
        message: It.
        number: Its number in its folder, counted from 0.
        layout: Of the date.
        zone: The owner's; None: the machine's.
    """
    when = datetime.fromtimestamp(message.time, zone)
    if zone is None:
        when = when.astimezone()
    name, caller_number = message.caller_name, message.caller_number
    return {
        "VM_NAME": box.full_name,
        "VM_DUR": f"{message.duration // 60}:{message.duration % 60:02}",
        "VM_MSGNUM": str(number + 1),
        "VM_CONTEXT": box.context,
        "VM_MAILBOX": box.number,
        "VM_CALLERID": message.caller or UNKNOWN,
        "VM_CIDNAME": name or UNKNOWN,
        "VM_CIDNUM": caller_number or UNKNOWN,
        "VM_DATE": localized_time(when, layout, box.options.locale),
        "VM_CATEGORY": message.category or "no category",
        "VM_FLAG": message.flag,
        "VM_MESSAGEFILE": f"msg{number:04}",
    }


def build_email(
    letter: Letter,
    box: Mailbox,
    message: Message,
    *,
    charset: str,
    host: str,
    attachment: Attachment | None = None,
) -> EmailMessage:
    """Make the e-mail.

    Args:
        letter: With its variables replaced.
        box: Whose.
        message: What it tells of.
        charset: Of the text; UTF-8 where it cannot say all of it.
        host: Put behind a sender that has none.
        attachment: The sound.
    """
    from email.message import EmailMessage  # with the first mail: nodes start without it
    from email.policy import SMTP

    mail = EmailMessage(policy=SMTP)
    server = box.options.server_email
    server = server if "@" in server else f"{server}@{host}"
    mail["From"] = _address(letter.sender or "Asterisk PBX", server)
    mail["To"] = _address(box.full_name, letter.to)
    mail["Subject"] = one_line(letter.subject)
    mail["Date"] = datetime.fromtimestamp(message.time).astimezone()
    mail["Message-ID"] = f"<voicemail.{message.id}.{box.number}@{host}>"
    mail["X-Asterisk-CallerID"] = one_line(message.caller_number)
    mail["X-Asterisk-CallerIDName"] = one_line(message.caller_name)
    mail.set_content(letter.body, charset=_fitting(letter.body, charset))
    if attachment is not None:
        mail.add_attachment(
            attachment.content,
            maintype="audio",
            subtype=attachment.subtype,
            filename=attachment.name,
        )
    return mail


def _fitting(text: str, charset: str) -> str:
    try:
        text.encode(charset)
    except (LookupError, UnicodeError):
        return "utf-8"
    return charset


def _address(name: str, address: str) -> Address | str:
    """A name with its address; the address alone where it is none that has a form."""
    from email.errors import MessageError
    from email.headerregistry import Address

    try:
        return Address(display_name=one_line(name), addr_spec=one_line(address).strip())
    except (MessageError, ValueError, IndexError):
        return one_line(address).strip()
