"""DISA(): give a caller from outside the dial tone of the house.

Family: Calls
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from switchroom.base.errors import DialplanError, MediaError
from switchroom.base.text import from_octets, to_octets
from switchroom.dialplan.options import option
from switchroom.dialplan.parties import parse_party
from switchroom.dialplan.registry import application
from switchroom.dialplan.text_files import read_all
from switchroom.pbx.channel import Channel
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.records.cdr_recorder import recorder_of
from switchroom.pbx.signal_tones import play_tones, stop_tones
from switchroom.pbx.states.mailboxes import Mailboxes
from switchroom.pbx.technology import Indication
from switchroom.pbx.telling import set_account, tell_caller

logger = logging.getLogger(__name__)

DEFAULT_CONTEXT = "disa"
NO_PASSWORD = "no-password"  # the word that says that there is none
MOST_DIGITS = 80
REORDER_SECONDS = 10.0  #: that the tone is heard when something was wrong


@dataclass(frozen=True, slots=True)
class DisaOptions:
    """Option letters of DISA."""

    no_answer: bool = option("n", "Do not answer first.")
    until_pound: bool = option("p", "The number is complete with #.")


@dataclass(frozen=True, slots=True)
class Admission:
    """What a password opens."""

    password: str
    context: str = DEFAULT_CONTEXT
    caller: str = ""
    mailbox: str = ""


@application("DISA")
async def disa(
    channel: Channel,
    password: str,
    context: str = DEFAULT_CONTEXT,
    cid: str = "",
    mailbox: str = "",
    options: DisaOptions = DisaOptions(),
) -> None:
    """Let the caller key a password and ``#``, then a number to call from here.

    The password becomes the account code. A number that there is none of goes to ``i`` of the
    context; without that, and after a wrong password, the caller hears the congestion tone and is
    hung up.

    Args:
        channel: The channel.
        password: Digits; or ``no-password``; or the path of a file with a line
            ``password[,context[,cid[,mailbox]]]`` for each that there is.
        context: Where numbers are looked for.
        cid: Who the caller is from then on, ``"Name" <number>``.
        mailbox: ``mailbox[@context]``; the dial tone is broken while it has new messages.
        options: Option letters.

    Variables:
        INVALID_EXTEN: The number, where it goes to ``i``.

    Examples:
        exten => 500,1,DISA(/etc/asterisk/disa.conf)
    """
    if not options.no_answer:
        await channel.answer()
    own = Admission(password, context or DEFAULT_CONTEXT, cid, mailbox)
    admissions = [own]
    if not password.isdigit() and password.lower() != NO_PASSWORD:
        admissions = await _of_file(channel, Path(password), own)
    admission = await _admit(channel, admissions)
    if admission is None:
        logger.warning("%s: DISA: wrong password", channel.name)
        await _refuse(channel)
        return
    number = await _ask_number(channel, admission, options)
    dialplan = channel.pbx.dialplan
    if not number or not dialplan.exists(channel, number, 1, admission.context):
        if not dialplan.exists(channel, "i", 1, admission.context):
            await _refuse(channel)
            return
        channel.set_variable("INVALID_EXTEN", number)
        number = "i"
    if admission.caller:
        channel.caller.name, channel.caller.number = parse_party(admission.caller)
        tell_caller(channel)
    recorder = recorder_of(channel.pbx)
    if recorder is not None:
        recorder.book.reset(channel.name, now=channel.pbx.now())
    channel.goto(admission.context, number, 1)


async def _of_file(channel: Channel, path: Path, default: Admission) -> list[Admission]:
    try:
        octets = await asyncio.to_thread(read_all, path)
    except DialplanError as error:
        logger.warning("%s: DISA: %s", channel.name, error)
        return []
    return list(_read_admissions(from_octets(octets), default))


def _read_admissions(text: str, default: Admission) -> Iterator[Admission]:
    for line in text.splitlines():
        written = line.partition(";")[0].strip()
        if not written or written.startswith("#"):
            continue
        parts = [part.strip() for part in written.split("|" if "|" in written else ",")]
        word, context, caller, mailbox = (*parts, "", "", "")[:4]
        yield Admission(
            word, context or default.context, caller or default.caller, mailbox or default.mailbox
        )


async def _admit(channel: Channel, admissions: list[Admission]) -> Admission | None:
    """The admission whose password is keyed, or that needs none."""
    for admission in admissions:
        if admission.password.lower() == NO_PASSWORD:
            return admission
    if not admissions:
        return None
    await _play(channel, "dial")
    keyed = ""
    try:
        while (digit := await _read_digit(channel, keyed)) not in {None, "#"}:
            keyed += digit or ""
            stop_tones(channel)
            if len(keyed) > MOST_DIGITS:
                return None
    finally:
        stop_tones(channel)
    found = None
    for admission in admissions:
        if hmac.compare_digest(to_octets(admission.password), to_octets(keyed)):
            found = found or admission
    if found is not None:
        set_account(channel, keyed)
    return found


async def _read_digit(channel: Channel, before: str) -> str | None:
    return await channel.read_digit(channel.digit_timeout if before else channel.response_timeout)


async def _ask_number(channel: Channel, admission: Admission, options: DisaOptions) -> str:
    """Play the dial tone and collect a number."""
    dialplan, number = channel.pbx.dialplan, ""
    await _play(channel, "dialrecall" if _has_messages(channel, admission) else "dial")
    try:
        while (digit := await _read_digit(channel, number)) is not None:
            stop_tones(channel)
            if digit == "#" and options.until_pound:
                break
            number += digit
            more = dialplan.could_match_more(channel, number, admission.context)
            if len(number) > MOST_DIGITS or (not more and not options.until_pound):
                break
    finally:
        stop_tones(channel)
    return number


def _has_messages(channel: Channel, admission: Admission) -> bool:
    if not admission.mailbox:
        return False
    name, _, context = admission.mailbox.partition("@")
    new, _ = channel.pbx.datastore(Mailboxes).count(f"{name}@{context or 'default'}")
    return new > 0


async def _refuse(channel: Channel) -> None:
    """Let the caller hear that it went wrong, and hang up."""
    await channel.indicate(Indication.CONGESTION)
    await _play(channel, "congestion")
    await channel.sleep(REORDER_SECONDS)
    channel.hangup(HangupCause.NORMAL_CIRCUIT_CONGESTION)


async def _play(channel: Channel, tone: str) -> None:
    try:
        await play_tones(channel, tone)
    except MediaError as error:
        logger.warning("%s: DISA: %s", channel.name, error)
