"""Playing rows of prompts, and going where a digit keyed meanwhile leads; no application itself."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from switchroom.base.errors import SoundNotFoundError
from switchroom.pbx.channel import Channel

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Played:
    """How a row of prompts ended."""

    digit: str  #: that ended it, or empty
    missing: bool  #: whether there was no sound for one of them


async def play_prompts(
    channel: Channel, names: Iterable[str], application: str, *, interrupt: str = ""
) -> Played:
    """Play one prompt after the other; what is missing is told to the log and passed over.

    Args:
        channel: Who hears them.
        names: The prompts.
        application: Who plays them, for the log.
        interrupt: Digits that end all of them.
    """
    missing = False
    for name in names:
        try:
            if digit := await channel.play(name, interrupt=interrupt):
                return Played(digit, missing)
        except SoundNotFoundError as error:
            logger.warning("%s: %s: %s", channel.name, application, error)
            missing = True
    return Played("", missing)


async def go_to_keyed(channel: Channel, digit: str) -> None:
    """Collect the rest of an extension that begins with ``digit``, and go there."""
    dialplan = channel.pbx.dialplan
    number = await dialplan.collect(channel, digit, channel.digit_timeout)
    dialplan.go_to_collected(channel, number)
