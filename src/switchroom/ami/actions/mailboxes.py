"""How many messages wait in a mailbox."""

from __future__ import annotations

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import Reply, done
from switchroom.ami.request import Request
from switchroom.pbx.mailboxes import Mailboxes


def _counts(request: Request) -> tuple[str, int, int]:
    mailbox = request.required("Mailbox", "Mailbox not specified")
    count = request.pbx.datastore(Mailboxes).count
    found = [count(each.strip()) for each in mailbox.split(",") if each.strip()]
    return mailbox, sum(new for new, _ in found), sum(old for _, old in found)


@action("MailboxStatus", Privilege.CALL | Privilege.REPORTING)
def mailbox_status(request: Request) -> Reply:
    """Ask whether messages wait."""
    mailbox, new, _ = _counts(request)
    waiting = "1" if new else "0"
    return done("Mailbox Status", ("Mailbox", mailbox), ("Waiting", waiting))


@action("MailboxCount", Privilege.CALL | Privilege.REPORTING)
def mailbox_count(request: Request) -> Reply:
    """Ask how many messages wait."""
    mailbox, new, old = _counts(request)
    return done(
        "Mailbox Message Count",
        ("Mailbox", mailbox),
        ("UrgMessages", "0"),
        ("NewMessages", str(new)),
        ("OldMessages", str(old)),
    )
