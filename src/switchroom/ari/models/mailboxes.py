"""Models of mailboxes."""

from __future__ import annotations

from switchroom.ari.models.model import Model


class Mailbox(Model):
    """How many messages wait."""

    name: str
    old_messages: int
    new_messages: int
