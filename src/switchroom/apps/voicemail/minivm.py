"""MiniVM: the pieces of voicemail one by one, for dialplans that put them together themselves.

Family: Voicemail
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path

from switchroom.apps.voicemail.recording import Ending, Take, TakePlan
from switchroom.apps.voicemail.voice import Voice
from switchroom.base.errors import BadArgumentsError, MediaError, SwitchroomError
from switchroom.base.text import leading_int
from switchroom.config.voicemail.mailboxes import Mailbox
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.media.files.converting import convert_sound, suffix_of
from switchroom.pbx.channel import Channel, HangupError
from switchroom.voicemail.message import Message
from switchroom.voicemail.minivm import Minivm, Notice, box_of, notify
from switchroom.voicemail.service import voicemail_of
from switchroom.voicemail.spool import fresh_id

logger = logging.getLogger(__name__)

_STATES = {"busy": "vm-isonphone", "unavail": "vm-isunavail"}


@dataclass(frozen=True, slots=True)
class RecordOptions:
    """Option letters of MinivmRecord."""

    operator: bool = option("0", "The key 0 leads to extension o.")
    star: bool = option("*", "The key * leads to extension a.")
    gain_db: float = option("g", "Make the recording louder by decibels.", default=0.0)


@dataclass(frozen=True, slots=True)
class GreetOptions:
    """Option letters of MinivmGreet."""

    busy: bool = option("b", "The greeting for when the owner is on the phone.")
    skip: bool = option("s", "Leave the instructions out.")
    unavailable: bool = option("u", "The greeting for when the owner is away.")


@dataclass(frozen=True, slots=True)
class GreetingOptions:
    """Option letters of MinivmAccMess."""

    unavailable: bool = option("u", "The greeting for when the owner is away.")
    busy: bool = option("b", "The greeting for when he is on the phone.")
    temporary: bool = option("t", "The one instead of all others.")
    name: bool = option("n", "The owner's name.")


@application("MinivmGreet")
async def minivm_greet(
    channel: Channel, mailbox: str, options: GreetOptions = GreetOptions()
) -> None:
    """Play the greeting of an account, as it was recorded, or one made of its name.

    Args:
        channel: The channel.
        mailbox: ``user@domain``.
        options: Option letters.

    Variables:
        MVM_GREET_STATUS: ``SUCCESS``; ``USEREXIT`` where a key led to extension ``a`` or ``o``,
            ``FAILED`` where there is no such address.

    Examples:
        MinivmGreet(ann@example.com,u)
    """
    box = _box(channel, mailbox, "MVM_GREET_STATUS")
    if box is None:
        return
    voicemail, voice = voicemail_of(channel.pbx), Voice(channel, "MinivmGreet")
    kind = "busy" if options.busy else "unavail"
    names: list[str] = []
    for recorded in ("temp", kind):
        if not names and (found := await voicemail.greeting(box, recorded)) is not None:
            names = [found]
    if not names:
        spoken = await voicemail.greeting(box, "greet")
        names = [spoken or "vm-theperson", _STATES[kind]]
    if not options.skip:
        names.append("vm-intro")
    exits = "".join(
        key for key, extension in (("*", "a"), ("0", "o")) if _is_there(channel, extension)
    )
    key = await voice.say(*names, keys=f"{exits}#")
    if key in exits and key:
        channel.set_variable("MVM_GREET_STATUS", "USEREXIT")
        channel.goto(channel.context, "a" if key == "*" else "o", 1)
        return
    channel.set_variable("MVM_GREET_STATUS", "SUCCESS")


@application("MinivmRecord")
async def minivm_record(
    channel: Channel, mailbox: str, options: RecordOptions = RecordOptions()
) -> None:
    """Record a message into the folder of an account; MinivmNotify sends it.

    Args:
        channel: The channel.
        mailbox: ``user@domain``.
        options: Option letters.

    Variables:
        MVM_RECORD_STATUS: ``SUCCESS``; ``USEREXIT`` where a key led out, ``FAILED`` where nothing
            was recorded.
        MVM_FILENAME: The file, without its suffix.
        MVM_FORMAT: The suffix.
        MVM_DURATION: Seconds.
        MVM_USERNAME: Of the address.
        MVM_DOMAIN: Of the address.

    Examples:
        MinivmRecord(ann@example.com)
        MinivmNotify(ann@example.com)
        MinivmDelete(${MVM_FILENAME})
    """
    box = _box(channel, mailbox, "MVM_RECORD_STATUS")
    if box is None:
        return
    config = channel.pbx.datastore(Minivm).config
    plan = TakePlan(
        longest=config.longest, shortest=config.shortest, silence=config.max_silence,
        reviews=config.reviews, may_cancel=False, operator=options.operator,
        leaves_by_star=options.star,
    )  # fmt: skip
    await channel.answer()
    take = Take(Voice(channel, "MinivmRecord"), voicemail_of(channel.pbx), box, plan)
    gain = options.gain_db or channel.pbx.datastore(Minivm).account(mailbox).gain_db
    try:
        ending = await take.run()
    except (asyncio.CancelledError, HangupError):
        await asyncio.shield(channel.pbx.spawn(_keep(channel, box, take, gain), name=box.name))
        raise
    if ending in {Ending.SAVED, Ending.OPERATOR}:
        await _keep(channel, box, take, gain)
    else:
        take.drop()
        channel.set_variable("MVM_RECORD_STATUS", "FAILED")
    exits = {Ending.OPERATOR: "o", Ending.DISCARDED: "o", Ending.LEFT: "a"}
    if (extension := exits.get(ending)) is not None and _is_there(channel, extension):
        channel.set_variable("MVM_RECORD_STATUS", "USEREXIT")
        channel.goto(channel.context, extension, 1)


async def _keep(channel: Channel, box: Mailbox, take: Take, gain_db: float) -> None:
    """Leave the recording in the account's folder, and say in variables where it is."""
    if not take.is_long_enough:
        take.drop()
        channel.set_variable("MVM_RECORD_STATUS", "FAILED")
        return
    voicemail, config = voicemail_of(channel.pbx), channel.pbx.datastore(Minivm).config
    suffix = suffix_of(config.format)
    kept = voicemail.spool.folder(box) / f"msg-{fresh_id(int(channel.pbx.now()))}{suffix}"
    try:
        await asyncio.to_thread(convert_sound, take.path, kept, gain_db=gain_db)
    except (MediaError, OSError) as error:
        logger.warning("%s: the message is not kept: %s", box.name, error)
        channel.set_variable("MVM_RECORD_STATUS", "FAILED")
        return
    finally:
        take.drop()
    for name, value in {
        "MVM_RECORD_STATUS": "SUCCESS", "MVM_FILENAME": str(kept.with_suffix("")),
        "MVM_FORMAT": suffix.removeprefix("."), "MVM_DURATION": str(round(take.seconds)),
        "MVM_USERNAME": box.number, "MVM_DOMAIN": box.context,
    }.items():  # fmt: skip
        channel.set_variable(name, value)


