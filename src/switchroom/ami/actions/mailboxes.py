"""How many messages wait in a mailbox."""

from __future__ import annotations

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import Reply, done
from switchroom.ami.request import Request
from switchroom.pbx.states.mailboxes import Mailboxes, messages_in


def _counts(request: Request) -> tuple[str, int, int, int]:
    """What was asked for, and urgent, other new, and old messages."""
    mailbox = request.required("Mailbox", "Mailbox not specified")
    boxes = request.pbx.datastore(Mailboxes)
    names = [each.strip() for each in mailbox.split(",") if each.strip()]
    found = [messages_in(request.pbx, name) for name in names]
    urgent = sum(boxes.urgent(name) for name in names)
    return mailbox, urgent, sum(new for new, _ in found) - urgent, sum(old for _, old in found)


@action("MailboxStatus", Privilege.CALL | Privilege.REPORTING)
def mailbox_status(request: Request) -> Reply:
    """Ask whether messages wait."""
    mailbox, urgent, new, _ = _counts(request)
    waiting = "1" if urgent + new else "0"
    return done("Mailbox Status", ("Mailbox", mailbox), ("Waiting", waiting))


@action("MailboxCount", Privilege.CALL | Privilege.REPORTING)
def mailbox_count(request: Request) -> Reply:
    """Ask how many messages wait."""
    mailbox, urgent, new, old = _counts(request)
    return done(
        "Mailbox Message Count",
        ("Mailbox", mailbox),
        ("UrgMessages", str(urgent)),
        ("NewMessages", str(new)),
        ("OldMessages", str(old)),
    )
