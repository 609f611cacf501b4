"""Accounts of MiniVM: mailboxes that are no more than an address, a folder and an e-mail."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from switchroom.base.errors import BadArgumentsError
from switchroom.config.minivm import Account, LetterTemplate, MinivmConfig
from switchroom.config.voicemail.mailboxes import BoxOptions, Mailbox
from switchroom.voicemail.delivering import filled_in
from switchroom.voicemail.email import (
    BODY,
    PAGER_BODY,
    PAGER_SUBJECT,
    SUBJECT,
    Attachment,
    Letter,
    build_email,
    letter_variables,
    unescape,
)
from switchroom.voicemail.message import Message
from switchroom.voicemail.service import Voicemail


class Minivm:
    """What ``minivm.conf`` says. A datastore of the core."""

    def __init__(self) -> None:
        self.config = MinivmConfig()

    def account(self, address: str) -> Account:
        """The account of ``user@domain``; one for now where the file has none.

        Raises:
            BadArgumentsError: That is no address, or none that a folder may be called by.
        """
        user, _, domain = address.strip().partition("@")
        for part in (user, domain):
            if not part or "/" in part or "\0" in part or part in {".", ".."}:
                raise BadArgumentsError(f"expected user@domain, not {address!r}")
        known = self.config.accounts.get(f"{user}@{domain}".lower())
        return known or replace(self.config.account, user=user, domain=domain, is_known=False)


def box_of(account: Account) -> Mailbox:
    """An account as a mailbox of voicemail: its folder and its options."""
    options = BoxOptions(
        zone=account.time_zone,
        language=account.language,
        server_email=account.server_email or "asterisk",
    )
    email = account.email or account.address
    return Mailbox(
        account.domain, account.user, "", account.full_name, email, account.pager, options
    )


@dataclass(frozen=True, slots=True)
class Notice:
    """What an account is told of.

    Args:
        message: Who left it, and when.
        sound: Its file.
        variables: That the texts may name besides.
    """

    message: Message
    sound: Path
    variables: Mapping[str, str]


async def notify(
    voicemail: Voicemail, account: Account, notice: Notice, letters: Mapping[str, LetterTemplate]
) -> None:
    """Put the e-mail for an account, and for its pager, into the outbox.

    Args:
        voicemail: The node's.
        account: Who gets it.
        notice: Of what.
        letters: The templates ``email`` and ``pager``.

    Raises:
        OSError: The disk refuses, or the sound is not there.
    """
    box = box_of(account)
    content = await asyncio.to_thread(notice.sound.read_bytes)
    attachment = Attachment(notice.sound.name, content)
    template = letters["email"]
    letter = Letter(
        box.email, template.sender, template.subject or SUBJECT, unescape(template.body or BODY)
    )
    attached = attachment if template.attaches else None
    await _send(voicemail, _with(box, template), letter, template, notice, attached)
    if box.pager:
        template = letters["pager"]
        subject, body = template.subject or PAGER_SUBJECT, template.body or PAGER_BODY
        letter = Letter(box.pager, template.sender, subject, unescape(body))
        await _send(voicemail, _with(box, template), letter, template, notice, None)
    voicemail.on_mail()


def _with(box: Mailbox, template: LetterTemplate) -> Mailbox:
    options = replace(
        box.options,
        locale=template.locale,
        server_email=template.sender_address or box.options.server_email,
    )
    return replace(box, options=options)


async def _send(
    voicemail: Voicemail,
    box: Mailbox,
    letter: Letter,
    template: LetterTemplate,
    notice: Notice,
    attachment: Attachment | None,
) -> None:
    zone, _ = voicemail.zone_of(box)
    known = letter_variables(box, notice.message, 0, template.date, zone)
    own = {name.replace("VM_", "MVM_", 1): value for name, value in known.items()}
    host = socket.gethostname()
    filled = await filled_in(voicemail, letter, {**known, **own, **notice.variables})
    mail = build_email(
        filled, box, notice.message, charset=template.charset, host=host, attachment=attachment
    )
    server = box.options.server_email
    sender = server if "@" in server else f"{server}@{host}"
    await asyncio.to_thread(
        voicemail.outbox.put, voicemail.pbx.now(), sender, [letter.to], mail.as_bytes()
    )
