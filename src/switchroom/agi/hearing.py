"""What the caller says, on a pipe: a program of EAGI() reads it from its descriptor 3."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from switchroom.agi.session import ScriptError
from switchroom.base.errors import MediaError
from switchroom.dialplan.substitution import variable
from switchroom.media.api import MediaEvent, SpyPlan
from switchroom.media.feeds import Feed, FeedEvent, FeedPlan, Framing
from switchroom.pbx.channel import Channel

logger = logging.getLogger(__name__)

DEFAULT_FORMAT = "slin"
_SAID = SpyPlan(hears_said=True, hears_heard=False)


def _ignore(_: MediaEvent | FeedEvent) -> None:
    """A program that closes the pipe hears nothing more, and that is all."""


@asynccontextmanager
async def caller_audio(channel: Channel) -> AsyncIterator[int]:
    """The end of the pipe that a program reads; nothing comes where the call is over already.

    What a program does not read in time is lost: the pipe has room for four seconds at 8,000 Hz.

    Raises:
        ScriptError: The system has no more descriptors.
    """
    try:
        reading, writing = os.pipe()
    except OSError as error:
        raise ScriptError(f"no pipe for the caller's voice: {error.strerror}") from error
    feed: Feed | None = None
    try:
        if channel.is_hung_up:
            os.close(writing)
        else:
            stream = await channel.stream()
            feed = _open(channel, writing)
            channel.pbx.engine.listen_in(feed, stream, _SAID)
        yield reading
    finally:
        if feed is not None:
            feed.close()
        os.close(reading)


def _open(channel: Channel, writing: int) -> Feed:
    """In the format that ``EAGI_AUDIO_FORMAT`` names."""
    name = variable(channel, "EAGI_AUDIO_FORMAT").strip() or DEFAULT_FORMAT
    engine = channel.pbx.engine
    try:
        return engine.open_feed(writing, FeedPlan(Framing.NONE, name), _ignore)
    except MediaError as error:
        logger.warning("%s: EAGI_AUDIO_FORMAT: %s", channel.name, error)
        return engine.open_feed(writing, FeedPlan(Framing.NONE, DEFAULT_FORMAT), _ignore)
