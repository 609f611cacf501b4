"""How many messages wait in a mailbox, for whoever shows it: phones, the dialplan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.remote import RemoteStates


@dataclass(frozen=True, slots=True)
class MailboxChanged:
    """The counts of a mailbox changed (AMI: MessageWaiting)."""

    mailbox: str
    new: int
    old: int


class RemoteMailboxes(RemoteStates[tuple[int, int]]):
    """New and old messages at other systems, by ``mailbox@context``; of the whole node."""


def messages_in(pbx: Pbx, mailbox: str) -> tuple[int, int]:
    """New and old messages in ``mailbox@context``, here and at other systems."""
    new, old = pbx.datastore(Mailboxes).count(mailbox)
    name = mailbox if "@" in mailbox else f"{mailbox}@default"
    for more_new, more_old in pbx.datastore(RemoteMailboxes).of(name).values():
        new, old = new + more_new, old + more_old
    return new, old


class Mailboxes:
    """Asks whoever keeps the mailboxes; a datastore of the core.

    Attributes:
        count: Gives new and old messages of ``mailbox@context``, urgent ones among the new; nothing
            until voicemail sets it. It knows of none at other systems.
        urgent: Gives how many of the new ones are urgent.
    """

    def __init__(self) -> None:
        self.count: Callable[[str], tuple[int, int]] = lambda mailbox: (0, 0)
        self.urgent: Callable[[str], int] = lambda mailbox: 0
