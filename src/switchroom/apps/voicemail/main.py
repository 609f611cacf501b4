"""VoiceMailMain(), VMAuthenticate(): owners at their mailboxes.

Family: Voicemail
"""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.apps.voicemail.greetings import set_up
from switchroom.apps.voicemail.login import LeftByStar, log_in
from switchroom.apps.voicemail.menu import Menu
from switchroom.apps.voicemail.visit import Visit
from switchroom.apps.voicemail.voice import Voice
from switchroom.base.errors import ApplicationFailedError
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.voicemail.folders import INBOX, find_folder
from switchroom.voicemail.service import voicemail_of

_NO_FOLDER = "-"


@dataclass(frozen=True, slots=True)
class VoiceMailMainOptions:
    """Option letters of VoiceMailMain."""

    prefix: bool = option("p", "The mailbox is a prefix of what the caller keys.")
    gain_db: float = option("g", "Make recordings louder by decibels.", default=0.0)
    read_only: bool = option("r", "Messages may be heard, and nothing is changed.")
    skip: bool = option("s", "Do not ask for the password.")
    folder: str = option(
        "a", "Play the messages of a folder at once, by its number or name.",
        default=_NO_FOLDER, bare="0",
    )  # fmt: skip


@application("VoiceMailMain")
async def voice_mail_main(
    channel: Channel, mailbox: str = "", options: VoiceMailMainOptions = VoiceMailMainOptions()
) -> None:
    """Let an owner hear messages, and change greetings and password.

    Answers first. ``*`` instead of a mailbox or password goes to extension ``a``, where there is
    one. A caller who cannot log in is hung up.

    Args:
        channel: The channel.
        mailbox: ``100@default``; the caller is asked where there is no number in front of ``@``.
        options: Option letters.

    Examples:
        ; everybody hears their own, without a password on their own phone
        exten => *97,1,VoiceMailMain(${CALLERID(num)}@default,s)
        exten => *98,1,VoiceMailMain(@default)
    """
    await channel.answer()
    voice = Voice(channel, "VoiceMailMain")
    try:
        box = await log_in(voice, mailbox, is_prefix=options.prefix, skips_password=options.skip)
    except LeftByStar as left:
        left.go(channel)
        return
    language = channel.language
    channel.language = box.options.language or language
    voice.tell("VOICEMAIL_LOGIN", ("Mailbox", box.name))
    voicemail = voicemail_of(channel.pbx)
    visit = Visit(voice, voicemail, box, may_change=not options.read_only)
    try:
        if visit.may_change and not await set_up(visit):
            raise ApplicationFailedError("VoiceMailMain: the mailbox was not set up")
        chosen = options.folder != _NO_FOLDER
        folder = (find_folder(options.folder) if chosen else None) or INBOX
        await visit.open(folder)
        menu = Menu(visit)
        menu.gain_db = options.gain_db or box.options.gain_db
        await menu.run(plays_at_once=chosen)
    finally:
        await visit.close()
        channel.language = language


@dataclass(frozen=True, slots=True)
class VMAuthenticateOptions:
    """Option letters of VMAuthenticate."""

    skip: bool = option("s", "Ask without prompts.")


@application("VMAuthenticate")
async def vm_authenticate(
    channel: Channel, mailbox: str = "", options: VMAuthenticateOptions = VMAuthenticateOptions()
) -> None:
    """Ask for a mailbox and its password, as VoiceMailMain() does; who fails is hung up.

    Args:
        channel: The channel.
        mailbox: ``100@default``; the caller is asked where there is no number in front of ``@``.
        options: Option letters.

    Variables:
        AUTH_MAILBOX: The mailbox.
        AUTH_CONTEXT: Its context.

    Examples:
        ; long distance for those who have a mailbox
        exten => _9NXXXXXX,1,VMAuthenticate(@default)
         same => n,Dial(PJSIP/${EXTEN:1}@trunk)
    """
    await channel.answer()
    voice = Voice(channel, "VMAuthenticate")
    try:
        box = await log_in(voice, mailbox, is_silent=options.skip)
    except LeftByStar as left:
        left.go(channel)
        return
    channel.set_variable("AUTH_MAILBOX", box.number)
    channel.set_variable("AUTH_CONTEXT", box.context)