@application("MinivmNotify")
async def minivm_notify(channel: Channel, mailbox: str, template: str = "") -> None:
    """Send what MinivmRecord() has recorded to the e-mail and pager of an account.

    Args:
        channel: The channel.
        mailbox: ``user@domain``; without an account of its own the address gets the e-mail.
        template: Of ``minivm.conf``; the account's where none is given.

    Variables:
        MVM_NOTIFY_STATUS: ``SUCCESS`` or ``FAILED``.
        MVM_FILENAME: The file that is sent, without its suffix.
        MVM_FORMAT: The suffix.
        MVM_DURATION: Seconds.
        MVM_COUNTER: For the texts.

    Examples:
        MinivmNotify(ann@example.com)
    """
    minivm = channel.pbx.datastore(Minivm)
    if _box(channel, mailbox, "MVM_NOTIFY_STATUS") is None:
        return
    account = minivm.account(mailbox)
    sound = _recorded(channel)
    message = Message(
        fresh_id(int(channel.pbx.now())),
        account.user,
        int(channel.pbx.now()),
        leading_int(channel.variables.get("MVM_DURATION", "")) or 0,
        f'"{channel.caller.name}" <{channel.caller.number}>' if channel.caller.number else "",
    )
    config = minivm.config
    letters = {
        kind: config.templates.get(template or name, config.letter)
        for kind, name in (("email", account.email_template), ("pager", account.pager_template))
    }
    own = {"MVM_COUNTER", "MVM_USERNAME", "MVM_DOMAIN", "MVM_DURATION"} & channel.variables.keys()
    variables = {**account.variables, **{name: channel.variables[name] for name in own}}
    status = "FAILED"
    if sound is not None:
        try:
            notice = Notice(message, sound, variables)
            await notify(voicemail_of(channel.pbx), account, notice, letters)
            status = "SUCCESS"
        except (OSError, ValueError, SwitchroomError) as error:
            logger.warning("%s: no e-mail for %s: %s", channel.name, account.address, error)
    channel.set_variable("MVM_NOTIFY_STATUS", status)


