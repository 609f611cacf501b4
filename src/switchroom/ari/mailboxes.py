"""Mailboxes of somebody else's voicemail, whose counts programs tell: those of AMI's MWIUpdate."""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.pbx.pbx import Pbx
from switchroom.voicemail.service import voicemail_of


def know_mailboxes(pbx: Pbx) -> None:
    """Let all who ask how many messages wait hear of these too."""
    voicemail_of(pbx)


def counts_of(pbx: Pbx, mailbox: str) -> tuple[int, int] | None:
    """New and old messages; None: nobody has told us of such a mailbox."""
    return voicemail_of(pbx).external.counts.get(mailbox)


def names(pbx: Pbx) -> Sequence[str]:
    """All that somebody has told us of."""
    return list(voicemail_of(pbx).external.counts)


async def set_counts(pbx: Pbx, mailbox: str, *, new: int, old: int) -> None:
    """Keep the counts, and tell of them."""
    await voicemail_of(pbx).set_external(mailbox, (new, old))


async def forget(pbx: Pbx, mailbox: str) -> None:
    """Forget a mailbox, and tell that nothing waits there."""
    await voicemail_of(pbx).set_external(mailbox, None)
