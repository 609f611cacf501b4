"""Mailboxes that somebody else keeps."""

from __future__ import annotations

import re

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, Listed, Reply, done, listing
from switchroom.ami.request import Request
from switchroom.voicemail.service import Voicemail, voicemail_of

_MISSING = "Missing mailbox parameter in request"
_MOST = 10_000  #: of either count; more is no mailbox


def _named(request: Request, voicemail: Voicemail) -> list[str]:
    """What ``Mailbox`` names: one, or those that a pattern between slashes matches."""
    wanted = request.required("Mailbox", _MISSING)
    if not (wanted.startswith("/") and wanted.endswith("/") and len(wanted) > 2):
        return [name for name in voicemail.external.counts if name == wanted]
    try:
        pattern = re.compile(wanted[1:-1])
    except re.error as error:
        raise ActionError(f"Mailbox: {error}") from error
    return [name for name in voicemail.external.counts if pattern.search(name)]


def _number(request: Request, name: str) -> int:
    text = request.get(name, "0")
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= _MOST):
        raise ActionError(f"Invalid {name} parameter in request")
    return int(text)


@action("MWIUpdate", Privilege.CALL)
async def update(request: Request) -> Reply:
    """Tell how many messages a mailbox has that somebody else keeps."""
    mailbox = request.required("Mailbox", _MISSING)
    counts = (_number(request, "NewMessages"), _number(request, "OldMessages"))
    await voicemail_of(request.pbx).set_external(mailbox, counts)
    return done()


@action("MWIGet", Privilege.CALL | Privilege.REPORTING)
def get(request: Request) -> Reply:
    """Ask how many messages mailboxes have that somebody else keeps."""
    voicemail = voicemail_of(request.pbx)
    found = [(name, voicemail.external.counts[name]) for name in _named(request, voicemail)]
    events = [
        Listed(
            "MWIGet",
            (("Mailbox", name), ("OldMessages", str(old)), ("NewMessages", str(new))),
        )
        for name, (new, old) in found
    ]
    return listing("Mailboxes will follow", "MWIGetComplete", events)


@action("MWIDelete", Privilege.CALL)
async def delete(request: Request) -> Reply:
    """Forget mailboxes that somebody else keeps."""
    voicemail = voicemail_of(request.pbx)
    for name in _named(request, voicemail):
        await voicemail.set_external(name, None)
    return done()