@application("MinivmDelete")
async def minivm_delete(channel: Channel, filename: str = "") -> None:
    """Remove a recording of MiniVM.

    Args:
        channel: The channel.
        filename: Without its suffix, within the folder of voicemail; ``MVM_FILENAME`` where none
            is given.

    Variables:
        MVM_DELETE_STATUS: ``SUCCESS`` or ``FAILED``.
        MVM_FILENAME: The file.

    Examples:
        MinivmDelete(${MVM_FILENAME})
    """
    removed = False
    name = filename.strip() or channel.variables.get("MVM_FILENAME", "")
    root = voicemail_of(channel.pbx).spool.root
    if name:
        removed = await asyncio.to_thread(_remove, root, name)
    channel.set_variable("MVM_DELETE_STATUS", "SUCCESS" if removed else "FAILED")


@application("MinivmAccMess")
async def minivm_acc_mess(
    channel: Channel, mailbox: str, options: GreetingOptions = GreetingOptions()
) -> None:
    """Record a greeting of an account, or its owner's name.

    Args:
        channel: The channel.
        mailbox: ``user@domain``.
        options: Option letters: which one.

    Variables:
        MVM_ACCMESS_STATUS: ``SUCCESS`` or ``FAILED``.

    Examples:
        MinivmAccMess(ann@example.com,n)
    """
    box = _box(channel, mailbox, "MVM_ACCMESS_STATUS")
    if box is None:
        return
    chosen = {
        ("unavail", "vm-rec-unv"): options.unavailable, ("busy", "vm-rec-busy"): options.busy,
        ("temp", "vm-rec-temp"): options.temporary, ("greet", "vm-rec-name"): options.name,
    }  # fmt: skip
    kind, question = next((each for each, is_meant in chosen.items() if is_meant), ("", ""))
    status = "FAILED"
    if kind:
        voicemail, voice = voicemail_of(channel.pbx), Voice(channel, "MinivmAccMess")
        config = channel.pbx.datastore(Minivm).config
        await channel.answer()
        await voice.say(question)
        plan = TakePlan(longest=config.longest_greeting, silence=config.max_silence)
        take = Take(voice, voicemail, box, plan)
        try:
            if await take.run() is Ending.SAVED:
                set_greeting = voicemail.spool.set_greeting
                await voicemail.work(box, set_greeting, box, kind, [take.path])
                status = "SUCCESS"
        finally:
            take.drop()
    channel.set_variable("MVM_ACCMESS_STATUS", status)


@application("MinivmMWI")
async def minivm_mwi(channel: Channel, mailbox: str, urgent: int, new: int, old: int) -> None:
    """Let lamps show what waits for an address.

    Args:
        channel: The channel.
        mailbox: ``user@domain``.
        urgent: Messages.
        new: Messages.
        old: Messages.

    Examples:
        MinivmMWI(ann@example.com,0,1,3)
    """
    address = channel.pbx.datastore(Minivm).account(mailbox).address
    await voicemail_of(channel.pbx).set_external(address, (max(0, urgent + new), max(0, old)))


def _box(channel: Channel, mailbox: str, status: str) -> Mailbox | None:
    """An account as a mailbox; None, and FAILED, where that is no address."""
    try:
        return box_of(channel.pbx.datastore(Minivm).account(mailbox))
    except BadArgumentsError as error:
        logger.warning("%s: MiniVM: %s", channel.name, error)
        channel.set_variable(status, "FAILED")
        return None


def _is_there(channel: Channel, extension: str) -> bool:
    return channel.pbx.dialplan.exists(channel, extension, 1, channel.context)


def _recorded(channel: Channel) -> Path | None:
    """What was recorded last; None where nothing was."""
    name, suffix = (channel.variables.get(f"MVM_{each}", "") for each in ("FILENAME", "FORMAT"))
    root = voicemail_of(channel.pbx).spool.root
    return _within(root, f"{name}.{suffix}") if name and suffix else None


def _remove(root: Path, name: str) -> bool:
    """Remove the files of a recording; whether there were some. Blocks."""
    stem = _within(root, name)
    if stem is None or not stem.parent.is_dir():
        return False
    found = [path for path in stem.parent.iterdir() if path.is_file() and path.stem == stem.name]
    for path in found:
        path.unlink(missing_ok=True)
    return bool(found)


def _within(root: Path, name: str) -> Path | None:
    """A path below a folder; None where it leads out of it, or is none."""
    try:
        path = Path(name).resolve()
    except (OSError, ValueError):  # a loop of links; a NUL in the name
        return None
    return path if path.is_relative_to(root.resolve()) else None
