"""Letting the called party hear who calls, and decide. No application itself."""

from __future__ import annotations

import logging
from enum import StrEnum
from pathlib import Path

from switchroom.apps.dialing.options import BARE, DialOptions
from switchroom.apps.prompts import play_prompts
from switchroom.pbx.borrowing import borrow
from switchroom.pbx.channel import Channel
from switchroom.pbx.ringing import Ringback

logger = logging.getLogger(__name__)

INTRODUCTION_SECONDS = 4.0
ATTEMPTS = 3
FAMILY = "privacy"


class Verdict(StrEnum):
    """What the called party wants; the values are those kept in the AstDB."""

    ACCEPTED = "ALLOW"
    REFUSED = "DENY"
    TORTURE = "TORTURE"
    DO_NOT_CALL = "KILL"


#: What a key means now, and, where decisions are kept, from now on.
_KEYS = {
    "1": (Verdict.ACCEPTED, Verdict.ACCEPTED),
    "2": (Verdict.REFUSED, Verdict.REFUSED),
    "3": (Verdict.TORTURE, Verdict.TORTURE),
    "4": (Verdict.DO_NOT_CALL, Verdict.DO_NOT_CALL),
}
#: Only where decisions are kept: not this time, but whenever the caller calls again.
_LATER = {"5": (Verdict.REFUSED, Verdict.ACCEPTED)}


def known_verdict(channel: Channel, options: DialOptions) -> Verdict | None:
    """What the called party decided about this caller before (option ``P``)."""
    if not options.privacy:
        return None
    text = channel.pbx.astdb.get(_family(channel, options), _key(channel)) or ""
    return next((each for each in Verdict if each == text.strip().upper()), None)


def _family(channel: Channel, options: DialOptions) -> str:
    name = channel.extension if options.privacy == BARE else options.privacy
    return f"{FAMILY}/{name}"


def _key(channel: Channel) -> str:
    number = channel.caller.number
    return number or "NOCALLERID"


def _introduction(channel: Channel) -> Path:
    folder = channel.pbx.directories.sounds / "priv-callerintros"
    name = "".join(letter for letter in _key(channel) if letter.isalnum() or letter in "+_")
    return folder / f"{name or 'NOCALLERID'}-{channel.extension.replace('/', '_')}.wav"


async def introduce(channel: Channel, options: DialOptions) -> None:
    """Let the caller say a name before anybody is dialled, if none is kept."""
    if options.no_screening and options.privacy and channel.caller.number:
        return
    path = _introduction(channel)
    if path.exists():
        return
    await channel.answer()
    await play_prompts(channel, ["priv-recordintro"], "Dial")
    path.parent.mkdir(parents=True, exist_ok=True)
    await channel.record(path, max_silence=2.0, max_duration=INTRODUCTION_SECONDS)
    try:
        await channel.digit_or_recording_end()
    finally:
        await channel.stop_recording()


def forget_introduction(channel: Channel, options: DialOptions) -> None:
    """Remove the caller's name (option ``n``)."""
    if options.no_introduction:
        _introduction(channel).unlink(missing_ok=True)


async def screen(channel: Channel, called: Channel, options: DialOptions) -> Verdict:
    """Ask the called party; no answer is a refusal."""
    if (known := known_verdict(channel, options)) is not None:
        return known
    if options.no_screening and channel.caller.number:
        return Verdict.ACCEPTED
    meanings = {**_KEYS, **_LATER} if options.privacy else _KEYS
    keys: list[str] = []

    async def ask() -> None:
        menu = "priv-callee-options" if options.privacy else "screen-callee-options"
        intro = str(_introduction(channel).with_suffix(""))
        for _ in range(ATTEMPTS):
            names = ["priv-callpending", intro, menu]
            played = await play_prompts(called, names, "Dial", interrupt="12345")
            key = played.digit or await called.read_digit(5.0) or ""
            if key in meanings:
                keys.append(key)
                return
            await play_prompts(called, ["vm-sorry"], "Dial")

    ringback = Ringback(channel)
    await ringback.start()
    try:
        await borrow(called, ask())
    finally:
        ringback.stop()
    if not keys:
        return Verdict.REFUSED
    verdict, kept = meanings[keys[0]]
    if options.privacy:
        await channel.pbx.astdb.put(_family(channel, options), _key(channel), kept.value)
    return verdict
