"""``voicemail …``: mailboxes and their messages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.config.voicemail.mailboxes import Mailbox
from switchroom.voicemail.folders import LISTED
from switchroom.voicemail.moving import (
    folder_of,
    forward_message,
    mailbox_of,
    move_message,
    remove_message,
)
from switchroom.voicemail.service import Voicemail, voicemail_of


def _boxes(context: CliContext, arguments: Arguments) -> Iterable[str]:
    """Offers a mailbox, then its context."""
    boxes = voicemail_of(context.pbx).boxes()
    if not arguments:
        return (box.number for box in boxes)
    if len(arguments) == 1:
        return (box.context for box in boxes if box.number == arguments[0])
    return LISTED if len(arguments) == 2 else ()


@command(
    "voicemail show users",
    "voicemail show users [for <context>]",
    complete=lambda context, arguments: (
        ("for",) if not arguments
        else {box.context for box in voicemail_of(context.pbx).boxes()} if len(arguments) == 1
        else ()
    ),
)  # fmt: skip
async def show_users(context: CliContext, arguments: Arguments) -> str:
    """List the mailboxes, with their new messages."""
    voicemail = voicemail_of(context.pbx)
    wanted = ""
    if arguments:
        if len(arguments) != 2 or arguments[0].lower() != "for":
            raise UsageError
        wanted = arguments[1]
    boxes = list(voicemail.boxes(wanted))
    if not boxes and wanted:
        raise CommandFailedError(f'No such voicemail context "{wanted}"')
    if not boxes:
        raise CommandFailedError("There are no voicemail users currently defined")
    lines = ["Context    Mbox  User                      Zone       NewMsg"]
    counts = await asyncio.to_thread(lambda: [voicemail.spool.counts(box) for box in boxes])
    for box, each in zip(boxes, counts, strict=True):
        new = each.new + each.urgent
        lines.append(
            f"{box.context:<10} {box.number:<5} {box.full_name:<25} {box.options.zone:<10} {new:>6}"
        )
    return "\n".join([*lines, f"{len(boxes)} voicemail users configured.", ""])


@command("voicemail show zones")
def show_zones(context: CliContext, arguments: Arguments) -> str:
    """List the zones that say when a message came."""
    if arguments:
        raise UsageError
    zones = voicemail_of(context.pbx).config.zones
    if not zones:
        raise CommandFailedError("There are no voicemail zones currently defined")
    lines = [f"{'Zone':<15} {'Timezone':<20} Message Format"]
    lines += [f"{each.name:<15} {each.timezone:<20} {each.layout}" for each in zones.values()]
    return "\n".join([*lines, ""])


@command("voicemail show aliases")
def show_aliases(context: CliContext, arguments: Arguments) -> str:
    """List the other names of mailboxes."""
    if arguments:
        raise UsageError
    config = voicemail_of(context.pbx).config
    if not config.aliases:
        raise CommandFailedError("There are no voicemail aliases currently defined")
    lines = [f"{'Alias':<20} Mailbox"]
    where = f"@{config.aliases_context}"
    lines += [f"{alias + where:<20} {real}" for alias, real in config.aliases.items()]
    return "\n".join([*lines, ""])


@command("voicemail show mailbox", "voicemail show mailbox <mailbox> <context>", complete=_boxes)
async def show_mailbox(context: CliContext, arguments: Arguments) -> str:
    """Show a mailbox with the messages of its folders."""
    if len(arguments) != 2:
        raise UsageError
    voicemail = voicemail_of(context.pbx)
    box = mailbox_of(voicemail, arguments[1], arguments[0])
    return await voicemail.work(box, _described, voicemail, box)


def _described(voicemail: Voicemail, box: Mailbox) -> str:
    """Blocks."""
    lines = [
        f"Mailbox: {box.name}",
        f"   Name: {box.full_name}",
        f" E-mail: {box.email}",
        f"  Pager: {box.pager}",
        "",
        f"{'Folder':<8} {'Msg':>4} {'Urgent':<6} {'Sec':>5} {'Received':<28} {'ID':<20} Caller",
    ]
    for folder in LISTED:
        for stored in voicemail.spool.messages(box, folder):
            message = stored.message
            urgent = "yes" if message.is_urgent else "no"
            lines.append(
                f"{folder:<8} {stored.number:>4} {urgent:<6} {message.duration:>5} "
                f"{message.date:<28} {message.id:<20} {message.caller}"
            )
    return "\n".join([*lines, ""])


@command("voicemail reload")
async def reload(context: CliContext, arguments: Arguments) -> str:
    """Read voicemail.conf anew."""
    if arguments:
        raise UsageError
    await context.node.reload("app_voicemail")
    return "Reloading voicemail configuration...\n"


def _place(voicemail: Voicemail, words: Sequence[str]) -> tuple[Mailbox, str, str]:
    """Mailbox, folder and id."""
    return mailbox_of(voicemail, words[1], words[0]), folder_of(words[2]), words[3]


@command(
    "voicemail move",
    "voicemail move <mailbox> <context> <from_folder> <messageid> <to_folder>",
    complete=_boxes,
)
async def move(context: CliContext, arguments: Arguments) -> str:
    """Move a message to another folder of its mailbox."""
    if len(arguments) != 5:
        raise UsageError
    voicemail = voicemail_of(context.pbx)
    box, folder, message = _place(voicemail, arguments)
    await move_message(voicemail, box, folder, message, folder_of(arguments[4]))
    return f"Message {message} was moved to {folder_of(arguments[4])}.\n"


@command(
    "voicemail remove",
    "voicemail remove <mailbox> <context> <from_folder> <messageid>",
    complete=_boxes,
)
async def remove(context: CliContext, arguments: Arguments) -> str:
    """Remove a message."""
    if len(arguments) != 4:
        raise UsageError
    voicemail = voicemail_of(context.pbx)
    box, folder, message = _place(voicemail, arguments)
    await remove_message(voicemail, box, folder, message)
    return f"Message {message} was removed.\n"


@command(
    "voicemail forward",
    "voicemail forward <from_mailbox> <from_context> <from_folder> <messageid> <to_mailbox>"
    " <to_context> <to_folder>",
    complete=_boxes,
)
async def forward(context: CliContext, arguments: Arguments) -> str:
    """Put a copy of a message into another mailbox."""
    if len(arguments) != 7:
        raise UsageError
    voicemail = voicemail_of(context.pbx)
    box, folder, message = _place(voicemail, arguments)
    to = mailbox_of(voicemail, arguments[5], arguments[4])
    await forward_message(voicemail, box, folder, message, to, folder_of(arguments[6]))
    return f"Message {message} was forwarded to {to.name}.\n"
