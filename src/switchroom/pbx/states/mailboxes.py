"""How many messages wait in a mailbox, for whoever shows it: phones, the dialplan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MailboxChanged:
    """The counts of a mailbox changed (AMI: MessageWaiting)."""

    mailbox: str
    new: int
    old: int


class Mailboxes:
    """Asks whoever keeps the mailboxes; a datastore of the core.

    Attributes:
        count: Gives new and old messages of ``mailbox@context``, urgent ones among the new; nothing
            until voicemail sets it.
        urgent: Gives how many of the new ones are urgent.
    """

    def __init__(self) -> None:
        self.count: Callable[[str], tuple[int, int]] = lambda mailbox: (0, 0)
        self.urgent: Callable[[str], int] = lambda mailbox: 0
