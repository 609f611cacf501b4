"""Mailboxes of somebody else's voicemail: how many messages wait."""

from __future__ import annotations

from switchroom.ari import mailboxes
from switchroom.ari.context import Request
from switchroom.ari.errors import AriError
from switchroom.ari.models.mailboxes import Mailbox
from switchroom.ari.registry import operation

MAX_NAME = 200  #: letters


def _model(ari: Request, name: str) -> Mailbox:
    found = mailboxes.counts_of(ari.pbx, name)
    if found is None:
        raise AriError(404, "Mailbox not found")
    new, old = found
    return Mailbox(name=name, old_messages=old, new_messages=new)


@operation("GET", "/mailboxes", "list")
def list_mailboxes(ari: Request) -> list[Mailbox]:
    """List all mailboxes that programs have told of.

    Args:
        ari: The request.
    """
    return [_model(ari, name) for name in mailboxes.names(ari.pbx)]


@operation("GET", "/mailboxes/{mailboxName}", "get", errors=(404,))
def get(ari: Request, mailbox_name: str) -> Mailbox:
    """Tell about one mailbox.

    Args:
        ari: The request.
        mailbox_name: Of the mailbox.
    """
    return _model(ari, mailbox_name)


@operation("PUT", "/mailboxes/{mailboxName}", "update", errors=(404,))
async def update(ari: Request, mailbox_name: str, old_messages: int, new_messages: int) -> None:
    """Tell how many messages wait, so that phones show it.

    Args:
        ari: The request.
        mailbox_name: Of the mailbox: ``100@default``.
        old_messages: Heard already.
        new_messages: Not heard yet.
    """
    if old_messages < 0 or new_messages < 0 or len(mailbox_name) > MAX_NAME:
        raise AriError(400, "Counts cannot be negative")
    await mailboxes.set_counts(ari.pbx, mailbox_name, new=new_messages, old=old_messages)


@operation("DELETE", "/mailboxes/{mailboxName}", "delete", errors=(404,))
async def delete(ari: Request, mailbox_name: str) -> None:
    """Forget a mailbox.

    Args:
        ari: The request.
        mailbox_name: Of the mailbox.
    """
    _model(ari, mailbox_name)
    await mailboxes.forget(ari.pbx, mailbox_name)
