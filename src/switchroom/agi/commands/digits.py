"""Keys and texts from the caller, and texts to it."""

from __future__ import annotations

import asyncio

from switchroom.agi.commands.playing import played
from switchroom.agi.registry import agi_command
from switchroom.agi.wire import Answer
from switchroom.apps.prompts import play_prompts
from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.pbx.channel import ALL_DIGITS, Channel

MAX_DIGITS = 1024
OPTION_TIMEOUT = 5.0  #: seconds to wait for a key behind the sound of GET OPTION
FOREVER = 1e7  #: seconds
END = "#"  #: ends what GET DATA reads


def milliseconds(text: str) -> float | None:
    """Seconds; None where it is negative: for ever.

    Raises:
        DialplanError: It is no number.
    """
    value = leading_int(text)
    if value is None:
        raise DialplanError(f"{text!r} is no number of milliseconds")
    return value / 1000 if value >= 0 else None


def code_of(digit: str | None) -> int:
    """A key as answers tell it: its ASCII code, 0 for none."""
    return ord(digit) if digit else 0


@agi_command("wait for digit", "<milliseconds>")
async def wait_for_digit(channel: Channel, within: str) -> Answer:
    """Waits for a key; -1: for ever. Answers its ASCII code, or 0."""
    seconds = milliseconds(within)
    return Answer(code_of(await channel.read_digit(FOREVER if seconds is None else seconds)))


@agi_command("get data", "<sound> [<milliseconds> [<digits>]]")
async def get_data(
    channel: Channel, sound: str, within: str = "0", most: str = str(MAX_DIGITS)
) -> Answer:
    """Plays a sound and reads digits up to #, to their number, or to silence."""
    seconds = milliseconds(within)
    longest = min(leading_int(most) or MAX_DIGITS, MAX_DIGITS)
    names = [sound] if sound else []
    digit = (await play_prompts(channel, names, "AGI", interrupt=ALL_DIGITS)).digit or None
    found = ""
    while True:
        if digit is None:
            digit = await channel.read_digit(_patience(channel, found, seconds))
        if digit is None:
            return Answer(found, "timeout")
        if digit == END:
            return Answer(found)
        found += digit
        if len(found) >= longest:
            return Answer(found)
        digit = None


def _patience(channel: Channel, found: str, seconds: float | None) -> float:
    """How long the next key may take."""
    if seconds is None:
        return FOREVER
    return seconds or (channel.digit_timeout if found else channel.response_timeout)


@agi_command("get option", "<sound> <escape digits> [<milliseconds>]")
async def get_option(channel: Channel, sound: str, escape: str, within: str = "") -> Answer:
    """Plays a sound, then waits for one of some keys."""
    seconds = milliseconds(within) if within else OPTION_TIMEOUT
    heard = await played(channel, sound, escape)
    if heard.result:
        return heard
    loop = asyncio.get_running_loop()
    until = loop.time() + (FOREVER if seconds is None else seconds)
    while (left := until - loop.time()) > 0:
        digit = await channel.read_digit(left)
        if digit is not None and digit in escape:
            return Answer(code_of(digit), end=heard.end)
    return Answer(0, end=heard.end)


@agi_command("receive char", "<milliseconds>")
async def receive_char(channel: Channel, within: str) -> Answer:
    """Would wait for a letter of text telephony, which no channel here has: waits, 0."""
    await channel.sleep(min(milliseconds(within) or 0.0, FOREVER))
    return Answer(0, "timeout")


@agi_command("receive text", "<milliseconds>")
async def receive_text(channel: Channel, within: str) -> Answer:
    """Would wait for a text within the call, which no channel passes on: waits, -1."""
    await channel.sleep(min(milliseconds(within) or 0.0, FOREVER))
    return Answer(-1)


@agi_command("send text", "<text>")
async def send_text(channel: Channel, text: str) -> Answer:
    """Sends a text to the caller; 0, also where it cannot be shown."""
    waiting = channel.pbx.dialplan.start_application(channel, "SendText", text)
    if waiting is not None:
        await waiting
    return Answer(0)


@agi_command("send image", "<image>")
async def send_image(channel: Channel, image: str) -> Answer:
    """Would send a picture, which no channel here can show: 0."""
    return Answer(0)
