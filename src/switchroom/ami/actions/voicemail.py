"""Mailboxes and their messages."""

from __future__ import annotations

import asyncio

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, HeaderList, Listed, Reply, done, listing
from switchroom.ami.request import Request
from switchroom.base.errors import SwitchroomError
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
from switchroom.voicemail.spool import Counts, Stored

_READ = Privilege.CALL | Privilege.REPORTING


def _yes(value: bool) -> str:  # noqa: FBT001  # a word for it
    return "Yes" if value else "No"


def _user(voicemail: Voicemail, box: Mailbox, counts: Counts) -> HeaderList:
    """All that is told of a mailbox."""
    options, general = box.options, voicemail.config.general
    return [
        ("VMContext", box.context),
        ("VoiceMailbox", box.number),
        ("Fullname", box.full_name),
        ("Email", box.email or "(null)"),  # recorded: as C prints what is not there
        ("Pager", box.pager),
        ("ServerEmail", options.server_email),
        ("FromString", options.from_string),
        ("MailCommand", general.mail_command),
        ("Language", options.language),
        ("TimeZone", options.zone),
        ("Callback", options.callback),
        ("Dialout", options.dialout),
        ("UniqueID", ""),
        ("ExitContext", options.exit_context),
        ("SayDurationMinimum", str(options.duration_minutes)),
        ("SayEnvelope", _yes(options.envelope)),
        ("SayCID", _yes(options.say_caller)),
        ("AttachMessage", _yes(options.attach)),
        ("AttachmentFormat", options.attach_format),
        ("DeleteMessage", _yes(options.delete)),
        ("VolumeGain", f"{options.gain_db:.2f}"),
        ("CanReview", _yes(options.review)),
        ("CanMarkUrgent", _yes(options.leave_urgent)),
        ("CallOperator", _yes(options.operator)),
        ("MaxMessageCount", str(options.most)),
        ("MaxMessageLength", str(options.longest)),
        ("NewMessageCount", str(counts.new + counts.urgent)),
        ("OldMessageCount", str(counts.old)),
    ]


def _box(request: Request) -> Mailbox:
    """The mailbox that an action names."""
    context = request.required("Context", "Need 'Context' and 'Mailbox' to get the mailbox.")
    number = request.required("Mailbox", "Need 'Context' and 'Mailbox' to get the mailbox.")
    try:
        return mailbox_of(voicemail_of(request.pbx), context, number)
    except SwitchroomError as error:
        raise ActionError(str(error)) from error


@action("VoicemailUsersList", _READ)
async def users_list(request: Request) -> Reply:
    """List all mailboxes."""
    voicemail = voicemail_of(request.pbx)
    boxes = list(voicemail.boxes())
    if not boxes:
        return done("There are no voicemail users currently defined.")
    counts = await asyncio.to_thread(lambda: [voicemail.spool.counts(box) for box in boxes])
    events = [
        Listed("VoicemailUserEntry", _user(voicemail, box, each))
        for box, each in zip(boxes, counts, strict=True)
    ]
    return listing("Voicemail user list will follow", "VoicemailUserEntryComplete", events)


@action("VoicemailUserStatus", _READ)
async def user_status(request: Request) -> Reply:
    """Tell of one mailbox."""
    voicemail, box = voicemail_of(request.pbx), _box(request)
    counts = await asyncio.to_thread(voicemail.spool.counts, box)
    events = [Listed("VoicemailUserDetail", _user(voicemail, box, counts))]
    return listing("Voicemail user detail will follow", "VoicemailUserDetailComplete", events)


def _message(box: Mailbox, stored: Stored) -> HeaderList:
    message = stored.message
    return [
        ("VMContext", box.context),
        ("VoiceMailbox", box.number),
        ("Folder", stored.folder),
        ("MessageNumber", str(stored.number)),
        ("MessageID", message.id),
        ("CallerID", message.caller),
        ("OrigMailbox", message.mailbox),
        ("OrigTime", str(message.time)),
        ("Duration", str(message.duration)),
        ("Flag", message.flag),
    ]


@action("VoicemailBoxSummary", _READ)
async def box_summary(request: Request) -> Reply:
    """List the messages of one mailbox."""
    voicemail, box = voicemail_of(request.pbx), _box(request)

    def everything() -> list[Stored]:
        spool = voicemail.spool
        return [each for folder in LISTED for each in spool.messages(box, folder)]

    found = await voicemail.work(box, everything)
    events = [Listed("VoicemailBoxDetail", _message(box, stored)) for stored in found]
    return listing("Voicemail box detail will follow", "VoicemailBoxDetailComplete", events)


def _place(request: Request) -> tuple[Voicemail, Mailbox, str, str]:
    """Mailbox, folder and id that an action names."""
    box = _box(request)
    folder = request.required("Folder", "Folder is required")
    message = request.required("ID", "ID is required")
    return voicemail_of(request.pbx), box, folder_of(folder), message


@action("VoicemailMove", Privilege.USER)
async def move(request: Request) -> Reply:
    """Move a message to another folder."""
    to = request.required("ToFolder", "ToFolder is required")
    try:
        voicemail, box, folder, message = _place(request)
        await move_message(voicemail, box, folder, message, folder_of(to))
    except SwitchroomError as error:
        raise ActionError(str(error)) from error
    return done("Message move successful")


@action("VoicemailRemove", Privilege.USER)
async def remove(request: Request) -> Reply:
    """Remove a message."""
    try:
        voicemail, box, folder, message = _place(request)
        await remove_message(voicemail, box, folder, message)
    except SwitchroomError as error:
        raise ActionError(str(error)) from error
    return done("Message remove successful")


@action("VoicemailForward", Privilege.USER)
async def forward(request: Request) -> Reply:
    """Put a copy of a message into another mailbox."""
    context = request.required("ToContext", "ToContext is required")
    number = request.required("ToMailbox", "ToMailbox is required")
    to_folder = request.required("ToFolder", "ToFolder is required")
    try:
        voicemail, box, folder, message = _place(request)
        to = mailbox_of(voicemail, context, number)
        await forward_message(voicemail, box, folder, message, to, folder_of(to_folder))
    except SwitchroomError as error:
        raise ActionError(str(error)) from error
    return done("Message forward successful")


@action("VoicemailRefresh", Privilege.USER)
async def refresh(request: Request) -> Reply:
    """Look at mailboxes that another program changed."""
    context, number = request.get("Context"), request.get("Mailbox")
    voicemail = voicemail_of(request.pbx)
    for box in list(voicemail.boxes(context, number)):
        await voicemail.refresh(box, tells=True)
    return done("Mailbox refresh successful" if number else "Mailboxes refresh successful")
