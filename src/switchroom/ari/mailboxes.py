"""Mailboxes of somebody else's voicemail, whose counts programs tell; kept in the AstDB."""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.pbx.mailboxes import MailboxChanged, Mailboxes
from switchroom.pbx.pbx import Pbx

FAMILY = "ExternalMailbox"  #: of the AstDB; a value is ``new/old``


def know_mailboxes(pbx: Pbx) -> None:
    """Let all who ask how many messages wait hear of these too."""
    boxes = pbx.datastore(Mailboxes)
    others = boxes.count

    def count(mailbox: str) -> tuple[int, int]:
        found = counts_of(pbx, mailbox)
        return found if found is not None else others(mailbox)

    boxes.count = count


def counts_of(pbx: Pbx, mailbox: str) -> tuple[int, int] | None:
    """New and old messages; None: nobody has told us of such a mailbox."""
    text = pbx.astdb.get(FAMILY, mailbox)
    if text is None:
        return None
    new, _, old = text.partition("/")
    return (int(new), int(old)) if new.isdigit() and old.isdigit() else (0, 0)


def names(pbx: Pbx) -> Sequence[str]:
    """All that somebody has told us of."""
    return [key.removeprefix(f"/{FAMILY}/") for key in pbx.astdb.keys(FAMILY)]


async def set_counts(pbx: Pbx, mailbox: str, *, new: int, old: int) -> None:
    """Keep the counts, and tell of them."""
    await pbx.astdb.put(FAMILY, mailbox, f"{new}/{old}")
    tell(pbx, mailbox, new=new, old=old)


def tell(pbx: Pbx, mailbox: str, *, new: int, old: int) -> None:
    """Tell phones and all who want to know."""
    if pbx.events.wants(MailboxChanged):
        pbx.events.publish(MailboxChanged(mailbox, new, old))
