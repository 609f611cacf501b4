"""Mailboxes of somebody else's voicemail: how many messages wait."""

from __future__ import annotations

from switchroom.ari.context import Request
from switchroom.ari.errors import AriError
from switchroom.ari.models.mailboxes import Mailbox
from switchroom.ari.registry import operation
from switchroom.voicemail.service import voicemail_of

MAX_NAME = 200  #: letters
MOST = 10_000  #: of either count; more is no mailbox


def _model(ari: Request, name: str) -> Mailbox:
    found = voicemail_of(ari.pbx).external.counts.get(name)
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
    return [_model(ari, name) for name in voicemail_of(ari.pbx).external.counts]


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
    counts = new_messages, old_messages
    if not all(0 <= each <= MOST for each in counts) or len(mailbox_name) > MAX_NAME:
        raise AriError(400, "The counts are none")
    await voicemail_of(ari.pbx).set_external(mailbox_name, counts)


@operation("DELETE", "/mailboxes/{mailboxName}", "delete", errors=(404,))
async def delete(ari: Request, mailbox_name: str) -> None:
    """Forget a mailbox.

    Args:
        ari: The request.
        mailbox_name: Of the mailbox.
    """
    _model(ari, mailbox_name)
    await voicemail_of(ari.pbx).set_external(mailbox_name, None)
