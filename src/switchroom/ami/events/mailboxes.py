"""Mailboxes: messages that wait, and passwords that changed."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.ami.hub import Told, told_as
from switchroom.ami.privileges import Privilege
from switchroom.ami.snapshot import Snapshots
from switchroom.pbx.mailboxes import MailboxChanged
from switchroom.voicemail.service import PasswordChanged


@told_as(MailboxChanged, Privilege.CALL)
def messages(view: Snapshots, event: MailboxChanged) -> Iterator[Told]:
    """Messages came or went."""
    yield (
        "MessageWaiting",
        [
            ("Mailbox", event.mailbox),
            ("Waiting", "1" if event.new else "0"),
            ("New", str(event.new)),
            ("Old", str(event.old)),
        ],
    )


@told_as(PasswordChanged, Privilege.USER)
def password(view: Snapshots, event: PasswordChanged) -> Iterator[Told]:
    """An owner chose another password: who keeps it elsewhere too has to know."""
    yield (
        "VoicemailPasswordChange",
        [("Context", event.context), ("Mailbox", event.mailbox), ("NewPassword", event.password)],
    )
