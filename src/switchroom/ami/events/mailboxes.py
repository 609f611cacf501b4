"""Mailboxes: passwords that changed. Messages that wait are among the states."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.ami.hub import Told, told_as
from switchroom.ami.privileges import Privilege
from switchroom.ami.snapshot import Snapshots
from switchroom.voicemail.service import PasswordChanged


@told_as(PasswordChanged, Privilege.USER)
def password(view: Snapshots, event: PasswordChanged) -> Iterator[Told]:
    """An owner chose another password: who keeps it elsewhere too has to know."""
    yield (
        "VoicemailPasswordChange",
        [("Context", event.context), ("Mailbox", event.mailbox), ("NewPassword", event.password)],
    )
