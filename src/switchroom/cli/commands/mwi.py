"""``mwi …``: mailboxes that somebody else keeps."""

from __future__ import annotations

import re
from collections.abc import Iterable

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.voicemail.service import Voicemail, voicemail_of


def _names(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else voicemail_of(context.pbx).external.counts


def _like(voicemail: Voicemail, pattern: str) -> list[str]:
    try:
        wanted = re.compile(pattern)
    except re.error as error:
        raise CommandFailedError(f"{pattern!r} is no pattern: {error}") from error
    return [name for name in voicemail.external.counts if wanted.search(name)]


def _listed(voicemail: Voicemail, names: Iterable[str]) -> str:
    counts = voicemail.external.counts
    lines = ["   New    Old Mailbox"]
    lines += [f"{counts[name][0]:>6} {counts[name][1]:>6} {name}" for name in sorted(names)]
    return "\n".join([*lines, ""])


@command("mwi list all")
def list_all(context: CliContext, arguments: Arguments) -> str:
    """List the mailboxes that somebody else keeps."""
    if arguments:
        raise UsageError
    voicemail = voicemail_of(context.pbx)
    return _listed(voicemail, voicemail.external.counts)


@command("mwi list like", "mwi list like <pattern>")
def list_like(context: CliContext, arguments: Arguments) -> str:
    """List those whose names match a regular expression."""
    if len(arguments) != 1:
        raise UsageError
    voicemail = voicemail_of(context.pbx)
    return _listed(voicemail, _like(voicemail, arguments[0]))


@command("mwi show mailbox", "mwi show mailbox <mailbox_id>", complete=_names)
def show_mailbox(context: CliContext, arguments: Arguments) -> str:
    """Show how many messages a mailbox has."""
    if len(arguments) != 1:
        raise UsageError
    counts = voicemail_of(context.pbx).external.counts.get(arguments[0])
    if counts is None:
        raise CommandFailedError(f"Mailbox '{arguments[0]}' does not exist.")
    return f"Mailbox: {arguments[0]}\nNew: {counts[0]}\nOld: {counts[1]}\n"


@command("mwi update mailbox", "mwi update mailbox <mailbox_id> [<new> [<old>]]", complete=_names)
async def update(context: CliContext, arguments: Arguments) -> str:
    """Tell how many messages a mailbox has that somebody else keeps."""
    if not 1 <= len(arguments) <= 3 or not all(each.isdigit() for each in arguments[1:]):
        raise UsageError
    new, old = (*map(int, arguments[1:]), 0, 0)[:2]
    await voicemail_of(context.pbx).set_external(arguments[0], (new, old))
    return f"Mailbox '{arguments[0]}' is updated.\n"


async def _delete(context: CliContext, names: Iterable[str]) -> str:
    voicemail = voicemail_of(context.pbx)
    found = [name for name in names if name in voicemail.external.counts]
    for name in found:
        await voicemail.set_external(name, None)
    return f"{len(found)} mailboxes deleted.\n"


@command("mwi delete all")
async def delete_all(context: CliContext, arguments: Arguments) -> str:
    """Forget all mailboxes that somebody else keeps."""
    if arguments:
        raise UsageError
    return await _delete(context, list(voicemail_of(context.pbx).external.counts))


@command("mwi delete like", "mwi delete like <pattern>")
async def delete_like(context: CliContext, arguments: Arguments) -> str:
    """Forget those whose names match a regular expression."""
    if len(arguments) != 1:
        raise UsageError
    return await _delete(context, _like(voicemail_of(context.pbx), arguments[0]))


@command("mwi delete mailbox", "mwi delete mailbox <mailbox_id>", complete=_names)
async def delete_mailbox(context: CliContext, arguments: Arguments) -> str:
    """Forget a mailbox that somebody else keeps."""
    if len(arguments) != 1:
        raise UsageError
    return await _delete(context, arguments)
