"""Coming into a conference: what is asked before, and what is told after. No application itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from switchroom.apps.dialing.call_limits import CallLimits, time_left
from switchroom.apps.prompts import play_prompts
from switchroom.apps.read import ask
from switchroom.base.errors import MediaError
from switchroom.conference.actions import perform
from switchroom.conference.attendance import Attendance
from switchroom.conference.conference import Conferences
from switchroom.conference.events import CREATOR
from switchroom.conference.linking import is_link, linking_of
from switchroom.conference.room import Leaving, Member, Refusal
from switchroom.config.confbridge import BridgeProfile, Menu, UserProfile
from switchroom.pbx.channel import ALL_DIGITS, Channel

logger = logging.getLogger(__name__)

PIN_ATTEMPTS = 3
MOST_PIN_DIGITS = 79
NAME_SECONDS = 10.0
NAME_FOLDER = "confbridge"  #: of the spool


@dataclass(frozen=True, slots=True)
class Entry:
    """Who wants to come in where, and how."""

    conference: str
    bridge: BridgeProfile
    user: UserProfile
    menu: Menu
    creator: str = CREATOR
    application: str = CREATOR  #: for the log
    limit: CallLimits | None = None  #: what is heard of the end of his time; it is the profile's

    def sound(self, name: str) -> str:
        """The prompt of that name in the profile."""
        return self.bridge.sounds[name]


@dataclass(frozen=True, slots=True)
class Departure:
    """How a stay ended."""

    why: Leaving
    key: str = ""  #: that ended it


async def attend(channel: Channel, entry: Entry, conferences: Conferences) -> Departure:
    """Let a channel into a conference, until it leaves it.

    Cancelled when the channel hangs up or is sent elsewhere.

    Raises:
        MediaError: The engine takes no more conferences.
    """
    user = entry.user
    if user.answers:
        await channel.answer()
    stream = await channel.stream()
    links = entry.bridge.links
    if is_link(channel, links):
        conference = conferences.open(channel.pbx, entry.conference, entry.bridge)
        return Departure(await linking_of(conference).take(channel))
    if user.pin and not await _knows_pin(channel, entry):
        return Departure(Leaving.FAILED)
    if user.announcement:
        await play_prompts(channel, [user.announcement], entry.application)
    async with _name(channel, entry) as name:
        conference = conferences.open(
            channel.pbx, entry.conference, entry.bridge, creator=entry.creator
        )
        refusal = conference.room.refuses(user)
        if refusal is not None:
            conference.close_unused()
            logger.info("%s: conference %s is %s", channel.name, entry.conference, refusal)
            if not user.quiet:
                sound = entry.sound("locked") if refusal is Refusal.LOCKED else "conf-full"
                await play_prompts(channel, [sound], entry.application)
            return Departure(Leaving.FAILED)
        if links:
            linking_of(conference)
        member = Member(channel.name, user, name_sound=name)
        attendance = Attendance(
            conference, channel, member, stream, menu=entry.menu, perform=perform
        )
        async with _warned(attendance, entry.limit):
            why = await attendance.stay()
    if why is Leaving.TIMEOUT and entry.limit is not None and entry.limit.timeout_file:
        await play_prompts(channel, [entry.limit.timeout_file], entry.application)
    if why is Leaving.KICKED and not user.quiet:
        await play_prompts(channel, [entry.sound("kicked")], entry.application)
    return Departure(why, attendance.last_keys)


@asynccontextmanager
async def _warned(attendance: Attendance, limit: CallLimits | None) -> AsyncIterator[None]:
    """Meanwhile he is told, beside the conference, how much of his time is left."""
    if limit is None:
        yield
        return
    channel = attendance.channel
    warning = channel.pbx.spawn(_warn(attendance, limit), name=f"warnings of {channel.name}")
    try:
        yield
    finally:
        warning.cancel()


async def _warn(attendance: Attendance, limit: CallLimits) -> None:
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + limit.seconds
    for left in limit.warnings():
        await asyncio.sleep(ends_at - left - loop.time())
        file = limit.warning_file
        attendance.tell((file,) if file else tuple(time_left(attendance.sound_language, left)))


async def _knows_pin(channel: Channel, entry: Entry) -> bool:
    names = [entry.sound("get_pin")]
    for _ in range(PIN_ATTEMPTS):
        keyed, _ended = await ask(channel, names, MOST_PIN_DIGITS, "#", 0.0)
        if keyed == entry.user.pin:
            return True
        names = [entry.sound("invalid_pin"), entry.sound("get_pin")]
    await play_prompts(channel, [entry.sound("invalid_pin")], entry.application)
    return False


@asynccontextmanager
async def _name(channel: Channel, entry: Entry) -> AsyncIterator[str]:
    """Let somebody say his name; the sound it is in, or nothing, while it is needed."""
    if not entry.user.tells_name or entry.user.quiet:
        yield ""
        return
    folder = channel.pbx.directories.astspooldir / NAME_FOLDER
    path = folder / f"confbridge-name-{entry.conference}-{channel.unique_id}.wav"
    try:
        yield str(path.with_suffix("")) if await _record_name(channel, entry, path) else ""
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


async def _record_name(channel: Channel, entry: Entry, path: Path) -> bool:
    """Record until a key; with a review he may hear it, and say it again."""
    await play_prompts(channel, ["vm-rec-name", "beep"], entry.application)
    while True:
        try:
            await channel.record(path, max_silence=2.0, max_duration=NAME_SECONDS)
            await channel.digit_or_recording_end()
        except MediaError as error:
            logger.warning("%s: %s: %s", channel.name, entry.application, error)
            return False
        await channel.stop_recording()
        if not entry.user.reviews_name:
            return True
        played = await play_prompts(channel, ["vm-review"], entry.application, interrupt=ALL_DIGITS)
        key = played.digit or await channel.read_digit(channel.response_timeout)
        if key == "2":
            await play_prompts(channel, [str(path.with_suffix(""))], entry.application)
        elif key != "3":
            return True
        else:
            await play_prompts(channel, ["vm-rec-name", "beep"], entry.application)
