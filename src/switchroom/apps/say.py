"""SayDigits(): speak digits."""

from __future__ import annotations

import logging

from switchroom.base.errors import SoundNotFoundError
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel

logger = logging.getLogger(__name__)

_NAMES = {"*": "digits/star", "#": "digits/pound", "-": "digits/minus"}


@application("SayDigits")
async def say_digits(channel: Channel, digits: str = "") -> None:
    """Say digits one by one.

    Args:
        channel: The channel.
        digits: 0 to 9, ``*``, ``#`` and ``-``; anything else is passed over.
    """
    await channel.answer()
    for digit in digits:
        if digit.isascii() and (digit.isdigit() or digit in _NAMES):
            try:
                await channel.play(_NAMES.get(digit, f"digits/{digit}"))
            except SoundNotFoundError as error:
                logger.warning("%s: SayDigits: %s", channel.name, error)
